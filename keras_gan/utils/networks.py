"""What is inside a network."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np

from keras_gan.utils.keras_private import origin
from keras_gan.utils.registry import snake_case
from keras_gan.utils.validation import InputError

MOST_NUMBERS = 2**26  # 1024 x 1024 pixels of 64 channels

# Operations of Keras that give values of their input again, in another shape or type.
_SAME_VALUES = {
    *("reshape", "flatten", "ravel", "squeeze", "expand_dims", "permute", "transpose", "moveaxis", "swapaxes"),
    *("cast", "identity", "dropout", "stop_gradient", "copy", "get_item"),
    *("cropping1_d", "cropping2_d", "cropping3_d"),
}


def walk(network: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield every layer of a network once: those of nested networks, in wrappers and in composite layers too."""
    return _walk(network, set())


def _walk(network: keras.layers.Layer, seen: set[int]) -> Iterator[keras.layers.Layer]:
    for layer in _inside(network):
        if id(layer) not in seen:  # shared by two, or the way back to where we come from
            seen.add(id(layer))
            yield layer
            yield from _walk(layer, seen)


def _inside(network: keras.layers.Layer) -> Iterable[keras.layers.Layer]:
    """Return the layers that a network lists, or that a layer holds in its attributes."""
    if isinstance(network, keras.Model):
        return network.layers
    attributes = [value if isinstance(value, (list, tuple)) else [value] for value in vars(network).values()]
    return dict.fromkeys(item for items in attributes for item in items if isinstance(item, keras.layers.Layer))


def seeing(network: keras.Model, inputs: Iterable[keras.KerasTensor]) -> list[keras.layers.Layer]:
    """Return the layers that some of a network's inputs go through, from these on; all layers of a subclassed one.

    Args:
        network: the network.
        inputs: some of its inputs.
    """
    reached, found = {id(tensor) for tensor in inputs}, []
    if not hasattr(network, "operations"):
        return list(network.layers)
    for operation in network.operations:  # each comes after those that it takes its inputs from
        if any(id(tensor) in reached for tensor in keras.tree.flatten(_inputs_of(operation))):
            reached |= {id(tensor) for tensor in keras.tree.flatten(output_of(operation))}
            found.append(operation)
    return [each for each in found if isinstance(each, keras.layers.Layer)]


def by_distance(network: keras.Model, inputs: Iterable[keras.KerasTensor]) -> list[keras.layers.Layer]:
    """Return the trainable convolutions and their like that see some of a network's inputs, the nearest first.

    Near is what has few of them between the inputs and itself, in whichever branch. Layers without a kernel, such as
    normalizations, don't count. Those of a subclassed network come in its order.

    Args:
        network: the network.
        inputs: some of its inputs.
    """
    inputs = list(inputs)
    layers = [layer for layer in seeing(network, inputs) if _has_kernel(layer)]
    far = {id(tensor): 0 for tensor in inputs}
    distances = {}
    for operation in getattr(network, "operations", ()):
        distance = max((far.get(id(tensor), 0) for tensor in keras.tree.flatten(_inputs_of(operation))), default=0)
        distance += operation in layers
        distances[id(operation)] = distance
        far |= {id(tensor): distance for tensor in keras.tree.flatten(output_of(operation))}
    trainable = [layer for layer in layers if layer.trainable_weights]
    return sorted(trainable, key=lambda layer: distances.get(id(layer), 0))


