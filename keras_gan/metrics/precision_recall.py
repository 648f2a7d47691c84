"""Precision and recall by k-nearest neighbours."""

from typing import Any, Unpack

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.neighbours import Neighbourhoods, balls_around
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer


@register
class PrecisionRecall(GenerativeMetric):
    """How many generated samples lie among the real ones, and how many real ones among the generated.

    A set's manifold is the union of the balls about its features that reach to their k-th nearest neighbours of the
    same set, surfaces included. Precision is the share of generated features in the real manifold: quality. Recall is
    the share of real features in the generated one: variety. Both lie in [0, 1], higher is better; both depend on the
    counts, and one outlier of the real set can lift precision (`DensityCoverage` is made against that).

    Kynkaanniemi et al. 2019, arXiv:1904.06991, equations 1 and 2, k = 3. `result()` is a dictionary of `precision` and
    `recall`. The features of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`.
        k: which neighbour the balls reach to, the point itself not counted.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.PrecisionRecall(k=3)
    rng = np.random.default_rng(0)
    print(metric(rng.normal(size=(1000, 2)), 0.5 * rng.normal(size=(1000, 2))))  # high precision, low recall
    ```
    """

    improves = "up"
    result_names = ("precision", "recall")

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        k: int = 3,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.k = check_integer("k", k)
        self._require(k + 1)

    def new_state(self, side: str) -> Neighbourhoods:
        """Return an empty set of rows."""
        return Neighbourhoods(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Neighbourhoods, fake: Neighbourhoods) -> tuple[dict[str, float], dict[str, Any]]:
        """Return precision and recall."""
        precise = balls_around(fake.points, real.points, real.radii(self.k), closed=True) > 0
        recalled = balls_around(real.points, fake.points, fake.radii(self.k), closed=True) > 0
        return {"precision": float(precise.mean()), "recall": float(recalled.mean())}, {}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "k": self.k}
