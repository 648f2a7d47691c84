"""What labels must be, wherever they are handed over: classes are integers in a range, vectors are finite."""

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.utils.samples import as_array, check_finite
from keras_gan.utils.validation import MAX_CLASSES, InputError


def check_classes(argument: str, labels: ArrayLike, count: int, num_classes: int | None = None) -> np.ndarray:
    """Return the classes of `count` samples as int32 `(count,)`.

    Args:
        argument: what a message begins with.
        labels: integers of shape `(count,)`.
        count: of the samples.
        num_classes: how many classes there are, if that is known.

    Raises:
        InputError: they are no integers, of another shape, or out of range.
    """
    array = as_array(argument, labels)
    if array.shape != (count,) or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"{argument} must be integers of shape ({count},), one a sample. "
            f"Received: dtype {array.dtype} and shape {array.shape}"
        )
    if count and not 0 <= array.min() <= array.max() < (num_classes or MAX_CLASSES):
        raise InputError(f"{range_of_classes(argument, num_classes)} {array.min()} to {array.max()}")
    return array.astype(np.int32, copy=False)


def range_of_classes(argument: str, num_classes: int | None) -> str:
    """Return how the message about a class out of range begins: up to its first number."""
    because = "" if num_classes is None else f", because num_classes={num_classes}"
    return f"{argument} must be in 0..{(num_classes or MAX_CLASSES) - 1}{because}. Received: labels from"


def check_vectors(argument: str, labels: ArrayLike, count: int, dim: int | None = None) -> np.ndarray:
    """Return the vectors of `count` samples as float32 `(count, k)`.

    Args:
        argument: what a message begins with.
        labels: numbers of shape `(count, k)`.
        count: of the samples.
        dim: what `k` has to be; `None` for 1 or more.

    Raises:
        InputError: they are no numbers, of another shape, or not finite.
    """
    array = as_array(argument, labels)
    if array.ndim != 2 or len(array) != count or array.shape[1] != (dim or array.shape[1] or 1):
        because = "" if dim is None else f", because condition_dim={dim}"
        raise InputError(
            f"{argument} must be vectors of shape ({count}, {dim or 'k'}), one a sample{because}. "
            f"Received: dtype {array.dtype} and shape {array.shape}"
        )
    if array.dtype.kind not in "fiub":
        raise InputError(f"{argument} must be vectors of real numbers. Received: dtype {array.dtype}")
    check_finite(argument, array)
    return array.astype(np.float32, copy=False)
