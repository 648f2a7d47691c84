"""The Frechet distance between two sets of features."""

import os
from typing import Any, Unpack

import numpy as np

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Moments
from keras_gan.metrics.statistics.saved_moments import read_moments
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, warn


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

    With fewer samples than the features have dimensions plus 1 there is a warning.

    Args:
        extractor: see `GenerativeMetric`.
        statistics: the path of a `.npz` file with `mu`, `(d,)`, and `sigma`, `(d, d)`, as pytorch-fid, clean-fid and
            the code of EDM write it: the real side then, whatever data come. It is read when it is first needed.
            The features must be of the network that it was computed with, which its file seldom tells: the dimension
            is checked, and the name in an entry `extractor` where there is one. Those programs differ in how they
            resize images, so give `InceptionFeatures` their `resize`. `None` compares with the data.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Raises:
        InputError: as in `GenerativeMetric`; when it is read, the file is not as above, or of another extractor.

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

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        statistics: str | os.PathLike[str] | None = None,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.statistics = None if statistics is None else os.fspath(statistics)
        self.needs_real = statistics is None
        self._given: Moments | None = None
        self.reset_real()

    def reset_real(self) -> None:
        """Forget the real side, but for `statistics`."""
        super().reset_real()
        if self.statistics is not None:
            self._memory.real.hold()

    def start_real(self, key: str | None = None) -> bool:
        """Begin a real side and return whether it has to be fed: not where there are `statistics`."""
        if self.statistics is not None:
            self._statistics()
        return super().start_real(key)

    def _statistics(self) -> Moments:
        if self._given is None:
            self._given, theirs = read_moments(str(self.statistics))
            ours = None if self.extractor is None else self.extractor.name
            if theirs not in (None, ours):
                raise InputError(
                    f"`statistics` must be those of the extractor {ours!r}. Received: {self.statistics} of {theirs!r}"
                )
        return self._given

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "statistics": self.statistics}

    def new_state(self, side: str) -> Moments:
        """Return empty sums."""
        return Moments()

    def compute(self, real: Moments, fake: Moments) -> tuple[float, dict[str, Any]]:
        """Return the distance."""
        more: dict[str, Any] = {}
        dimension = len(fake.shift)
        if self.statistics is not None:
            real, more = self._statistics(), {"num_real": None}
            if len(real.shift) != dimension:
                raise InputError(
                    f"`statistics` must be of {dimension:,} features, as the extractor has. "
                    f"Received: {len(real.shift):,} in {self.statistics}"
                )
        counts = {} if self.statistics is not None else {"real": real.count}
        counts["generated"] = fake.count
        if min(counts.values()) <= dimension:
            told = " and ".join(f"{count:,} {side}" for side, count in counts.items())
            warn(
                f"{self.name}: {told} samples are too few for features of "
                f"{dimension:,} dimensions: their covariance is singular and the distance is far too high. At least "
                f"{dimension + 1:,} of each are needed, {max(10_000, 5 * dimension):,} are usual."
            )
        mean = real.mean - fake.mean
        spread = np.trace(real.covariance) + np.trace(fake.covariance) - 2.0 * _trace_of_root(real, fake)
        return max(float(mean @ mean + spread), 0.0), more


def _trace_of_root(real: Moments, fake: Moments) -> float:
    """Return `tr (S S')^(1/2)`."""
    root = real.root
    product = root.T @ fake.covariance @ root
    values = np.linalg.eigvalsh((product + product.T) / 2)
    rank = min(len(values), fake.count - 1)
    return float(np.sqrt(values[len(values) - rank :].clip(min=0)).sum())
