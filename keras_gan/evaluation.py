"""Measuring what was trained, a generator or a translation: what `keras-gan evaluate` does."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from keras_gan import metrics as metrics_lib
from keras_gan.data import ArrayData, ImageData, PairedData, UnpairedData
from keras_gan.metrics import (
    ClassifierFeatures,
    ContrastiveFeatures,
    DINOv2Features,
    FeatureExtractor,
    GenerativeMetric,
    InceptionFeatures,
    ModelFeatures,
    PairMetric,
    feed,
)
from keras_gan.metrics.protocols import is_protocol
from keras_gan.training import GAN
from keras_gan.training.sampling.evaluator import Evaluator
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Config
from keras_gan.utils.progress import Progress
from keras_gan.utils.registry import snake_case
from keras_gan.utils.uint8 import normalize, to_uint8
from keras_gan.utils.validation import InputError, check_integer

_BATCH_SIZE = 1000
_AT_ONCE = 16  # images that are translated


def make_metrics(
    names: Sequence[str], data: ArrayData, features: str | None = None, num: int | None = None, verbose: int = 0
) -> list[GenerativeMetric]:
    """Return metrics that share one extractor.

    Args:
        names: see `keras_gan.metrics.get`.
        data: what is compared with, and what a network of features is trained on.
        features: `"classifier"`, of data with labels; `"contrastive"`, of any images; `"inception"`; the path of a
            `.keras` file, or of the `.pth` with DINOv2's weights; or `"none"`, for metrics that take images as they
            are. `None` for `usual_features(data)`.
        num: how many samples of each side; `None` for as many as there are, or as a protocol says.
        verbose: how to show a network that is trained: 0, 1 or 2, as in Keras.

    Raises:
        InputError: an unknown name; `num` for a protocol, which pins the counts; a classifier of data without labels.
    """
    pinned = [name for name in names if is_protocol(name)]
    if num is not None and pinned:
        raise InputError(f"`num` must be None for protocols that pin the counts, {pinned}. Received: num={num!r}")
    # Before a network is trained, which takes minutes.
    of_logits = [name for name in names if metrics_lib.get(name).head == "logits"]
    chosen_features = features or usual_features(data)
    if of_logits and (chosen_features == "contrastive" or _is_dinov2(chosen_features)):
        raise InputError(
            f"`features` must be classifier or inception for {of_logits}, which need the logits of classes. "
            f"Received: features={features!r} and {data.name}"
        )
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
    progress = Progress(verbose)
    evaluator(gan.sampler, seed, evaluator.prepare(gan.signature, data), progress)
    progress.finish({})
    return [metric.details() for metric in metrics]


def measure_pairs(
    metrics: Sequence[PairMetric], game: TranslationModel, data: PairedData, num: int | None = None, verbose: int = 0
) -> list[Config]:
    """Return the details of each metric: its mean over pairs of a target and what `game` makes of the source.

    Args:
        metrics: which.
        game: what translates.
        data: the pairs, of which images that are cropped in training are the middle.
        num: how many, the first ones; `None` for all.
        verbose: how to show how far it is: 0, 1 or 2, as in Keras.

    Raises:
        InputError: the images are too small for a metric, or no such as the game takes.
    """
    count = min(len(data), num or len(data))
    values: dict[str, list[np.ndarray]] = {metric.name: [] for metric in metrics}
    progress = Progress(verbose, unit="pairs")
    progress.expect(count)
    for rows in _in_batches(count):
        sources, targets = data.some(rows)
        made, wanted = game.translate(sources, batch_size=len(rows)), normalize(targets)
        for metric in metrics:
            values[metric.name].append(np.asarray(metric.values(wanted, made)))
        progress.add(len(rows))
    progress.finish({})
    kinds = {metric.name: snake_case(type(metric).__name__) for metric in metrics}
    means = {name: float(np.mean(np.concatenate(found))) for name, found in values.items()}
    return [{"metric": kinds[name], "name": name, "value": mean, "num_pairs": count} for name, mean in means.items()]


def measure_ways(
    metrics: Sequence[GenerativeMetric], game: TranslationModel, data: UnpairedData, verbose: int = 0
) -> list[Config]:
    """Return the details of each metric, of each way: of what `game` makes of a domain against the other one.

    Names end in the way: `_there`, `_back`, and `_untranslated` for the sources as they are against the targets, which
    is where `_there` begins.

    Args:
        metrics: which.
        game: what translates, one way or both.
        data: the two domains.
        verbose: how to show how far it is: 0, 1 or 2, as in Keras.

    Raises:
        InputError: there are too few images for a metric.
    """
    counts = [len(data.examples), len(data.targets)]
    ways = {"there": 0, "untranslated": 0, "back": 1}  # from which domain; the first two share what they end in
    if data.sample_shape != data.target_shape:
        del ways["untranslated"]
    if len(game.ways) == 1:
        del ways["back"]
    for metric, domain in itertools.product(metrics, ways.values()):
        metric.check_counts(counts[1 - domain], counts[domain])
    progress = Progress(verbose, unit="images")
    most = max((metric.num_fake or max(counts) for metric in metrics), default=0)
    progress.expect(sum(min(counts[domain], most) for way, domain in ways.items() if way != "untranslated"))
    results = []
    for way, domain in ways.items():
        for metric in metrics:
            metric.reset_state()
        wanting = [metric for metric in metrics if metric.start_real(f"{data.digest} {1 - domain}")]
        for real in _images(data, 1 - domain) if wanting else ():
            if not feed(wanting, "real", real):
                break
        for metric in wanting:
            metric.finish_real()
        for images in _images(data, domain, most):
            made = images
            if way != "untranslated":
                made = game.translate(images, batch_size=len(images), reverse=way == "back")
                progress.add(len(images))
            if not feed(metrics, "fake", made):
                break
        results += [{**metric.details(), "name": f"{metric.name}_{way}"} for metric in metrics]
    progress.finish({})
    return results


def told_apart(data: UnpairedData) -> ImageData:
    """Return the images of both domains, each labelled by its domain: what a classifier can learn its features from.

    Raises:
        InputError: the domains have other shapes.
    """
    if data.sample_shape != data.target_shape:
        raise InputError(
            "`features` must be inception, none or a .keras file where the domains have other shapes. "
            f"Received: {data.sample_shape} and {data.target_shape}"
        )
    # In 8 bits, as metrics see them: the two domains may differ in their depth.
    domains = [np.concatenate([np.asarray(to_uint8(normalize(x))) for x in _images(data, way)]) for way in (0, 1)]
    labels = np.repeat(np.arange(2, dtype=np.int32), [len(images) for images in domains])
    return ImageData(np.concatenate(domains), labels, batch_size=1, name=data.name)


def _images(data: UnpairedData, domain: int, most: int | None = None) -> Iterator[np.ndarray]:
    """Yield the images of a domain in batches, so many at most: of those that are cropped in training the middle."""
    count = len(data.targets if domain else data.examples)
    rows = _in_batches(count if most is None else min(count, most))
    return (np.asarray(data.some(some)[domain]) for some in rows)


def _in_batches(count: int) -> Iterator[np.ndarray]:
    """Yield the numbers of images that are translated at once."""
    return (np.arange(first, min(first + _AT_ONCE, count)) for first in range(0, count, _AT_ONCE))


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


def usual_features(data: ArrayData) -> str:
    """Return what samples are compared by unless something else is asked for: what can be learnt from these data."""
    if len(data.sample_shape) != 3:  # vectors, sequences and volumes are compared as they are
        return "none"
    return "contrastive" if data.labels is None else "classifier"


def _extractor(features: str | None, data: ArrayData, verbose: int) -> FeatureExtractor | None:
    features = usual_features(data) if features is None else features
    if features == "none":
        return None
    if features == "inception":
        return InceptionFeatures()
    if features == "contrastive":
        return ContrastiveFeatures.train(data.examples, verbose=verbose)
    if features == "classifier":
        if data.labels is None:
            raise InputError(
                "`features` must be contrastive, inception, none or a .keras file for data without labels, which train "
                f"no classifier. Received: {data.name}"
            )
        return ClassifierFeatures.train(data.examples, data.labels, verbose=verbose)
    if Path(features).suffix != ".keras" and not _is_dinov2(features):
        known = "classifier, contrastive, inception, none, a .keras file"
        raise InputError(f"`features` must be {known} or DINOv2's .pth. Received: {features!r}")
    if not Path(features).is_file():
        raise InputError(f"`features` must be a file that exists. Received: {features!r}")
    if _is_dinov2(features):
        extractor = DINOv2Features(features)
        extractor.load()  # here, since another file is told of before anything is measured
        return extractor
    return ModelFeatures(features)


def _is_dinov2(features: str) -> bool:
    return Path(features).suffix == ".pth"
