"""Density and coverage by k-nearest neighbours."""

from typing import Any, Unpack

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.neighbours import Neighbourhoods, balls_around, kth_nearest
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer


@register
class DensityCoverage(GenerativeMetric):
    """How densely real samples surround the generated ones, and how many real ones have a generated one nearby.

    About each real feature is a ball that reaches to its k-th nearest real neighbour, its surface left out. Density is
    the mean number of balls that a generated feature lies in, divided by k: quality, which an outlier's one large ball
    does not lift; about 1 for equal distributions, and more where generated samples crowd where the real ones do.
    Coverage is the share of balls with a generated feature inside: variety, in [0, 1]. Higher is better. The ball of a
    real feature that is there more than k times is empty: it adds to neither, whatever the generated ones are.

    Naeem et al. 2020, arXiv:2002.09797, equations 3 and 4, k = 5. For equal distributions and counts the expected
    coverage is close to `1 - 2^-k` (equation 9). `result()` is a dictionary of `density` and `coverage`. The features
    of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`.
        k: which neighbour the balls reach to, the point itself not counted.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.DensityCoverage(k=5)
    rng = np.random.default_rng(0)
    print(metric(rng.normal(size=(1000, 2)), 0.5 * rng.normal(size=(1000, 2))))  # dense, and covers less
    ```
    """

    improves = "up"
    result_names = ("density", "coverage")

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        k: int = 5,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.k = check_integer("k", k)
        self._require(k + 1)

    def new_state(self, side: str) -> Neighbourhoods:
        """Return an empty set of rows."""
        return Neighbourhoods(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Neighbourhoods, fake: Neighbourhoods) -> tuple[dict[str, float], dict[str, Any]]:
        """Return density and coverage."""
        radii = real.radii(self.k)
        density = balls_around(fake.points, real.points, radii, closed=False).mean() / self.k
        covered = kth_nearest(real.points, 1, fake.points) < radii
        return {"density": float(density), "coverage": float(covered.mean())}, {}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "k": self.k}
