"""How many different samples there are in effect."""

from typing import Any, Unpack

import numpy as np
import scipy.linalg
from scipy.special import entr, logsumexp

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Sums, inner_products
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number

_CHUNK = 4096  # rows that are float64 at a time


@register
class VendiScore(GenerativeMetric):
    """The effective number of different samples: 1 if all are alike, all of them if none is like another.

    The exponential of the entropy of the eigenvalues of `K / n`, where `K` has the cosines of the features of any two
    of the `n` samples; in [1, n], and no more than the features have dimensions, and one. It is variety alone: no real
    images are needed, and noise has most of it. So compare it with that of as many real images, which `details()` has
    as `real_value` where real samples were given too; it says nothing to callbacks of which way is better.

    Friedman and Dieng 2023, arXiv:2210.02410, section 3, in float64; the order of the entropy is that of Pasarkar
    and Dieng 2024, arXiv:2310.12952, section 3. Sums of products are kept, `(d, d)`, whose eigenvalues are those of
    `K` that are not 0, and no features. Features that are all 0 count as alike, and as unlike any other.

    Args:
        extractor: see `GenerativeMetric`.
        q: the order of the entropy: 1 is Shannon's; a smaller one looks more at what is rare, 0 counts what there is at
            all; a larger one at what is frequent, `"inf"` at the most frequent alone.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Raises:
        InputError: `q` is no number of 0 or more, nor `"inf"`.

    Example:
    ```python
    metric = keras_gan.metrics.VendiScore()
    metric.update_fake(np.eye(8)[np.arange(800) % 4])  # four kinds, each as often
    print(round(metric.result(), 3))  # 4.0
    ```
    """

    needs_real = False

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        q: float | str = 1.0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        if isinstance(q, str) and q != "inf":
            raise InputError(f"`q` must be a number of 0 or more, or 'inf'. Received: q={q!r}")
        self.q = q if isinstance(q, str) else check_number("q", q, minimum=0.0)

    def new_state(self, side: str) -> "Similarities":
        """Return empty sums."""
        return Similarities()

    def compute(self, real: "Similarities", fake: "Similarities") -> tuple[float, dict[str, Any]]:
        """Return the effective number of the generated samples, and that of the real ones."""
        known = _effective_number(real.shares(), self.q) if real.count else None
        return _effective_number(fake.shares(), self.q), {"real_value": known}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "q": self.q}


class Similarities(Sums):
    """Products of features of length 1, `(d, d)`, and how many have no length."""

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the products of rows, `(n, d)`, and the number of those that are all 0."""
        products, empty = np.zeros((rows.shape[1], rows.shape[1])), 0
        for first in range(0, len(rows), _CHUNK):
            chunk = rows[first : first + _CHUNK].astype(np.float64)
            chunk /= np.maximum(np.abs(chunk).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)  # no overflow
            lengths = np.linalg.norm(chunk, axis=1, keepdims=True)
            products += inner_products(chunk / np.where(lengths == 0.0, 1.0, lengths))
            empty += int((lengths == 0.0).sum())
        return {"products": products, "empty": np.array(empty, np.float64)}

    def shares(self) -> np.ndarray:
        """Return the eigenvalues of `K / n` that are not 0; they add up to 1."""
        values = scipy.linalg.eigvalsh(self.totals["products"] / self.count, check_finite=False)
        values = np.append(values, self.totals["empty"] / self.count)
        values = values[values > len(values) * np.finfo(np.float64).eps * values.max()]
        return values / values.sum()


def _effective_number(shares: np.ndarray, q: float | str) -> float:
    """Return the exponential of the entropy of order `q` of shares that add up to 1."""
    if q == "inf":
        return float(1.0 / shares.max())
    if q == 1.0:
        return float(np.exp(entr(shares).sum()))
    return float(np.exp(logsumexp(float(q) * np.log(shares)) / (1.0 - float(q))))
