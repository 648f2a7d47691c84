"""The score by which a classifier's confidence and the variety of its answers are judged at once."""

from typing import Any, Unpack

import numpy as np
from scipy.special import log_softmax

from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.state import Sums
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer


@register
class ClassifierScore(GenerativeMetric):
    """How sure a classifier is of each generated image, and how varied its answers are: IS, with Inception.

    `exp(E KL(p(y|x) || p(y)))`, from 1 to the number of classes, higher is better. No real images are needed, and none
    are looked at: it sees neither copies nor missing variety within a class. It is the mean over splits, sample i
    being of split `i mod splits` (of a merged state: its own i); `details()` has their `standard_deviation`.

    Salimans et al. 2016, arXiv:1606.03498, section 4, in float64. Only sums over the splits are kept.

    Args:
        extractor: of which the head `logits` is read, `(n, classes)`.
        splits: how many; every split has its own `p(y)`.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.ClassifierScore(splits=2)  # of logits, as they are
    metric.update_fake(100.0 * np.eye(4)[np.arange(80) // 2 % 4])
    print(round(metric.result(), 3))  # 4.0: four classes, each as often, no doubt
    ```
    """

    head = "logits"
    improves = "up"
    needs_real = False

    def __init__(
        self,
        extractor: Any = None,
        *,
        splits: int = 10,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.splits = check_integer("splits", splits)
        self.least = splits

    def new_state(self, side: str) -> "SplitSums":
        """Return empty sums."""
        return SplitSums(self.splits)

    def compute(self, real: Any, fake: Any) -> tuple[float, dict[str, Any]]:
        """Return the mean over the splits."""
        counts = fake.totals["counts"]
        marginal = fake.totals["probabilities"] / counts[:, None]
        inside = np.where(marginal > 0, marginal, 1.0)
        scores = np.exp(fake.totals["negative_entropies"] / counts - (marginal * np.log(inside)).sum(axis=1))
        return float(scores.mean()), {"standard_deviation": float(scores.std())}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "splits": self.splits}


class SplitSums(Sums):
    """Sums over the samples of each split: of the probabilities, of `p log p`, and of ones."""

    def __init__(self, splits: int) -> None:
        super().__init__()
        self.splits = splits

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the sums of logits, `(n, classes)`, by split."""
        logs = log_softmax(rows.astype(np.float64), axis=1)
        probabilities = np.exp(logs)
        member = np.zeros((self.splits, len(rows)))
        member[(self.count + np.arange(len(rows))) % self.splits, np.arange(len(rows))] = 1.0
        return {
            "probabilities": member @ probabilities,
            "negative_entropies": member @ (probabilities * logs).sum(axis=1),
            "counts": member.sum(axis=1),
        }
