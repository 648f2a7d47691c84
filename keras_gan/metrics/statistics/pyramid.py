"""The Laplacian pyramid of images, and patches of its levels."""

import hashlib

import numpy as np
from scipy import ndimage

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


def content_bits(images: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return random uint32 numbers, `(n, count)`, each row a function of the seed and of one image's bytes alone.

    Drawn by sample index they would not let the order of the images be changed.
    """
    prefix = seed.to_bytes(4, "little")
    drawn = (hashlib.shake_128(prefix + image.tobytes()).digest(4 * count) for image in images)
    return np.frombuffer(b"".join(drawn), "<u4").reshape(len(images), count)


def patches(images: np.ndarray, bits: np.ndarray, size: int) -> np.ndarray:
    """Return patches of images, `(n, count, c * size * size)`.

    Args:
        images: `(n, h, w, c)`.
        bits: that decide the places, integers `(n, 2 * count)`.
        size: pixels a side of a patch.
    """
    rows, columns = (side - size + 1 for side in images.shape[1:3])
    if min(rows, columns) < 1:
        raise InputError(f"`patch_size` must fit into images of {images.shape[1:3]}. Received: patch_size={size}")
    top, left = np.split(bits.astype(np.int64), 2, axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))  # (n, rows, columns, c, s, s)
    chosen = windows[np.arange(len(images))[:, None], top % rows, left % columns]
    return chosen.reshape(*top.shape, -1)


def _smooth(images: np.ndarray) -> np.ndarray:
    for axis in (1, 2):
        images = ndimage.convolve1d(images, _TAPS, axis=axis, mode="mirror")
    return images
