"""The metrics of an evaluation, and what they are fed with."""

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from keras_gan import metrics as metrics_lib
from keras_gan.metrics import FeatureExtractor, GenerativeMetric, MultiscaleSSIM, feed
from keras_gan.training.game.signature import DataSignature
from keras_gan.training.inputs.reference_data import ReferenceData
from keras_gan.types import Data
from keras_gan.utils.progress import Progress
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import InputError

_BATCH_SIZE = 256
_NOISE, _SIDE = 4, 64  # samples of noise that a metric is tried with, and their sides where any will do


class Samples(Protocol):
    """What is asked of a sampler."""

    @property
    def takes_labels(self) -> bool:
        """Whether the generator is told labels."""
        ...

    def batches(
        self, n: int, labels: ArrayLike | None, seed: int | None, truncation: float | None, batch_size: int
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Yield samples in batches, each with the number of its first one."""
        ...


class Evaluator:
    """Computes metrics of a generator's samples against data, each on as many samples as it asks for.

    The samples are those of `GAN.sample` with one seed; of classes they have those of the data, in their order. Real
    sides that are remembered are not read again. Extractors that are equal work once for all.

    Args:
        metrics: names, classes, instances or configs; see `keras_gan.metrics.get`.
        reserved: names that are logged besides.

    Raises:
        InputError: `metrics` is no list, has an unknown metric, or two that log the same name.
    """

    def __init__(self, metrics: Sequence[Identifier[GenerativeMetric]] | None, reserved: Sequence[str]) -> None:
        if not isinstance(metrics, (list, tuple, type(None))):
            raise InputError(f"`metrics` must be a list of metrics, or None. Received: metrics={metrics!r}")
        self.metrics: list[GenerativeMetric] = [metrics_lib.get(metric) for metric in metrics or ()]
        self.given: list[Any] = self.metrics  # what `compile` was given
        self.names = [name for metric in self.metrics for name in metric.log_names]
        for name in self.names:
            if [*reserved, *self.names].count(name) > 1:
                raise InputError(
                    f"`metrics` must log distinct names: give those that don't a `name`. Received: {name!r} twice"
                )

    @property
    def directions(self) -> dict[str, str]:
        """Which way is better, `"down"` or `"up"`, by logged name, where a metric knows."""
        return {name: metric.improves for metric in self.metrics if metric.improves for name in metric.log_names}

    def prepare(
        self, signature: DataSignature, x: Data, y: Data = None, batch_size: int | None = None, steps: int | None = None
    ) -> ReferenceData | None:
        """Return the real side, after checks of all that can be known before anything is computed.

        Args:
            signature: of the networks.
            x: see `ReferenceData`; `None` of data that are not known yet, such as those of Keras's `validation_split`.
            y: see `ReferenceData`.
            batch_size: see `ReferenceData`.
            steps: see `ReferenceData`.

        Returns:
            What to call this with; `None` if there are no metrics, or no data yet.

        Raises:
            InputError: a metric needs labels, an extractor or a kind of samples that is not there, or more samples.
        """
        _share_extractors(self.metrics)
        for metric in self.metrics:
            _check_kind(metric, signature)
        if x is None or not self.metrics:
            return None
        real = ReferenceData(x, y, condition=signature.condition, batch_size=batch_size, steps=steps)
        if real.count is not None:
            for metric in self.metrics:
                _check_counts(metric, real.key, real.count)
        return real

    def __call__(
        self, sampler: Samples, seed: int, real: ReferenceData | None, progress: Progress | None = None
    ) -> dict[str, float]:
        """Return the results by name.

        Args:
            sampler: of the generator.
            seed: of the samples.
            real: what they are compared with; `None` where there are no metrics.
            progress: what is told how far it is; `None` where nobody looks.
        """
        if real is None:
            return {}
        for metric in self.metrics:
            metric.reset_state()
        progress = Progress(0) if progress is None else progress
        count, labels = self._feed_real(real, sampler.takes_labels, progress)
        numbers = self._numbers(count)
        progress.expect(sum({*numbers}))
        # Metrics that ask for equally many samples share them. The others draw theirs again: the first ones of the same
        # sequence.
        for number in sorted({*numbers}):
            group = [metric for metric, own in zip(self.metrics, numbers, strict=True) if own == number]
            asked = None if labels is None else labels[np.arange(number) % len(labels)]
            for first, samples in sampler.batches(number, asked, seed, None, _BATCH_SIZE):
                feed(group, "fake", samples, None if asked is None else asked[first : first + len(samples)])
                progress.add(len(samples))
        values: dict[str, float] = {}
        for metric in self.metrics:
            value = metric.result()
            values |= value if isinstance(value, dict) else {metric.name: value}
        return values

    def _numbers(self, count: int) -> list[int]:
        """Return how many generated samples each metric takes, against so many real ones."""
        return [metric.num_fake or count for metric in self.metrics]

    def _feed_real(self, real: ReferenceData, labelled: bool, progress: Progress) -> tuple[int, np.ndarray | None]:
        """Feed the real sides that are not remembered; return how many samples were read, and their labels."""
        waiting = [metric for metric in self.metrics if metric.start_real(real.key)]
        if not waiting and real.count is not None:
            return real.count, real.labels
        if real.count is not None:
            progress.expect(real.count + sum({*self._numbers(real.count)}))
        # Generated samples are as many as the data, if not told otherwise, and have their labels: enough must be read.
        asked = [metric.num_fake or math.inf for metric in self.metrics]
        enough = max(asked) if labelled or math.inf in asked else 0
        count, labels = 0, []
        for samples, given in real:
            count += len(samples)
            if given is not None:
                labels.append(given)
            progress.add(len(samples))
            if not feed(waiting, "real", samples, given) and count >= enough:
                break
        for metric in waiting:
            metric.finish_real()
        return count, np.concatenate(labels) if labels else None


def _check_kind(metric: GenerativeMetric, signature: DataSignature) -> None:
    """Raise unless a metric can be fed with samples of this kind."""
    kind = None if signature.condition is None else signature.condition.kind
    if metric.needs_labels not in (None, kind):
        raise InputError(
            f"`metrics` must do with the labels that the networks take, {kind or 'none'}. "
            f"Received: {metric.name!r}, which needs {metric.needs_labels}"
        )
    if isinstance(metric, MultiscaleSSIM) and not signature.is_image:
        raise InputError(f"`metrics` of vectors must be of vectors. Received: {metric.name!r}, which is of images")
    # The metric's own state is not touched: a new one is fed, and thrown away.
    noise = np.random.default_rng(0).integers(0, 256, (_NOISE, *(side or _SIDE for side in signature.sample_shape)))
    samples = noise.astype(np.uint8 if signature.is_image else np.float32)
    condition = signature.condition
    labels = None if condition is None else np.asarray(condition.in_turn(0, _NOISE))
    metric.new_state("fake").add(metric.extract(samples), labels)


def _check_counts(metric: GenerativeMetric, key: str | None, count: int) -> None:
    """Raise if there are too few real samples."""
    fake, real = metric.num_fake or count, count
    wanted = metric.num_real or (metric.least if metric.needs_real else 0)
    if real < wanted and metric.start_real(key):
        raise InputError(f"The data must have at least {wanted:,} samples for {metric.name!r}. Received: {real:,}")
    if fake < metric.least:
        raise InputError(f"`num_fake` of {metric.name!r} must be at least {metric.least:,}. Received: {fake:,} samples")


def _share_extractors(metrics: Sequence[GenerativeMetric]) -> None:
    """Let metrics with equal extractors share one: loading makes one for each."""
    kept: dict[Hashable, FeatureExtractor] = {}
    for metric in metrics:
        extractor = metric.extractor
        if extractor is not None:
            identity = (type(extractor), extractor.name, extractor.digest or id(extractor))
            metric.extractor = kept.setdefault(identity, extractor)
