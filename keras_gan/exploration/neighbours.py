"""The training pictures that are nearest to samples: does the generator copy?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from keras_gan.data import ArrayData
from keras_gan.metrics import FeatureExtractor
from keras_gan.utils.progress import Progress
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError, check_integer

_ROWS = 1024  # that are compared at once


@dataclass(frozen=True)
class Neighbours:
    """The nearest training pictures of samples, the nearest first.

    Attributes:
        rows: which they are, int64 `(n, count)`.
        distances: Euclidean, float64 `(n, count)`.
        usual: how far the nearest one is from its own nearest other, float64 `(n,)`.
        images: the pictures, float32 in [-1, 1], `(n, count, height, width, channels)`.

    Example:
    ```python
    data = keras_gan.data.load("digits")
    found = keras_gan.exploration.nearest(data.examples[:2], data, count=1, verbose=0)
    print(found.rows, found.ratios)  # the digits themselves, at a distance of 0
    ```
    """

    rows: np.ndarray
    distances: np.ndarray
    usual: np.ndarray
    images: np.ndarray

    @property
    def ratios(self) -> np.ndarray:
        """How far each sample is from its nearest picture, against how far that is from others, `(n,)`.

        0 of a copy, well below 1 of what was copied nearly, about 1 of what is as new as the pictures are to each other
        (Alaa et al. 2022, arXiv:2102.08921, section 3.3, which counts those below 1). Of pictures that are there twice
        there is nothing to compare with: infinity, or 1 of a copy of those.
        """
        nearest = self.distances[:, 0]
        apart = self.usual > 0
        same = np.where(nearest > 0, np.inf, 1.0)
        return np.where(apart, nearest / np.where(apart, self.usual, 1.0), same)


def nearest(
    images: ArrayLike,
    data: ArrayData,
    count: int = 5,
    extractor: FeatureExtractor | None = None,
    verbose: int | str = "auto",
) -> Neighbours:
    """Return the training pictures that are nearest to samples: all are compared, and each distance is exact.

    Args:
        images: samples, float in [-1, 1] or uint8, of the shape of the data's.
        data: what was trained on; it may be larger than the memory.
        count: how many, fewer than the data have.
        extractor: compares its features; `None` compares pixels, which finds what was copied, and not what was moved.
        verbose: how to show how far it is: 0, 1, 2 or `"auto"`, as in Keras.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan import exploration

    data = keras_gan.data.load("digits")
    samples = keras_gan.GAN(*keras_gan.models.mlp(data.sample_shape, latent_dim=8)).sample(3, seed=0)
    found = exploration.nearest(samples, data, count=2, verbose=0)
    print(found.rows.shape, found.ratios.shape)  # (3, 2) (3,)
    ```
    """
    given = np.asarray(images)
    if given.shape[1:] != data.sample_shape or not len(given):
        raise InputError(f"`images` must be of shape {('n', *data.sample_shape)}. Received: shape {given.shape}")
    check_integer("count", count, maximum=len(data) - 1)
    progress = Progress(verbose, unit="rows", doing="comparing")
    progress.expect(2 * len(data))
    samples = _compared(given, extractor)
    rows, distances = _nearest(samples, np.full(len(given), -1), data, count, extractor, progress)
    first = rows[:, 0]
    _, others = _nearest(_compared(data.store[first], extractor), first, data, 1, extractor, progress)
    progress.finish({})
    pictures = np.asarray(normalize(data.store[rows.reshape(-1)]))
    return Neighbours(rows, distances, others[:, 0], pictures.reshape(*rows.shape, *data.sample_shape))


def _nearest(
    points: np.ndarray,
    own: np.ndarray,
    data: ArrayData,
    count: int,
    extractor: FeatureExtractor | None,
    progress: Progress,
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and distances of the nearest pictures, `(n, count)`, none of them the row `own` `(n,)` of a point."""
    rows = np.full((len(points), count), -1)
    distances = np.full((len(points), count), np.inf)
    for part in _blocks(len(data)):
        found = cdist(points, _compared(data.store[part], extractor))
        here = np.arange(part.start, part.start + found.shape[1])
        found[here == own[:, None]] = np.inf
        together = np.concatenate([distances, found], axis=1)
        numbers = np.concatenate([rows, np.broadcast_to(here, found.shape)], axis=1)
        order = together.argsort(axis=1, kind="stable")[:, :count]  # of equally near ones the first
        distances, rows = (np.take_along_axis(values, order, axis=1) for values in (together, numbers))
        progress.add(found.shape[1])
    return rows, distances


def _compared(images: np.ndarray, extractor: FeatureExtractor | None) -> np.ndarray:
    """Return what is compared, float64 `(n, d)`."""
    values = np.asarray(normalize(images)) if extractor is None else extractor(images)
    return values.reshape(len(values), -1).astype(np.float64)


def _blocks(count: int) -> Iterator[slice]:
    return (slice(first, min(first + _ROWS, count)) for first in range(0, count, _ROWS))
