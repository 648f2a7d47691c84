"""Whether conditional samples show the class that was asked for."""

from typing import Any

import numpy as np

from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Sums
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class ClassAccuracy(GenerativeMetric):
    """The share of generated samples in which a classifier sees the class that was asked for.

    In [0, 1], higher is better; bounded by the classifier's own accuracy on real images, which `details()` has as
    `real_accuracy` where labelled real samples were given too, beside `by_class`. It looks at neither variety nor
    copies. Of a conditional GAN only: generated samples must come with labels.

    Odena et al. 2017, arXiv:1610.09585, section 4.2.

    The arguments are those of `GenerativeMetric`; of the extractor the head `logits` is read, `(n, classes)`.

    Example:
    ```python
    metric = keras_gan.metrics.ClassAccuracy()  # of logits, as they are
    metric.update_fake(np.eye(3), labels=[0, 1, 1])
    print(round(metric.result(), 3))  # 0.667
    ```
    """

    head = "logits"
    improves = "up"
    needs_real = False
    needs_labels = "classes"

    def new_state(self, side: str) -> "Hits":
        """Return empty counts."""
        return Hits()

    def compute(self, real: "Hits", fake: "Hits") -> tuple[float, dict[str, Any]]:
        """Return the accuracy, that of each class, and that on the real samples."""
        hits, asked = fake.totals["hits"], fake.totals["asked"]
        by_class = [float(hit / number) if number else None for hit, number in zip(hits, asked, strict=True)]
        known = real.totals["asked"].sum() if real.count else 0
        accuracy = float(real.totals["hits"].sum() / known) if known else None
        return float(hits.sum() / asked.sum()), {"by_class": by_class, "real_accuracy": accuracy}


class Hits(Sums):
    """For each class how many samples were asked for, and how many of these show it."""

    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the counts of logits, `(n, classes)`; real samples without labels count for nothing."""
        classes = rows.shape[1]
        if labels is None:
            return {"hits": np.zeros(classes), "asked": np.zeros(classes)}
        if labels.max() >= classes:
            raise InputError(
                f"`labels` must be in [0, {classes}), the classes of the extractor. Received: label {labels.max()}"
            )
        right = labels[rows.argmax(axis=1) == labels]
        return {
            "hits": np.bincount(right, minlength=classes).astype(np.float64),
            "asked": np.bincount(labels, minlength=classes).astype(np.float64),
        }
