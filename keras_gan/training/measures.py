"""The metrics of an evaluation, and what they are fed with."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import metrics as metrics_lib
from keras_gan.data import ArrayData
from keras_gan.metrics import GenerativeMetric, feed
from keras_gan.training.sampler import Sampler
from keras_gan.utils.validation import InputError

_BATCH_SIZE = 256


class Measures:
    """Computes metrics of a generator's samples against data: once an evaluation, each on as many as it asks for.

    The samples are those of `GAN.sample` with one seed; of classes they have those of the data, in their order. Real
    sides that are remembered are not read again.

    Args:
        metrics: names, classes, instances or configs; see `keras_gan.metrics.get`.
        reserved: names that are logged besides.

    Raises:
        InputError: an unknown metric, or two that log the same name.
    """

    def __init__(self, metrics: Sequence[Any], reserved: Sequence[str]) -> None:
        self.metrics: list[GenerativeMetric] = [metrics_lib.get(metric) for metric in metrics]
        self.names = [name for metric in self.metrics for name in metric.log_names]
        for name in self.names:
            if [*reserved, *self.names].count(name) > 1:
                raise InputError(
                    f"`metrics` must log distinct names: give those that don't a `name`. Received: {name!r} twice"
                )

    def __call__(self, sampler: Sampler, seed: int, x: Any, y: Any = None, verbose: bool = False) -> dict[str, float]:
        """Return the results by name.

        Args:
            sampler: of the generator.
            seed: of the samples.
            x: the data: an `ArrayData`, an array, a `tf.data.Dataset` or a `keras.utils.PyDataset`.
            y: labels of an array.
            verbose: whether to show how far it is.
        """
        if not self.metrics:
            return {}
        for metric in self.metrics:
            metric.reset_state()
        count, labels = self._feed_real(x, y)
        for number in sorted({metric.num_fake or count for metric in self.metrics}):
            group = [metric for metric in self.metrics if (metric.num_fake or count) == number]
            self._feed_fake(group, sampler, seed, number, labels, verbose)
        values: dict[str, float] = {}
        for metric in self.metrics:
            value = metric.result()
            values |= value if isinstance(value, dict) else {metric.name: value}
        return values

    def _feed_real(self, x: Any, y: Any) -> tuple[int, np.ndarray | None]:
        """Feed the real sides that are not remembered; return how many samples there are, and their labels."""
        key = x.digest if isinstance(x, ArrayData) else None
        waiting = [metric for metric in self.metrics if metric.start_real(key)]
        if not waiting and isinstance(x, ArrayData):
            return len(x), None if x.labels is None else np.asarray(x.labels)
        count, labels = 0, []
        for samples, given in _batches(x, y):
            count += len(samples)
            if given is not None:
                labels.append(given)
            feed(waiting, "real", samples, given)
        for metric in waiting:
            metric.finish_real()
        return count, np.concatenate(labels) if labels else None

    def _feed_fake(
        self,
        metrics: Sequence[GenerativeMetric],
        sampler: Sampler,
        seed: int,
        number: int,
        labels: np.ndarray | None,
        verbose: bool,
    ) -> None:
        asked = None if labels is None or not sampler.takes_labels else np.resize(labels, number)
        bar = keras.utils.Progbar(number, unit_name="sample") if verbose else None
        for first, samples in sampler.batches(number, asked, seed, None, _BATCH_SIZE):
            feed(metrics, "fake", samples, None if asked is None else asked[first : first + len(samples)])
            if bar is not None:
                bar.add(len(samples))


def _batches(x: Any, y: Any) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Yield the samples and the labels of any data but a generator, once and in order."""
    if isinstance(x, Iterator):
        raise InputError("`metrics` need data that can be read twice, and no generator. Received: a generator")
    if isinstance(x, ArrayData):
        x, y = x.examples, x.labels
    if hasattr(x, "shape"):
        for first in range(0, len(x), _BATCH_SIZE):
            part = slice(first, first + _BATCH_SIZE)
            yield np.asarray(x[part]), None if y is None else _plain(y[part])
        return
    for batch in x if isinstance(x, tf.data.Dataset) else (x[index] for index in range(x.num_batches)):
        samples, labels, _ = keras.utils.unpack_x_y_sample_weight(batch)
        yield np.asarray(samples), None if labels is None else _plain(labels)


def _plain(labels: Any) -> np.ndarray:
    return np.asarray(labels).reshape(-1)