def kernels(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return a layer, or of a network those of its layers that have a kernel: convolutions and their like."""
    if not isinstance(layer, keras.Model):
        return [layer]
    return [kernel for each in layer.layers if _has_kernel(each) for kernel in kernels(each)]


def _has_kernel(layer: keras.layers.Layer) -> bool:
    return any(len(weight.shape) > 1 for weight in layer.weights)


def stride(network: keras.Model) -> int:
    """Return the pixels by which images can be moved so that what a network makes of them moves along.

    It is the least common multiple of what its `layers.PadToMultiple` continue images to, or, without one, the product
    of the strides of its convolutions and poolings.
    """
    inside = [*walk(network)]
    multiples = [layer.multiple for layer in inside if hasattr(layer, "multiple")]
    if multiples:
        return math.lcm(*multiples)
    down = [layer.strides for layer in inside if "Transpose" not in type(layer).__name__ and hasattr(layer, "strides")]
    return math.prod(max(np.atleast_1d(strides).tolist()) for strides in down)


def last_function(tensor: keras.KerasTensor | None) -> str | None:
    """Return the name of the function that the values of a symbolic tensor come from, such as `"sigmoid"`.

    Nested networks are entered, and what only changes shapes and types is passed over. Of a layer it is the name of its
    activation, of a sum `"linear"` if an addend is, of other operations their own in snake case. `None` where it can't
    be seen: in subclassed models and layers that are called several times.

    Args:
        tensor: an output of a functional model or a Sequential.
    """
    while tensor is not None:
        made_by = origin(tensor)
        if made_by is None:
            return None
        operation, index = made_by
        if isinstance(operation, keras.Model):
            outputs = getattr(operation, "outputs", None) or []
            tensor = outputs[index] if index < len(outputs) else None
            continue
        if type(operation).__name__ in ("Add", "Subtract"):  # has the sign of its addends, if one of them has any
            added = [last_function(addend) for addend in keras.tree.flatten(_inputs_of(operation))]
            return "linear" if "linear" in added else None
        name = _function_of(operation)
        if name is not None:
            return name
        inputs = keras.tree.flatten(_inputs_of(operation))
        tensor = inputs[0] if len(inputs) == 1 else None
    return None


def _function_of(operation: keras.Operation) -> str | None:
    """Return the name of the function of an operation; `None` of one that passes its input on."""
    kind = snake_case(type(operation).__name__)
    inner = getattr(operation, "layer", operation)  # of a wrapper, such as spectral normalization
    if hasattr(inner, "activation"):
        name = getattr(inner.activation, "__name__", None) or snake_case(type(inner.activation).__name__)
        return None if kind == "activation" and name == "linear" else name
    return None if kind in _SAME_VALUES else kind


def _inputs_of(operation: keras.Operation) -> Any:
    try:
        return operation.input
    except (AttributeError, ValueError):  # called several times: on which of them?
        return []


def check_sizes(argument: str, network: keras.Model) -> None:
    """Check that no operation of a network makes an absurdly large output: nothing was computed yet.

    Raises:
        InputError: it makes more than 2^26 numbers a sample. The message names the operation.
    """
    for operation in getattr(network, "operations", network.layers):
        if isinstance(operation, keras.Model):
            check_sizes(argument, operation)
        for tensor in keras.tree.flatten(output_of(operation)):
            numbers = math.prod(side or 1 for side in tensor.shape[1:])
            if numbers > MOST_NUMBERS:
                raise InputError(
                    f"`{argument}` must make at most {MOST_NUMBERS:,} numbers a sample, in each of its layers. "
                    f"Received: {operation.name!r} with the output {tuple(tensor.shape)}"
                )


def output_of(operation: keras.Operation) -> Any:
    """Return the symbolic output, or nothing of an operation that was never called on symbols."""
    try:
        return operation.output
    except (AttributeError, ValueError):
        return []


def computes_in_float16(network: keras.layers.Layer) -> bool:
    """Return whether any layer computes in float16, whose range needs a scale where gradients pass."""
    return any(layer.compute_dtype == "float16" for layer in walk(network))


_HALF = "for half precision: `keras.config.set_dtype_policy('mixed_bfloat16')`, or 'mixed_float16'"


def check_precision(networks: Iterable[keras.Model]) -> None:
    """Check that weights are float32, in which losses, averages and optimizers compute; layers may compute in half.

    Args:
        networks: Keras models.

    Raises:
        InputError: Keras's `floatx`, its policy, or a layer's, is another one.
    """
    if keras.config.floatx() != "float32":
        raise InputError(f"`floatx` must be 'float32'; {_HALF}. Received: floatx={keras.config.floatx()!r}")
    if not _is_precise(keras.config.dtype_policy()):
        name = keras.config.dtype_policy().name
        raise InputError(f"`dtype_policy` must keep float32 weights; {_HALF}. Received: dtype_policy={name!r}")
    for network in networks:
        for layer in walk(network):
            if not isinstance(layer, keras.layers.InputLayer) and not _is_precise(layer):
                raise InputError(
                    f"`dtype` of a layer must keep float32 weights; {_HALF}. "
                    f"Received: dtype={layer.dtype_policy.name!r} of {layer.name!r} in {network.name!r}"
                )


def _is_precise(policy: keras.DTypePolicy | keras.layers.Layer) -> bool:
    """Return whether a policy, or a layer of one, computes in float32 or half, with variables in float32."""
    floats = [dtype for dtype in (policy.compute_dtype, policy.variable_dtype) if keras.backend.is_float_dtype(dtype)]
    return "float64" not in floats and policy.variable_dtype not in ("float16", "bfloat16")
