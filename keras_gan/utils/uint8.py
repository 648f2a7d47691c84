"""Pixels: uint8 in 0..255, as files hold them, and float32 in [-1, 1], as the networks see them."""

import numpy as np
import tensorflow as tf

from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, warn

_MANY = 16  # images, of which one would have a dark pixel if they were in [-1, 1]
_DARK = 0.1  # of [0, 1]: fewer images are said to be in it where they reach that near both of its ends
MOST = 1.0 + 1e-3  # of an image in [-1, 1]: resizing, or arithmetic in half precision, leaves such a rest


def normalize(images: Tensor) -> Tensor:
    """Return `images` as float32 in [-1, 1]: uint8 is mapped by `x / 127.5 - 1`, floats are taken as they are."""
    if tf.as_dtype(images.dtype) == tf.uint8:
        return tf.cast(images, tf.float32) / 127.5 - 1.0
    return tf.cast(images, tf.float32)


def to_uint8(images: Tensor) -> Tensor:
    """Return images in [-1, 1] as uint8 in 0..255, rounded to the nearest and clipped: `normalize` backwards."""
    return tf.cast(tf.clip_by_value(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), 0.0, 255.0), tf.uint8)


def eight_bits(images: np.ndarray) -> np.ndarray:
    """Return images as uint8: those that are stay as they are, others are in [-1, 1]."""
    return images if images.dtype == np.uint8 else np.asarray(to_uint8(images))


def check_range(argument: str, low: float, high: float) -> None:
    """Raise unless floating-point images from `low` to `high` are in [-1, 1]."""
    if not max(-low, high) <= MOST:  # nor NaN
        raise InputError(
            f"{argument} must be finite and in [-1, 1] if they are floating point: hand over uint8, or "
            f"`x / 127.5 - 1`. Received: values from {low:g} to {high:g}"
        )


def check_signed(argument: str, low: float, high: float, count: int) -> None:
    """Raise for floating-point images that seem to be in [0, 1]; warn where there are few of them.

    No value is negative, which in [-1, 1] means that none of them has anything darker than the middle grey.

    Args:
        argument: what the message begins with.
        low: the smallest value.
        high: the largest value.
        count: how many images there are.
    """
    if not 0.0 <= low < high:
        return
    message = (
        f"{argument} must be in [-1, 1] if they are floating point, and seem to be in [0, 1], such as `x / 255`: "
        f"hand over uint8, or `2 * x - 1`. Received: values from {low:g} to {high:g}"
    )
    if count >= _MANY:
        raise InputError(message)
    if low < _DARK and high > 1.0 - _DARK:
        warn(message)
