"""The squared sliced Wasserstein distance between two sets of features."""

from typing import Any, Unpack

import numpy as np

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Rows
from keras_gan.metrics.statistics.slices import slices, unit_directions
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer, check_seed


@register
class MongeDistance(GenerativeMetric):
    """The mean squared distance that projections of the features have to be moved: MIND, with Inception's features.

    `3 d` times the mean over random directions of the squared Wasserstein distance of order 2 between the projections
    of both sides, which sorting finds; `d` is the dimension of the features. Lower is better, 0 for equal sets. Unlike
    the Frechet distance it sees more than means and covariances, and fewer samples do: its authors take 5,000 (`md5k`).
    Where both sides are alike but for a shift, or a scale of a round Gaussian, it is three times the Frechet distance.
    It is above 0 for other samples of one distribution, and falls with the counts: compare it at the same ones.

    Berthet et al. 2026, arXiv:2605.06797. Sides of other counts are compared whole, by their quantiles; torch-fidelity
    leaves out samples of the larger one. In float64. The features of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`.
        directions: how many are drawn.
        seed: of the directions.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.MongeDistance()
    points = np.random.default_rng(0).normal(size=(1000, 2))
    print(round(metric(points, points + np.array([0.6, 0.8])), 1))  # 3.0, where the Frechet distance is 1
    ```
    """

    improves = "down"
    least = 2

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        directions: int = 1000,
        seed: int = 0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.directions = check_integer("directions", directions)
        self.seed = check_seed("seed", seed)

    def new_state(self, side: str) -> Rows:
        """Return an empty set of rows."""
        return Rows(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Rows, fake: Rows) -> tuple[float, dict[str, Any]]:
        """Return the mean over the directions, scaled."""
        dimension = real.rows.shape[1]
        directions = unit_directions(np.random.default_rng(self.seed), dimension, self.directions)
        left, right, shares = _moves(real.count, fake.count)
        moved = sum(
            float((np.square(a[:, left] - b[:, right]) @ shares).sum())
            for a, b in slices(real.rows, fake.rows, directions)
        )
        return 3.0 * dimension * moved / self.directions, {}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "directions": self.directions, "seed": self.seed}


def _moves(left: int, right: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which of so many sorted numbers moves where among so many others, and how much of the whole it is.

    In integers, `left * right` being the whole: the ends of shares of both sides meet exactly.
    """
    ends = np.union1d(np.arange(1, left + 1) * right, np.arange(1, right + 1) * left)
    return (ends - 1) // right, (ends - 1) // left, np.diff(ends, prepend=0) / (left * right)
