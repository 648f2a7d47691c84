"""The score by which a classifier's confidence and the variety of its answers are judged at once."""

from typing import Any, Unpack

import numpy as np
from scipy.special import log_softmax, xlogy

from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Rows
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_class_logits, check_integer, check_seed

_CHUNK = 4096  # logits that are float64 at a time


@register
class ClassifierScore(GenerativeMetric):
    """How sure a classifier is of each generated image, and how varied its answers are: IS, with Inception.

    `exp(E KL(p(y|x) || p(y)))`, from 1 to the number of classes, higher is better. No real images are needed, and none
    are looked at: it sees neither copies nor missing variety within a class. It is the mean over splits, into which the
    samples are dealt at random, by sample index; `details()` has their `standard_deviation`.

    Salimans et al. 2016, arXiv:1606.03498, section 4, in float64. The logits of all samples are kept, float32.

    Args:
        extractor: of which the head `logits` is read, `(n, classes)`.
        splits: how many, as large as each other but for one sample; every split has its own `p(y)`.
        seed: of the splits.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Example:
    ```python
    metric = keras_gan.metrics.ClassifierScore(splits=2)  # of logits, as they are
    metric.update_fake(100.0 * np.eye(4)[np.arange(800) % 4])
    print(round(metric.result(), 1))  # 4.0: four classes, each about as often, no doubt
    ```
    """

    head = "logits"
    improves = "up"
    needs_real = False

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        splits: int = 10,
        seed: int = 0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(extractor, **arguments)
        self.splits = check_integer("splits", splits)
        self.seed = check_seed("seed", seed)
        self._require(splits)

    def extract(self, samples: np.ndarray) -> np.ndarray:
        """Return the logits of samples.

        Raises:
            InputError: they are probabilities, of which a softmax would be taken again.
        """
        logits = super().extract(samples)
        if self.extractor is not None:
            check_class_logits(f"`extractor` {self.extractor.name!r} must give logits", logits)
        return logits

    def new_state(self, side: str) -> Rows:
        """Return an empty set of logits."""
        return Rows(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Rows, fake: Rows) -> tuple[float, dict[str, Any]]:
        """Return the mean over the splits."""
        # Not every `splits`-th sample: the labels of generated samples often go round in such a cycle.
        order = np.random.default_rng(self.seed).permutation(fake.count)
        scores = [_score(fake.rows, members) for members in np.array_split(order, self.splits)]
        return float(np.mean(scores)), {"standard_deviation": float(np.std(scores))}

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "splits": self.splits, "seed": self.seed}


def _score(logits: np.ndarray, members: np.ndarray) -> float:
    """Return `exp(E KL(p(y|x) || p(y)))` of some rows of logits, `(n, classes)`, by the entropies of either side."""
    total, negative_entropy = np.zeros(logits.shape[1]), 0.0
    for first in range(0, len(members), _CHUNK):
        logs = log_softmax(logits[members[first : first + _CHUNK]].astype(np.float64), axis=1)
        probabilities = np.exp(logs)
        total += probabilities.sum(axis=0)
        negative_entropy += float((probabilities * logs).sum())
    marginal = total / len(members)
    return float(np.exp(negative_entropy / len(members) - xlogy(marginal, marginal).sum()))
