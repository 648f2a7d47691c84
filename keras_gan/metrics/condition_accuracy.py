"""Whether samples obey the vectors that they were asked for: tags, or numbers."""

from typing import Any

import numpy as np

from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Sums
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class TagAccuracy(GenerativeMetric):
    """The share of tags, over all generated samples, that a classifier sees as they were asked for.

    A tag is asked for where its number is above 1/2, and seen where its logit is above 0. In [0, 1], higher is better;
    `details()` has the share of each tag (`by_tag`), that of the samples of which all tags are right (`all_right`), and
    `real_accuracy` where labelled real samples were given too. Of a GAN with `condition_dim`.

    The arguments are those of `GenerativeMetric`; of the extractor the head `logits` is read, `(n, condition_dim)`.

    Example:
    ```python
    metric = keras_gan.metrics.TagAccuracy()  # of logits, as they are
    metric.update_fake(np.array([[2.0, -1.0], [-1.0, -3.0]]), labels=[[1.0, 0.0], [1.0, 0.0]])
    print(metric.result())  # 0.75
    ```
    """

    head = "logits"
    improves = "up"
    needs_real = False
    needs_labels = "vectors"

    def new_state(self, side: str) -> "TagHits":
        """Return empty counts."""
        return TagHits()

    def compute(self, real: "TagHits", fake: "TagHits") -> tuple[float, dict[str, Any]]:
        """Return the accuracy, that of each tag, and that on the real samples."""
        by_tag = fake.totals["hits"] / fake.count
        known = float(np.mean(real.totals["hits"] / real.totals["told"])) if real.count and real.told else None
        all_right = float(fake.totals["all"] / fake.count)
        return float(by_tag.mean()), {"by_tag": by_tag.tolist(), "all_right": all_right, "real_accuracy": known}


class TagHits(Sums):
    """For each tag how often it is as it was asked for."""

    @property
    def told(self) -> bool:
        """Whether any sample came with tags."""
        return bool(self.totals["told"] > 0)

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the counts of logits, `(n, tags)`; real samples without tags count for nothing."""
        if labels is None:
            return {"hits": np.zeros(rows.shape[1]), "all": np.zeros(()), "told": np.zeros(())}
        right = (rows > 0.0) == (_vectors(labels, rows) > 0.5)
        return {
            "hits": right.sum(axis=0).astype(np.float64),
            "all": np.array(right.all(axis=1).sum(), np.float64),
            "told": np.array(len(rows), np.float64),
        }


@register
class ConditionCorrelation(GenerativeMetric):
    """The correlation of the numbers that samples were asked for with those that are measured on them.

    Pearson's, for each number, averaged over them; in [-1, 1], higher is better; `details()` has that of each
    (`by_number`), and `real_correlation` where labelled real samples were given too. 0 where one of the two does not
    vary. Of a GAN with `condition_dim`.

    The arguments are those of `GenerativeMetric`; the extractor measures, `(n, condition_dim)`.

    Example:
    ```python
    metric = keras_gan.metrics.ConditionCorrelation()  # of numbers, as they are
    metric.update_fake(np.array([[1.0], [2.0], [4.0]]), labels=[[0.0], [1.0], [3.0]])
    print(round(metric.result(), 3))  # 1.0
    ```
    """

    improves = "up"
    needs_real = False
    needs_labels = "vectors"

    def new_state(self, side: str) -> "Products":
        """Return empty sums."""
        return Products()

    def compute(self, real: "Products", fake: "Products") -> tuple[float, dict[str, Any]]:
        """Return the mean correlation, that of each number, and that on the real samples."""
        by_number = fake.correlations()
        known = float(real.correlations().mean()) if real.count and real.totals["count_told"] else None
        return float(by_number.mean()), {"by_number": by_number.tolist(), "real_correlation": known}


class Products(Sums):
    """Sums of what was asked for and measured, their squares and products."""

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the terms of measured numbers, `(n, numbers)`; real samples without numbers count for nothing."""
        if labels is None:
            return {name: np.zeros(rows.shape[1]) for name in ("x", "y", "xx", "yy", "xy")} | {
                "count_told": np.zeros(())
            }
        asked, measured = _vectors(labels, rows).astype(np.float64), rows.astype(np.float64)
        return {
            "x": asked.sum(axis=0),
            "y": measured.sum(axis=0),
            "xx": (asked**2).sum(axis=0),
            "yy": (measured**2).sum(axis=0),
            "xy": (asked * measured).sum(axis=0),
            "count_told": np.array(len(rows), np.float64),
        }

    def correlations(self) -> np.ndarray:
        """Return Pearson's correlation of each number."""
        n, t = self.totals["count_told"], self.totals
        covariance = t["xy"] - t["x"] * t["y"] / n
        variances = [np.maximum(t[square] - t[name] ** 2 / n, 0.0) for name, square in (("x", "xx"), ("y", "yy"))]
        # Sums of squares that cancel to rounding are of numbers that do not vary.
        still = [v <= 1e-12 * np.maximum(t[square], 1e-300) for v, square in zip(variances, ("xx", "yy"), strict=True)]
        scale = np.sqrt(variances[0] * variances[1])
        moving = ~(still[0] | still[1])
        return np.where(moving, covariance / np.where(moving, scale, 1.0), 0.0)


def _vectors(labels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    if labels.shape != rows.shape:
        raise InputError(
            "`labels` must be vectors of as many numbers as the extractor gives. "
            f"Received: labels of shape {labels.shape}, and {rows.shape} of the extractor"
        )
    return labels
