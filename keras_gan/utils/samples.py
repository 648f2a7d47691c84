"""What samples must be, wherever they are handed over: of a shape, of a type, finite, images in [-1, 1]."""

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.types import Shape, Tensor
from keras_gan.utils.uint8 import check_range
from keras_gan.utils.validation import InputError

_BLOCK = 1024  # samples that are looked at together


def check_samples(
    name: str, samples: Tensor, shape: Shape, is_image: bool, whose: str = "", generated: bool = False
) -> None:
    """Check the shape, the type and the range of samples.

    Args:
        name: what they are called at the beginning of a message.
        samples: a batch, or all: an array or a tensor.
        shape: of one of them; `None` for a side that may be any.
        is_image: whether they are images, in [-1, 1] or uint8.
        whose: who wants this shape, for the message.
        generated: whether images may be such as a generator makes, which leave [-1, 1] if its last layer lets them.

    Raises:
        InputError: they are not so, or there are none.
    """
    if not fits(tuple(samples.shape[1:]), shape) or 0 in samples.shape[1:]:
        raise InputError(f"{wanted(name, shape, whose)} {tuple(samples.shape)}")
    if not len(samples):
        raise InputError(f"{name} must not be empty. Received: 0 samples")
    dtype = np.dtype(tf.as_dtype(samples.dtype).as_numpy_dtype)
    if is_image and dtype == np.uint8:
        return
    if not is_floating(dtype):
        types = "uint8 in 0..255 or floating point in [-1, 1]" if is_image else "floating point"
        raise InputError(f"{name} must be {types}. Received: dtype {dtype}")
    with np.errstate(over="ignore"):  # 1e300 is finite until it is a float32
        low, high = (float(np.float32(value)) for value in extent(samples))
    if not np.isfinite([low, high]).all():
        raise InputError(f"{name} must be finite. Received: NaN or infinity among the values")
    if is_image and not generated:
        check_range(name, low, high)


def wanted(name: str, shape: Shape, whose: str = "") -> str:
    """Return how the message about another shape begins: up to that shape."""
    sides = ", ".join("any" if side is None else str(side) for side in shape)
    return f"{name} must have the shape {whose and f'that {whose}, '}(batch, {sides}). Received: shape"


def fits(shape: Shape, wanted: Shape) -> bool:
    """Return whether a shape is what is wanted, where `None` is any side."""
    return len(shape) == len(wanted) and all(b in (None, a) for a, b in zip(shape, wanted, strict=True))


def is_floating(dtype: np.dtype) -> bool:
    """Return whether these are floating-point numbers, bfloat16 among them, which NumPy does not know."""
    return np.issubdtype(dtype, np.floating) or dtype == tf.bfloat16.as_numpy_dtype


def extent(samples: Tensor) -> tuple[float, float]:
    """Return the smallest and the largest value, NaN if there is one; an array is gone through in blocks."""
    blocks = (np.asarray(samples[first : first + _BLOCK]) for first in range(0, len(samples), _BLOCK))
    ranges = np.array([(block.min(), block.max()) for block in blocks], np.float64)
    return float(ranges[:, 0].min()), float(ranges[:, 1].max())


def check_finite(name: str, array: np.ndarray, first: int = 0) -> None:
    """Raise if a value is none, or none as float32; `first` is the number of the first row."""
    with np.errstate(over="ignore"):  # 1e300 is finite until it is a float32
        finite = np.isfinite(array.astype(np.float32, copy=False))
    if not finite.all():
        row = first + int(np.argmin(finite.reshape(len(array), -1).all(axis=1)))
        where = f"{name.strip('`').lower()}[{row}]"
        raise InputError(f"{name} must be finite as float32. Received: a NaN or an infinity in {where}")


def as_array(name: str, value: ArrayLike) -> np.ndarray:
    """Return an array, or raise for rows of different lengths."""
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InputError(f"{name} must be an array. Received: {type(value).__name__} ({error})") from error
