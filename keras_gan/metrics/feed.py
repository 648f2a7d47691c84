"""Several metrics fed at once."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.samples import as_samples, check_labels


def feed(metrics: Iterable[GenerativeMetric], side: str, samples: ArrayLike, labels: ArrayLike | None = None) -> bool:
    """Give one batch to several metrics, of which those with the same extractor share its work.

    Args:
        metrics: which; those that have enough samples of the side pass this batch over.
        side: `"real"` or `"fake"`.
        samples: `(n, h, w, c)` or `(n, d)`, as `update_real` and `update_fake` take them.
        labels: of the samples, classes `(n,)` or vectors `(n, k)`, or `None`.

    Returns:
        Whether any of the metrics takes more samples of this side.

    Example:
    ```python
    metrics = [keras_gan.metrics.FrechetDistance(), keras_gan.metrics.PrecisionRecall(k=3)]
    points = np.random.default_rng(0).normal(size=(100, 2))
    keras_gan.metrics.feed(metrics, "real", points)
    keras_gan.metrics.feed(metrics, "fake", points + 0.1)
    print([metric.result() for metric in metrics])
    ```
    """
    metrics = list(metrics)
    array = as_samples(side, samples)
    integers = None if labels is None else check_labels(labels, len(array))
    extracted: dict[tuple[int, str], np.ndarray] = {}
    for metric in metrics:
        wanted = metric.remaining(side)
        if wanted != 0:
            work = (id(metric.extractor), metric.head if metric.extractor is not None else type(metric).__name__)
            if work not in extracted:
                extracted[work] = metric.extract(array)
            metric.add(side, extracted[work][:wanted], integers if integers is None else integers[:wanted])
    return any(metric.remaining(side) != 0 for metric in metrics)
