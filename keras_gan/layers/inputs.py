"""What the layers share about what comes in: its shape, its labels, its precision."""

from collections.abc import Sequence
from typing import TypedDict

import keras
from keras import ops

from keras_gan import conditions
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.validation import InputError


class WrapperOptions(TypedDict, total=False):
    """What our wrapper of a layer hands on to Keras's as it is."""

    trainable: bool
    dtype: str | keras.DTypePolicy | Config | None
    activity_regularizer: str | keras.regularizers.Regularizer | Config | None


class LayerOptions(WrapperOptions, total=False):
    """What our other layers hand on to Keras's as it is."""

    name: str | None
    autocast: bool


def at_least_float32(values: Tensor) -> Tensor:
    """Return `values` in float32, or in float64 where they are: half precision has no room for squares and sums."""
    return ops.cast(values, keras.backend.result_type(values.dtype, "float32"))


def random_initializer(name: str, given: str | keras.initializers.Initializer) -> keras.initializers.Initializer:
    """Return the initializer that an argument names, or raise unless it draws random numbers."""
    initializer = keras.initializers.get(given)
    if not hasattr(initializer, "seed"):
        raise InputError(f"`{name}` must draw random numbers: equal kernels stay equal. Received: {name}={given!r}")
    return initializer


def check_channels(input_shape: Shape, ranks: tuple[int, ...] = (4,)) -> int:
    """Return the channels of inputs whose rank is one of `ranks`: 2 for vectors, 4 for images."""
    wanted = {2: "vectors (batch, features)", 4: "images (batch, height, width, channels)"}
    shape = tuple(input_shape)
    if len(shape) not in ranks or not isinstance(shape[-1], int):
        raise InputError(
            f"`inputs` must be {' or '.join(wanted[rank] for rank in ranks)}, the last side known. "
            f"Received: shape={shape}"
        )
    return shape[-1]


def check_one_condition(num_classes: int | None, condition_dim: int | None) -> None:
    """Check that exactly one of the two is given, and in range."""
    if (num_classes is None) == (condition_dim is None):
        raise InputError(
            "One of `num_classes` and `condition_dim` must be given. "
            f"Received: num_classes={num_classes}, condition_dim={condition_dim}"
        )
    conditions.check(num_classes, condition_dim)


def check_with_labels(input_shape: Sequence[Shape], condition_dim: int | None = None) -> Shape:
    """Return the shape of the first of two inputs, of which the second are classes, or vectors of `condition_dim`."""
    if len(input_shape) != 2 or not all(isinstance(shape, (list, tuple)) for shape in input_shape):
        raise InputError(f"`inputs` must be [features, labels]. Received: shape={input_shape}")
    shape, labels = (tuple(shape) for shape in input_shape)
    if len(shape) < 2 or not isinstance(shape[-1], int):
        raise InputError(f"The features must be (batch, ..., channels), the last side known. Received: shape={shape}")
    if condition_dim is None and labels[1:] not in ((), (1,)):
        raise InputError(f"The labels must be (batch,) or (batch, 1). Received: shape={labels}")
    if condition_dim is not None and labels[1:] != (condition_dim,):
        raise InputError(f"The labels must be vectors (batch, {condition_dim}). Received: shape={labels}")
    return shape


def class_labels(labels: Tensor) -> Tensor:
    """Return integer labels `(batch,)` or `(batch, 1)` as int32 `(batch,)`."""
    check_integers(labels)
    return ops.reshape(ops.cast(labels, "int32"), (-1,))


def check_integers(labels: Tensor) -> None:
    """Check that labels, maybe symbolic, are integers."""
    dtype = keras.backend.standardize_dtype(labels.dtype)
    if "int" not in dtype:
        raise InputError(f"The labels must be integers. Received: dtype={dtype}")
