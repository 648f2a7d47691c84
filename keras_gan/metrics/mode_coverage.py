"""How many modes of a known mixture a generator finds."""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Sums
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number


@register
class ModeCoverage(GenerativeMetric):
    """The modes that are found of a mixture of round Gaussians, the share of good samples, and how even they are.

    A sample is of high quality within `radius` standard deviations of the nearest mean; a mode counts as found with one
    of these. `result()` is a dictionary: `modes`; `high_quality`, in [0, 1] (three standard deviations in the plane
    hold 0.989 of a perfect generator's); `reverse_kl`, the divergence of the high-quality samples' histogram of modes
    from the uniform one, 0 at best, NaN without such samples. `details()` has the histogram.

    Srivastava et al. 2017, arXiv:1705.07761, section 4.1; Lin et al. 2018, arXiv:1712.04086, section 4.1, who take
    2,500 samples.

    Args:
        means: the centres, `(k, d)`, such as `keras_gan.data.gaussian_mixture("ring").means`.
        scale: the standard deviation in each direction, > 0.
        radius: in standard deviations, > 0.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Raises:
        InputError: `means` is not a matrix, or a sample has not its number of columns.

    Example:
    ```python
    mixture = keras_gan.data.gaussian_mixture("ring")
    metric = keras_gan.metrics.ModeCoverage(mixture.means, mixture.scale, num_fake=2500)
    metric.update_fake(mixture.examples)
    print(metric.result())  # 8 modes, of high quality 0.99
    ```
    """

    result_names = ("modes", "high_quality", "reverse_kl")

    needs_real = False

    def __init__(
        self,
        means: Sequence[Sequence[float]] | np.ndarray,
        scale: float,
        *,
        radius: float = 3.0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(**arguments)
        centres = np.asarray(means, np.float64)
        if centres.ndim != 2 or not centres.size or not np.isfinite(centres).all():
            raise InputError(f"`means` must be finite and of shape (k, d). Received: means={means!r}")
        if min(check_number("scale", scale, minimum=0.0), check_number("radius", radius, minimum=0.0)) == 0:
            raise InputError(f"`scale` and `radius` must be above 0. Received: scale={scale!r}, radius={radius!r}")
        self.means = centres.tolist()
        self.scale = float(scale)
        self.radius = float(radius)

    def new_state(self, side: str) -> "Histogram":
        """Return empty counts."""
        return Histogram(np.asarray(self.means), self.radius * self.scale)

    def compute(self, real: "Histogram", fake: "Histogram") -> tuple[dict[str, float], dict[str, Any]]:
        """Return the modes, the share of high quality and the reverse divergence."""
        histogram = fake.totals["histogram"]
        good = histogram.sum()
        found = histogram[histogram > 0] / max(good, 1.0)
        divergence = float((found * np.log(found * len(histogram))).sum()) if good else float("nan")
        value = {"modes": float(len(found)), "high_quality": float(good / fake.count), "reverse_kl": divergence}
        return value, {"histogram": histogram.tolist()}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        config = {name: value for name, value in super().get_config().items() if name != "extractor"}
        return {**config, "means": [list(mean) for mean in self.means], "scale": self.scale, "radius": self.radius}


class Histogram(Sums):
    """How many samples of high quality are nearest to each mean."""

    def __init__(self, means: np.ndarray, radius: float) -> None:
        super().__init__()
        self.means = means
        self.radius = radius

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the counts of samples, `(n, d)`."""
        if rows.shape[1:] != self.means.shape[1:]:
            raise InputError(
                f"`samples` must be vectors like the means, (n, {self.means.shape[1]}). Received: shape {rows.shape}"
            )
        distances = np.linalg.norm(rows[:, None].astype(np.float64) - self.means, axis=2)  # (n, k)
        good = distances.argmin(axis=1)[distances.min(axis=1) <= self.radius]
        return {"histogram": np.bincount(good, minlength=len(self.means)).astype(np.float64)}
