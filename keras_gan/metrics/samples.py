"""What metrics are fed with: samples of either side, and labels."""

from typing import Any

import numpy as np

from keras_gan.utils.images import to_uint8
from keras_gan.utils.validation import InputError

_ROUNDING = 1e-4  # beyond [-1, 1], as arithmetic in float32 or less leaves it


def check_samples(side: str, samples: Any) -> np.ndarray:
    """Return images as uint8 `(n, h, w, c)`, rounded from [-1, 1] if they are floats, or vectors as float32 `(n, d)`.

    Args:
        side: `"real"` or `"fake"`: generated images may leave [-1, 1] and are clipped, real ones are refused.
        samples: an array or a tensor.

    Raises:
        InputError: another rank or type, a real image outside [-1, 1], a NaN or an infinity.
    """
    array = np.asarray(samples)
    if array.dtype == np.uint8 and array.ndim == 4:
        return array
    if array.ndim not in (2, 4) or not (np.issubdtype(array.dtype, np.floating) or array.ndim == 2):
        raise InputError(
            "`samples` must be images (n, h, w, c), uint8 or float in [-1, 1], or vectors (n, d). "
            f"Received: {side} samples of {array.dtype} and of shape {array.shape}"
        )
    array = array.astype(np.float32, copy=False)
    if not np.isfinite(array).all():
        raise InputError(f"`samples` must be finite. Received: a NaN or an infinity in {side} samples")
    if array.ndim == 2:
        return array
    if side == "real" and array.size and np.abs(array).max() > 1 + _ROUNDING:
        raise InputError(
            "`samples` must be images in [-1, 1] if they are floats. "
            f"Received: real samples from {array.min():g} to {array.max():g}"
        )
    return np.asarray(to_uint8(array))


def check_labels(labels: Any, count: int) -> np.ndarray:
    """Return labels as int32 `(count,)`, or raise."""
    array = np.asarray(labels)
    if array.shape != (count,) or not np.issubdtype(array.dtype, np.integer) or (count and array.min() < 0):
        raise InputError(
            f"`labels` must be integers >= 0 of shape ({count},), one a sample. "
            f"Received: labels of {array.dtype} and of shape {array.shape}"
        )
    return array.astype(np.int32)
