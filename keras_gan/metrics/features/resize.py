"""Resizing as the published metrics do it."""

import numpy as np
import tensorflow as tf

from keras_gan.types import Tensor
from keras_gan.utils.validation import check_choice

METHODS = ("clean", "legacy")
_PILLOWS_ONE = 2**22  # of its weights for 8 bits, which are integers


def resize(images: Tensor, size: int, method: str = "clean") -> Tensor:
    """Return images as float32 `(n, size, size, c)` in the units of the input.

    Args:
        images: `(n, h, w, c)` in 0..255.
        size: pixels a side.
        method: `"clean"`: bicubic, antialiased where it reduces, unrounded and clipped to 0..255; it agrees with
            Pillow's (Parmar et al. 2022, arXiv:2104.11222). `"legacy"`: the bilinear interpolation of TensorFlow 1,
            as in the first published code: no antialiasing, and corners rather than centres of pixels aligned.
    """
    weigh = {"clean": bicubic_weights, "legacy": bilinear_weights}[check_choice("method", method, METHODS)]
    # Not `tf.image.resize`, whose weights are made in float32 and leave errors of a hundredth of a grey level.
    height, width = (tf.constant(weigh(side, size)) for side in images.shape[1:3])
    resized = tf.einsum("yh,nhwc,xw->nyxc", height, tf.cast(images, tf.float32), width)
    return tf.clip_by_value(resized, 0.0, 255.0)


def resize_8_bit(images: Tensor, size: int) -> Tensor:
    """Return images of 0..255 as Pillow resizes those of 8 bits: bicubic, antialiased, rounded after each direction.

    Args:
        images: `(n, h, w, c)` in 0..255.
        size: pixels a side.

    Returns:
        Whole numbers in 0..255, float32 `(n, size, size, c)`.
    """
    height, width = (tf.constant(np.round(_bicubic(side, size) * _PILLOWS_ONE)) for side in images.shape[1:3])
    # Whole numbers in float64, which holds them exactly: the very pixels that Pillow gives.
    rows = _rounded(tf.einsum("nhwc,xw->nhxc", tf.cast(images, tf.float64), width))
    return tf.cast(_rounded(tf.einsum("yh,nhxc->nyxc", height, rows)), tf.float32)


def _rounded(sums: Tensor) -> Tensor:
    return tf.clip_by_value(tf.floor(sums / _PILLOWS_ONE + 0.5), 0.0, 255.0)


def bilinear_weights(old: int, new: int) -> np.ndarray:
    """Return what each of `old` pixels in a row gives to each of `new` ones, float32 `(new, old)`; as TensorFlow 1."""
    places = np.arange(new) * (old / new)
    low = np.floor(places).astype(np.int64)
    share = places - low
    weights = np.zeros((new, old))
    weights[np.arange(new), low] += 1.0 - share
    weights[np.arange(new), np.minimum(low + 1, old - 1)] += share
    return weights.astype(np.float32)


def bicubic_weights(old: int, new: int) -> np.ndarray:
    """Return what each of `old` pixels in a row gives to each of `new` ones, float32 `(new, old)`; rows sum to 1.

    Keys 1981, doi:10.1109/TASSP.1981.1163711, with a = -1/2, stretched by the reduction so that it averages; at the
    ends the weights of the pixels that there are are scaled up.
    """
    return _bicubic(old, new).astype(np.float32)


def _bicubic(old: int, new: int) -> np.ndarray:
    scale = old / new
    stretch = max(scale, 1.0)
    centres = (np.arange(new) + 0.5) * scale
    distance = np.abs(np.arange(old) + 0.5 - centres[:, None]) / stretch  # (new, old)
    near = (1.5 * distance - 2.5) * distance**2 + 1.0
    far = ((-0.5 * distance + 2.5) * distance - 4.0) * distance + 2.0
    weights = np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
    normalized: np.ndarray = weights / weights.sum(axis=1, keepdims=True)
    return normalized


def torch_bicubic_weights(old: int, new: int, scale: float) -> np.ndarray:
    """Return what each of `old` values in a row gives to each of `new` ones as PyTorch has it, float32 `(new, old)`.

    As `interpolate(mode="bicubic", scale_factor=scale)`: Keys' with a = -3/4, of the four nearest values whatever the
    scale; beyond the ends the last value is repeated.
    """
    places = (np.arange(new) + 0.5) / scale - 0.5
    low = np.floor(places).astype(np.int64)
    weights = np.zeros((new, old))
    for at in (low - 1, low, low + 1, low + 2):
        distance = np.abs(places - at)
        near = (1.25 * distance - 2.25) * distance**2 + 1.0
        far = ((-0.75 * distance + 3.75) * distance - 6.0) * distance + 3.0
        np.add.at(weights, (np.arange(new), np.clip(at, 0, old - 1)), np.where(distance <= 1, near, far))
    return weights.astype(np.float32)
