"""The weights of a Keras network by the names that PyTorch has for them."""

from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

from keras_gan.utils.validation import InputError

_NORMALIZATION = {"weight": "gamma", "bias": "beta"}
_STATISTICS = {"running_mean": "moving_mean", "running_var": "moving_variance"}


def set_weights(network: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Give a network the weights of a state dictionary: `Mixed_5b.branch1x1.conv.weight` and so on.

    Layers have PyTorch's names. So have the weights of those that Keras does not have: `add_weight(name=...)` gives
    them the whole name, and their axes are as PyTorch's.

    Raises:
        InputError: a name is missing, or an array is of another shape.
    """
    for name, (variable, axes) in _variables(network).items():
        expected = tuple(variable.shape[axes.index(axis)] for axis in range(len(axes)))
        found = None if name not in arrays else arrays[name].shape
        if found != expected:
            raise InputError(
                f"`weights` must hold {name!r} of shape {expected}. "
                f"Received: {'no such array' if found is None else f'shape {found}'}"
            )
        variable.assign(np.transpose(arrays[name], axes))


def weight_shapes(network: keras.Model) -> dict[str, tuple[int, ...]]:
    """Return the shape of every array that `set_weights` asks for, by name."""
    return {
        name: tuple(variable.shape[axes.index(axis)] for axis in range(len(axes)))
        for name, (variable, axes) in _variables(network).items()
    }


def _variables(network: keras.Model) -> dict[str, tuple[keras.Variable, tuple[int, ...]]]:
    """Return each variable by torch's name, with the order in which torch's axes come here."""
    found: dict[str, tuple[keras.Variable, tuple[int, ...]]] = {}
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            found[f"{layer.name}.weight"] = (layer.kernel, (2, 3, 1, 0))  # (out, in, h, w) there, (h, w, in, out) here
        elif isinstance(layer, layers.Dense):
            found[f"{layer.name}.weight"] = (layer.kernel, (1, 0))
        elif isinstance(layer, layers.BatchNormalization | layers.LayerNormalization):
            statistics = _STATISTICS if isinstance(layer, layers.BatchNormalization) else {}
            for there, here in (_NORMALIZATION | statistics).items():
                found[f"{layer.name}.{there}"] = (getattr(layer, here), (0,))
        else:
            for variable in layer.weights:
                found[variable.name] = (variable, tuple(range(len(variable.shape))))
        if isinstance(layer, layers.Conv2D | layers.Dense) and layer.use_bias:
            found[f"{layer.name}.bias"] = (layer.bias, (0,))
    return found
