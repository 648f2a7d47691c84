"""The sliced Wasserstein distance, of patches of images or of vectors."""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from scipy.stats import wasserstein_distance

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Rows, State
from keras_gan.metrics.statistics.pyramid import content_bits, laplacian_pyramid, patches
from keras_gan.metrics.statistics.slices import slices, unit_directions
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer, check_seed


@register
class SlicedWasserstein(GenerativeMetric):
    """The mean distance between projections on random directions: of patches of images at all scales, or of vectors.

    Of images, without an extractor: random patches of each level of a Laplacian pyramid, every channel scaled to mean 0
    and standard deviation 1 over its side's patches; each level tells of structures of its size, and `details()` has
    the levels, of which the result is the mean. Of vectors, or with an extractor: of these, unscaled. Each projection
    is compared by the Wasserstein distance of order 1. Lower is better, 0 for equal sets. It sees texture and noise,
    and not where in the image something is.

    Karras et al. 2018, arXiv:1710.10196, section 5, who take 128 patches of 7x7 of 16,384 images, 512 directions, and
    print the distance times 1000; Rabin et al. 2011 for vectors. The patches of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`; `None` for patches of images, and for vectors as they are.
        directions: how many are drawn.
        patches: an image and level.
        patch_size: pixels a side.
        smallest: least pixels a side of the coarsest level.
        seed: of the directions and of the patches' places, which are a function of the image: equal ones have the same.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.SlicedWasserstein()
    noise = np.random.default_rng(0).integers(0, 256, (2, 64, 32, 32, 3), dtype=np.uint8)
    print(metric(noise[0], noise[1]), metric.details()["levels"])  # levels of 32x32 and 16x16
    ```
    """

    improves = "down"
    least = 2
    takes_images = True

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        directions: int = 512,
        patches: int = 16,
        patch_size: int = 7,
        smallest: int = 16,
        seed: int = 0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.directions = check_integer("directions", directions)
        self.patches = check_integer("patches", patches)
        self.patch_size = check_integer("patch_size", patch_size)
        self.smallest = check_integer("smallest", smallest)
        self.seed = check_seed("seed", seed)

    def new_state(self, side: str) -> "Descriptors":
        """Return an empty set of patches, or of vectors."""
        expected = self.num_real if side == "real" else self.num_fake
        return Descriptors(expected, self.patches, self.patch_size, self.smallest, self.seed)

    def compute(self, real: "Descriptors", fake: "Descriptors") -> tuple[float, dict[str, Any]]:
        """Return the mean over the levels."""
        random = np.random.default_rng(self.seed)
        levels = {}
        for name in real.levels:
            left, right = real.vectors(name), fake.vectors(name)
            levels[name] = _distance(left, right, unit_directions(random, left.shape[1], self.directions))
        return float(np.mean(list(levels.values()))), {"levels": levels}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        names = ("directions", "patches", "patch_size", "smallest", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class Descriptors(State):
    """Patches of the levels of images, `(count, patches, c * size * size)` each; or vectors, as the one level there is.

    Args:
        expected: how many samples will come, or `None`.
        patches: an image and level.
        size: pixels a side of a patch.
        smallest: least side of a level.
        seed: of the places.
    """

    def __init__(self, expected: int | None, patches: int, size: int, smallest: int, seed: int) -> None:
        self.levels: dict[str, Rows] = {}
        self._expected, self._patches, self._size, self._smallest, self._seed = expected, patches, size, smallest, seed

    def add(self, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Take in uint8 images, `(n, h, w, c)`, or vectors, `(n, d)`."""
        self._append(self._described(rows) if rows.ndim == 4 else {"vectors": rows}, len(rows))

    def _described(self, images: np.ndarray) -> dict[str, np.ndarray]:
        levels = laplacian_pyramid(images.astype(np.float32), self._smallest)
        bits = np.split(content_bits(images, 2 * self._patches * len(levels), self._seed), len(levels), axis=1)
        return {
            f"{level.shape[1]}x{level.shape[2]}": patches(level, own, self._size)
            for level, own in zip(levels, bits, strict=True)
        }

    def _append(self, levels: Mapping[str, np.ndarray], count: int) -> None:
        for name, rows in levels.items():
            self.levels.setdefault(name, Rows(self._expected)).add(rows)
        self.count += count

    def vectors(self, level: str) -> np.ndarray:
        """Return vectors as they are; patches flat, every channel with mean 0 and standard deviation 1, `(n, d)`."""
        rows = self.levels[level].rows
        if rows.ndim == 2:
            return rows
        channels = rows.reshape(rows.shape[0] * rows.shape[1], -1, self._size**2)
        mean, deviation = (
            statistic(channels, axis=(0, 2), keepdims=True, dtype=np.float64) for statistic in (np.mean, np.std)
        )
        scaled = (channels - mean.astype(np.float32)) / np.maximum(deviation, 1e-8).astype(np.float32)
        return scaled.reshape(len(channels), -1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the rows of each level."""
        return {name: rows.rows for name, rows in self.levels.items()}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the rows of each level."""
        for name, array in arrays.items():
            self.levels[name] = Rows(self._expected)
            self.levels[name].restore({"rows": array})
            self.count = len(array)


def _distance(left: np.ndarray, right: np.ndarray, directions: np.ndarray) -> float:
    """Return the mean over the directions, `(d, k)`, of the distance between projections of `(n, d)` and `(m, d)`."""
    total = 0.0
    for a, b in slices(left, right, directions):
        if a.shape == b.shape:
            total += np.abs(a - b).mean(axis=1).sum()
        else:
            total += sum(wasserstein_distance(x, y) for x, y in zip(a, b, strict=True))
    return float(total / directions.shape[1])
