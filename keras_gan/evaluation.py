"""Measuring a trained generator: what `keras-gan evaluate` does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import metrics as metrics_lib
from keras_gan.data import ArrayData
from keras_gan.metrics import ClassifierFeatures, GenerativeMetric, InceptionFeatures, ModelFeatures, feed
from keras_gan.training import GAN
from keras_gan.training.measures import Measures
from keras_gan.types import Config
from keras_gan.utils.validation import InputError, check_integer

_BATCH_SIZE = 1000


def make_metrics(
    names: Sequence[str], data: ArrayData, features: str | None = None, num: int | None = None
) -> list[GenerativeMetric]:
    """Return metrics that share one extractor.

    Args:
        names: see `keras_gan.metrics.get`.
        data: what is compared with, and what a classifier is trained on.
        features: `"classifier"`, `"inception"` or the path of a `.keras` file; `None` for the classifier.
        num: how many samples of each side; `None` for as many as there are, or as a protocol says.

    Raises:
        InputError: an unknown name; a classifier of data without labels.
    """
    extractor = _extractor(features, data)
    chosen = [metrics_lib.get(name, extractor) for name in names]
    if num is not None:
        for metric in chosen:
            metric.num_real = metric.num_fake = check_integer("num", num, minimum=2)
    return chosen


def measure(metrics: Sequence[GenerativeMetric], gan: GAN, data: ArrayData, seed: int = 0) -> list[Config]:
    """Return the details of each metric: of the samples of `gan` with `seed` against `data`."""
    Measures(metrics, ())(gan.sampler, seed, data, verbose=True)
    return [metric.details() for metric in metrics]


def measure_floor(metrics: Sequence[GenerativeMetric], data: ArrayData, seed: int = 0) -> list[Config]:
    """Return the details of each metric of one half of `data` against the other: what a perfect generator would have.

    Args:
        metrics: which.
        data: split at random.
        seed: of the split.
    """
    order = np.random.default_rng(seed).permutation(len(data))
    labels = None if data.labels is None else np.asarray(data.labels)
    for metric in metrics:
        metric.reset_real()
        metric.reset_state()
    for side, half in zip(("real", "fake"), np.array_split(order, 2), strict=True):
        for first in range(0, len(half), _BATCH_SIZE):
            rows = half[first : first + _BATCH_SIZE]
            feed(metrics, side, data.examples[rows], None if labels is None else labels[rows])
    return [metric.details() for metric in metrics]


def _extractor(features: str | None, data: ArrayData) -> Any:
    if features == "inception":
        return InceptionFeatures()
    if features not in (None, "classifier"):
        if Path(features).suffix != ".keras":
            raise InputError(f"`features` must be classifier, inception or a .keras file. Received: {features!r}")
        return ModelFeatures(features)
    if data.labels is None:
        raise InputError(
            "`features` must be inception or a .keras file for data without labels, which train no classifier. "
            f"Received: {data!r}"
        )
    return ClassifierFeatures.train(data.examples, data.labels)
