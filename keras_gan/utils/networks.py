"""What is inside a network."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import keras

from keras_gan.utils.validation import InputError

_SAMPLEWISE = (
    *(keras.layers.InputLayer, keras.layers.Dense, keras.layers.Embedding, keras.layers.CategoryEncoding),
    *(keras.layers.Conv2D, keras.layers.Conv2DTranspose, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D),
    *(keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.PReLU, keras.layers.ELU),
    *(keras.layers.Add, keras.layers.Subtract, keras.layers.Multiply, keras.layers.Dot, keras.layers.Concatenate),
    *(keras.layers.AveragePooling2D, keras.layers.MaxPooling2D, keras.layers.UpSampling2D),
    *(keras.layers.GlobalAveragePooling2D, keras.layers.GlobalMaxPooling2D, keras.layers.ZeroPadding2D),
    *(keras.layers.Flatten, keras.layers.Reshape, keras.layers.Permute, keras.layers.Cropping2D),
    *(keras.layers.Rescaling, keras.layers.LayerNormalization, keras.layers.GroupNormalization),
)

MOST_NUMBERS = 2**26  # 1024 x 1024 pixels of 64 channels


def walk(network: Any) -> Iterator[Any]:
    """Yield every layer of a network once: those of nested networks, in wrappers and in composite layers too."""
    return _walk(network, set())


def _walk(network: Any, seen: set[int]) -> Iterator[Any]:
    for layer in _inside(network):
        if id(layer) not in seen:  # shared by two, or the way back to where we come from
            seen.add(id(layer))
            yield layer
            yield from _walk(layer, seen)


def _inside(network: Any) -> Iterable[Any]:
    """Return the layers that a network lists, or that a layer holds in its attributes."""
    if isinstance(network, keras.Model):
        return network.layers
    attributes = [value if isinstance(value, (list, tuple)) else [value] for value in vars(network).values()]
    return dict.fromkeys(item for items in attributes for item in items if isinstance(item, keras.layers.Layer))


def is_samplewise(network: Any) -> bool:
    """Return whether each sample's output is known to depend on that sample alone, and on nothing that is drawn.

    Known are the layers of a list: of others nobody knows. Layers of `keras_gan.layers` say it of themselves, by
    `samplewise = True`.
    """
    kind = type(network)
    if getattr(network, "activity_regularizer", None) is not None:  # which takes a mean over the batch
        return False
    if isinstance(network, keras.Model):  # not one with a `call` of its own
        operations = getattr(network, "operations", network.layers)
        return _is_of_keras(kind) and all(is_samplewise(operation) for operation in operations)
    known = kind in _SAMPLEWISE or vars(kind).get("samplewise", False)
    function, axis = getattr(network, "activation", None), getattr(network, "axis", -1)
    known = known and (function is None or _is_of_keras(function)) and axis != 0
    return known and all(is_samplewise(layer) for layer in _inside(network))


def _is_of_keras(definition: Any) -> bool:
    return str(getattr(definition, "__module__", "")).startswith("keras.src.")


def check_sizes(argument: str, network: Any) -> None:
    """Check that no operation of a network makes an absurdly large output: nothing was computed yet.

    Raises:
        InputError: it makes more than 2^26 numbers a sample. The message names the operation.
    """
    for operation in getattr(network, "operations", network.layers):
        if isinstance(operation, keras.Model):
            check_sizes(argument, operation)
        for tensor in keras.tree.flatten(_output(operation)):
            numbers = math.prod(side or 1 for side in tensor.shape[1:])
            if numbers > MOST_NUMBERS:
                raise InputError(
                    f"`{argument}` must make at most {MOST_NUMBERS:,} numbers a sample, in each of its layers. "
                    f"Received: {operation.name!r} with the output {tuple(tensor.shape)}"
                )


def _output(operation: Any) -> Any:
    """Return the symbolic output, or nothing of an operation that was never called on symbols."""
    try:
        return operation.output
    except (AttributeError, ValueError):
        return []


def computes_in_float16(network: Any) -> bool:
    """Return whether any layer computes in float16, whose range needs a scale where gradients pass."""
    return any(layer.compute_dtype == "float16" for layer in walk(network))
