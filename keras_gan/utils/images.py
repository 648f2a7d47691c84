"""Images as the networks see them ([-1, 1], float32) and as files hold them (0..255, uint8)."""

import math

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, warn

_MANY, _DARK = 16, 0.1  # images; of [0, 1]
MOST = 1.0 + 1e-3  # of an image in [-1, 1]: resizing, or arithmetic in half precision, leaves such a rest


def normalize(images: Tensor) -> Tensor:
    """Return `images` as float32 in [-1, 1]: uint8 is mapped by `x / 127.5 - 1`, floats are taken as they are."""
    if tf.as_dtype(images.dtype) == tf.uint8:
        return tf.cast(images, tf.float32) / 127.5 - 1.0
    return tf.cast(images, tf.float32)


def to_uint8(images: Tensor) -> Tensor:
    """Return images in [-1, 1] as uint8 in 0..255, rounded to the nearest and clipped: `normalize` backwards."""
    return tf.cast(tf.clip_by_value(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), 0.0, 255.0), tf.uint8)


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


def grid(images: np.ndarray, columns: int | None = None, gap: int = 1, scale: int = 1) -> np.ndarray:
    """Arrange images in rows on a black ground.

    Args:
        images: uint8, `(n, height, width, channels)`.
        columns: images a row; the default makes the grid about square.
        gap: pixels between neighbours, after scaling.
        scale: each pixel becomes a square of `scale` x `scale`.

    Returns:
        uint8, `(height, width, channels)`.
    """
    if images.ndim != 4 or images.dtype != np.uint8 or not len(images):
        raise InputError(
            "`images` must be uint8 of shape (n, height, width, channels), n >= 1. "
            f"Received: images of dtype {images.dtype} and shape {images.shape}"
        )
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    height, width = height * scale, width * scale
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.uint8)
    for index, image in enumerate(images.repeat(scale, axis=1).repeat(scale, axis=2)):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def to_pil(image: np.ndarray) -> Image.Image:
    """Return one uint8 image `(height, width, channels)` as a Pillow image: of its visible channels."""
    image = image[..., : visible_channels(image.shape[-1])]
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else np.ascontiguousarray(image))


def visible_channels(channels: int) -> int:
    """Return how many of so many channels a picture shows, the first ones: 1 as gray, 3 as RGB, 4 as RGBA."""
    return {1: 1, 2: 1, 3: 3, 4: 4}.get(channels, 3)
