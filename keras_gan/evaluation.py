"""Measuring a trained generator: what `keras-gan evaluate` does."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_gan import metrics as metrics_lib
from keras_gan.data import ArrayData
from keras_gan.metrics import (
    ClassifierFeatures,
    FeatureExtractor,
    GenerativeMetric,
    InceptionFeatures,
    ModelFeatures,
    feed,
)
from keras_gan.metrics.protocols import PROTOCOLS
from keras_gan.training import GAN
from keras_gan.training.sampling.evaluator import Evaluator
from keras_gan.types import Config
from keras_gan.utils.progress import Progress
from keras_gan.utils.validation import InputError, check_integer

_BATCH_SIZE = 1000


def make_metrics(
    names: Sequence[str], data: ArrayData, features: str | None = None, num: int | None = None, verbose: int = 0
) -> list[GenerativeMetric]:
    """Return metrics that share one extractor.

    Args:
        names: see `keras_gan.metrics.get`.
        data: what is compared with, and what a classifier is trained on.
        features: `"classifier"`, `"inception"`, the path of a `.keras` file, or `"none"`, for metrics that take images
            as they are; `None` for the classifier.
        num: how many samples of each side; `None` for as many as there are, or as a protocol says.
        verbose: how to show a classifier that is trained: 0, 1 or 2, as in Keras.

    Raises:
        InputError: an unknown name; `num` for a protocol, which pins the counts; a classifier of data without labels.
    """
    pinned = [name for name in names if name.lower() in PROTOCOLS]
    if num is not None and pinned:
        raise InputError(f"`num` must be None for protocols that pin the counts, {pinned}. Received: num={num!r}")
    for name in names:  # before a classifier is trained
        metrics_lib.get(name)
    extractor = _extractor(features, data, verbose)
    chosen = [metrics_lib.get(name, extractor) for name in names]
    if num is not None:
        for metric in chosen:
            metric.num_real = metric.num_fake = check_integer("num", num, minimum=2)
    return chosen


def measure(
    metrics: Sequence[GenerativeMetric], gan: GAN, data: ArrayData, seed: int = 0, verbose: int = 0
) -> list[Config]:
    """Return the details of each metric: of the samples of `gan` with `seed` against `data`.

    Args:
        metrics: which.
        gan: the generator.
        data: what its samples are compared with.
        seed: of the samples.
        verbose: how to show how far it is: 0, 1 or 2, as in Keras.

    Raises:
        InputError: there are too few data for a metric.
    """
    evaluator = Evaluator(metrics, ())
    evaluator(gan.sampler, seed, evaluator.prepare(gan.signature, data), verbose)
    return [metric.details() for metric in metrics]


def measure_floor(
    metrics: Sequence[GenerativeMetric], data: ArrayData, seed: int = 0, verbose: int = 0
) -> list[Config]:
    """Return the details of each metric of one half of `data` against the other: what a perfect generator would have.

    It is the floor at these counts, half of the data: most metrics depend on them.

    Args:
        metrics: which.
        data: split at random.
        seed: of the split.
        verbose: how to show how far it is: 0, 1 or 2, as in Keras.

    Raises:
        InputError: the halves are too few for a metric, or a metric holds other real samples.
    """
    halves = np.array_split(np.random.default_rng(seed).permutation(len(data)), 2)
    labels = data.targets
    for metric in metrics:
        _begin(metric, min(len(half) for half in halves))
    progress = Progress(verbose)
    progress.expect(len(data))
    for side, half in zip(("real", "fake"), halves, strict=True):
        for first in range(0, len(half), _BATCH_SIZE):
            rows = half[first : first + _BATCH_SIZE]
            feed(metrics, side, data.examples[rows], None if labels is None else labels[rows])
            progress.add(len(rows))
    results = [metric.details() for metric in metrics]
    progress.finish({})
    return results


def _begin(metric: GenerativeMetric, count: int) -> None:
    """Prepare a metric for halves of so many samples."""
    wanted = max(metric.num_real or 0, metric.num_fake or 0, metric.least)
    if count < wanted:
        raise InputError(f"`data` must have halves of {wanted:,} samples for {metric.name!r}. Received: {count:,}")
    if not metric.start_real():
        raise InputError(
            "`metrics` must compare the halves, and no real samples of `hold_real`: call `reset_real` to forget them. "
            f"Received: {metric.name!r}, which holds some"
        )
    metric.reset_state()


def _extractor(features: str | None, data: ArrayData, verbose: int) -> FeatureExtractor | None:
    if features == "none":
        return None
    if features == "inception":
        return InceptionFeatures()
    if features not in (None, "classifier"):
        if Path(features).suffix != ".keras":
            raise InputError(f"`features` must be classifier, inception, none or a .keras file. Received: {features!r}")
        if not Path(features).is_file():
            raise InputError(f"`features` must be a .keras file that exists. Received: {features!r}")
        return ModelFeatures(features)
    if data.labels is None:
        raise InputError(
            "`features` must be inception, none or a .keras file for data without labels, which train no classifier. "
            f"Received: {data!r}"
        )
    if verbose:
        print(f"features: a classifier of these {len(data):,} samples of {data.name} (trained once)")
    return ClassifierFeatures.train(data.examples, data.labels, verbose=verbose)
