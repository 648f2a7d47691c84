"""The Laplacian pyramid of images, and patches of its levels."""

import numpy as np
from scipy import ndimage

from keras_gan.random import RandomStream
from keras_gan.utils.validation import InputError

_TAPS = np.array([1.0, 4.0, 6.0, 4.0, 1.0], np.float32) / 16.0


def laplacian_pyramid(images: np.ndarray, smallest: int) -> list[np.ndarray]:
    """Return what each level adds to the next coarser one, the finest first, and the coarsest itself.

    Burt and Adelson 1983, doi:10.1109/TCOM.1983.1095851: the filter (1, 4, 6, 4, 1) / 16 along both sides, and every
    second pixel. Sides are halved while they are even and the halves are at least `smallest`.

    Args:
        images: float32, `(n, h, w, c)`.
        smallest: side of the coarsest level.
    """
    levels = []
    while all(side % 2 == 0 and side // 2 >= smallest for side in images.shape[1:3]):
        coarse = _smooth(images)[:, ::2, ::2]
        spread = np.zeros_like(images)
        spread[:, ::2, ::2] = coarse
        levels.append(images - 4.0 * _smooth(spread))
        images = coarse
    return [*levels, images]


def patches(images: np.ndarray, count: int, size: int, seed: int, first: int, level: int) -> np.ndarray:
    """Return random patches, `(n, count, c * size * size)`, at places that depend on seed, level and index alone.

    Args:
        images: `(n, h, w, c)`.
        count: patches an image.
        size: pixels a side of a patch.
        seed: of the places.
        first: the index of the first image among all.
        level: of the pyramid; each has places of its own.
    """
    rows, columns = (side - size + 1 for side in images.shape[1:3])
    if min(rows, columns) < 1:
        raise InputError(f"`patch_size` must fit into images of {images.shape[1:3]}. Received: patch_size={size}")
    bits = np.asarray(RandomStream(seed, level, first).bits("patches", (len(images), 2 * count))).astype(np.int64)
    top, left = bits[:, :count] % rows, bits[:, count:] % columns
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))  # (n, rows, columns, c, s, s)
    return windows[np.arange(len(images))[:, None], top, left].reshape(len(images), count, -1)


def _smooth(images: np.ndarray) -> np.ndarray:
    for axis in (1, 2):
        images = ndimage.convolve1d(images, _TAPS, axis=axis, mode="mirror")
    return images
