"""Affine maps of colours, one for each image: `(batch, 4, 4)`, on (red, green, blue, 1)."""

import numpy as np
import tensorflow as tf

from keras_gan.types import Tensor

_COLORS = np.diag([1.0, 1.0, 1.0, 0.0]).astype("float32")
_ONE = np.diag([0.0, 0.0, 0.0, 1.0]).astype("float32")
_GREYS = np.pad(np.full((3, 3), 1 / 3, "float32"), (0, 1))  # the projection on the axis of greys
_TURN = 3**-0.5 * np.array([[0, -1, 1, 0], [1, 0, -1, 0], [-1, 1, 0, 0], [0, 0, 0, 0]], "float32")  # about that axis


def brightness(by: Tensor) -> Tensor:
    """Return the maps that add `by`, `(batch,)`, to all channels."""
    return _COLORS + _ONE + _each(by) * np.outer([1, 1, 1, 0], [0, 0, 0, 1]).astype("float32")


def contrast(by: Tensor) -> Tensor:
    """Return the maps that multiply all channels by `by`, `(batch,)`."""
    return _each(by) * _COLORS + _ONE


def luma_flip(how_much: Tensor) -> Tensor:
    """Return the maps that mirror the lightness where `how_much`, `(batch,)`, is 1, and leave it where it is 0."""
    return _COLORS + _ONE - 2.0 * _each(how_much) * _GREYS


def hue(angle: Tensor) -> Tensor:
    """Return the rotations about the axis of greys by `angle`, `(batch,)`, in radians."""
    return _GREYS + tf.cos(_each(angle)) * (_COLORS - _GREYS) + tf.sin(_each(angle)) * _TURN + _ONE


def saturation(by: Tensor) -> Tensor:
    """Return the maps that multiply the distance from the axis of greys by `by`, `(batch,)`."""
    return _GREYS + _each(by) * (_COLORS - _GREYS) + _ONE


def recolor(images: Tensor, colors: Tensor) -> Tensor:
    """Return images `(batch, height, width, 1 to 4)` with their colours mapped; greys keep to the axis of greys.

    Of 2 and 4 channels the last is alpha, which stays as it is.
    """
    if images.shape[3] in (2, 4):
        return tf.concat([recolor(images[..., :-1], colors), images[..., -1:]], axis=-1)
    linear, constant = colors[:, :3, :3], colors[:, :3, 3]
    if images.shape[3] == 1:
        linear = tf.reduce_mean(tf.reduce_sum(linear, axis=2), axis=1)[:, None, None]
        constant = tf.reduce_mean(constant, axis=1, keepdims=True)
    return tf.einsum("bij,bhwj->bhwi", linear, images) + constant[:, None, None, :]


def _each(value: Tensor) -> Tensor:
    return value[:, None, None]
