"""The kernel distance between two sets of features."""

from typing import Any, Unpack

import numpy as np

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Rows
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer, check_seed, warn


@register
class KernelDistance(GenerativeMetric):
    """The squared maximum mean discrepancy under a cubic kernel, unbiased: KID, with Inception's features.

    `MMD^2` with `k(x, y) = (x.y / d + 1)^3`, lower is better. Its expectation does not depend on the counts, which the
    Frechet distance's does, so it suits few samples; it can be negative where the distributions agree. It is the mean
    over subsets that are drawn by sample index without replacement, and `details()` has their `standard_error`, which
    is that of independent subsets and so too small where subsets overlap much. Of no more samples than a subset has
    there is but one, of all of them, and the `standard_error` is `None`, as it is for `subsets=1`.

    Binkowski et al. 2018, arXiv:1801.01401, section 4; the estimator is equation 3 of Gretton et al. 2012, JMLR 13,
    in float64. The features of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`.
        subsets: how many are drawn.
        subset_size: samples of each side in a subset, 2 or more; of a side with fewer all are taken, with a warning.
        seed: of the subsets.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.KernelDistance(subset_size=200)
    rng = np.random.default_rng(0)
    metric.update_real(rng.normal(size=(1000, 2)))
    metric.update_fake(rng.normal(loc=1.0, size=(1000, 2)))
    print(metric.result(), "+-", metric.details()["standard_error"])
    ```
    """

    improves = "down"
    least = 2

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        subsets: int = 100,
        subset_size: int = 1000,
        seed: int = 0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.subsets = check_integer("subsets", subsets)
        self.subset_size = check_integer("subset_size", subset_size, minimum=2)
        self.seed = check_seed("seed", seed)

    def new_state(self, side: str) -> Rows:
        """Return an empty set of rows."""
        return Rows(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Rows, fake: Rows) -> tuple[float, dict[str, Any]]:
        """Return the mean over the subsets, and its standard error."""
        sizes = [min(self.subset_size, side.count) for side in (real, fake)]
        if min(sizes) < self.subset_size:
            warn(
                f"{self.name}: {real.count:,} real and {fake.count:,} generated samples are too few for subsets of "
                f"{self.subset_size:,}: these have {sizes[0]:,} and {sizes[1]:,}. At least {self.subset_size:,} of "
                f"each are needed, {10 * self.subset_size:,} are usual."
            )
        random = np.random.default_rng(self.seed)
        values = np.empty(1 if sizes == [real.count, fake.count] else self.subsets)
        for index in range(len(values)):
            left, right = (
                side.rows[random.choice(side.count, size, replace=False)].astype(np.float64)
                for side, size in zip((real, fake), sizes, strict=True)
            )
            values[index] = _unbiased(left, right)
        error = float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else None
        return float(values.mean()), {"standard_error": error, "subset_size": min(sizes)}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "subsets": self.subsets, "subset_size": self.subset_size, "seed": self.seed}


def _unbiased(left: np.ndarray, right: np.ndarray) -> float:
    """Return the unbiased estimate of `MMD^2` of `(n, d)` and `(m, d)`."""
    inner = [_mean_without_diagonal(_kernel(side, side)) for side in (left, right)]
    return float(sum(inner) - 2.0 * _kernel(left, right).mean())


def _kernel(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    value = left @ right.T
    value /= left.shape[1]
    value += 1.0
    return value * value * value


def _mean_without_diagonal(matrix: np.ndarray) -> float:
    count = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (count * (count - 1)))
