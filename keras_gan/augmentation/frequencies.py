"""The gains of four bands of spatial frequency, one set for each image."""

import functools

import numpy as np
import tensorflow as tf

from keras_gan.types import Tensor

BANDS = 4
_SYM2 = np.array([-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025])
"""The low-pass filter of the wavelet `sym2` (Daubechies 1992, table 6.3)."""


def amplify(images: Tensor, gains: Tensor) -> Tensor:
    """Return images with their bands, from low to high, multiplied by `gains`, `(batch, 4)`.

    The rows and then the columns are convolved, beyond its edges an image is continued by its reflection. Both are
    products with matrices, so that all derivatives are exact.
    """
    height, width = images.shape[1:3]
    images = tf.einsum("bij,bjwc->biwc", _operator(gains, height), images)
    return tf.einsum("bij,bhjc->bhic", _operator(gains, width), images)


def _operator(gains: Tensor, side: int) -> Tensor:
    return tf.einsum("bk,kij->bij", gains, tf.constant(_band_operators(side)))


@functools.cache
def _band_operators(side: int) -> np.ndarray:
    """Return the convolution with each band's filter as a matrix, `(4, side, side)`."""
    filters = band_filters()
    operators = np.zeros((BANDS, side, side), np.float32)
    radius, last = filters.shape[1] // 2, max(side - 1, 1)
    for tap in range(filters.shape[1]):
        places = np.arange(side) + tap - radius
        reflected = last - np.abs(places % (2 * last) - last)
        for row, column in enumerate(np.minimum(reflected, side - 1)):
            operators[:, row, column] += filters[:, tap]
    return operators


@functools.cache
def band_filters() -> np.ndarray:
    """Return symmetric filters of the four bands, `(4, taps)`, which add up to the identity.

    Karras et al. 2020, arXiv:2006.06676, appendix B: the band splits in two, and its lower half again, with
    `H(z) H(1/z) / 2` of `sym2` for the lower half and the same at the opposite frequency for the upper one.
    """
    low = np.convolve(_SYM2, _SYM2[::-1]) / 2
    alternating = _SYM2 * (-1.0) ** np.arange(len(_SYM2))
    high = np.convolve(alternating, alternating[::-1]) / 2
    filters = np.eye(BANDS, 1)  # everything is in the lowest band
    for band in range(1, BANDS):
        spread = np.zeros((BANDS, 2 * filters.shape[1] - 1))
        spread[:, ::2] = filters
        filters = np.stack([np.convolve(row, low) for row in spread])
        middle, radius = filters.shape[1] // 2, len(high) // 2
        filters[band, middle - radius : middle + radius + 1] += high
    return filters
