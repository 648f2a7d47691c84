"""The Frechet distance between two sets of features."""

from typing import Any

import numpy as np

from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Moments
from keras_gan.utils.registry import register
from keras_gan.utils.validation import warn


@register
class FrechetDistance(GenerativeMetric):
    """The distance between the Gaussians that have the means and covariances of the features: FID, with Inception's.

    `|m - m'|^2 + tr(S + S' - 2 (S S')^(1/2))`, at least 0, lower is better. It sees a shift of anything that moves the
    first two moments of the features: noise, blur, missing classes, missing variety; it does not see copies of the
    data. Its bias grows as the samples get fewer, so compare numbers of the same counts and of the same extractor only;
    `keras_gan.metrics.get("fd10k")` pins the counts.

    Heusel et al. 2017, arXiv:1706.08500, equation 6, with the covariances' `n - 1` of the published code. In float64:
    `tr (S S')^(1/2)` is the sum of the roots of the eigenvalues of the symmetric `S^(1/2) S' S^(1/2)`, of which `n`
    samples leave `n - 1` that are not 0.

    The arguments are those of `GenerativeMetric`. With fewer samples than the features have dimensions plus 1 there is
    a warning.

    Example:
    ```python
    metric = keras_gan.metrics.FrechetDistance()  # of vectors, as they are
    rng = np.random.default_rng(0)
    value = metric(rng.normal(size=(5000, 2)), rng.normal(loc=[1.0, 0.0], size=(5000, 2)))
    print(round(value, 1))  # 1.0
    ```
    """

    improves = "down"
    least = 2

    def new_state(self, side: str) -> Moments:
        """Return empty sums."""
        return Moments()

    def compute(self, real: Moments, fake: Moments) -> tuple[float, dict[str, Any]]:
        """Return the distance."""
        dimension = len(real.shift)
        if min(real.count, fake.count) <= dimension:
            warn(
                f"{self.name}: {real.count:,} real and {fake.count:,} generated samples are too few for features of "
                f"{dimension:,} dimensions: their covariance is singular and the distance is far too high. At least "
                f"{dimension + 1:,} of each are needed, {max(10_000, 5 * dimension):,} are usual."
            )
        mean = real.mean - fake.mean
        spread = np.trace(real.covariance) + np.trace(fake.covariance) - 2.0 * _trace_of_root(real, fake)
        return max(float(mean @ mean + spread), 0.0), {}


def _trace_of_root(real: Moments, fake: Moments) -> float:
    """Return `tr (S S')^(1/2)`."""
    root = real.root
    product = root.T @ fake.covariance @ root
    values = np.linalg.eigvalsh((product + product.T) / 2)
    rank = min(len(values), fake.count - 1)
    return float(np.sqrt(values[len(values) - rank :].clip(min=0)).sum())
