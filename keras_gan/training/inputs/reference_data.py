"""What generated samples are compared with: data of any kind, as metrics read them."""

import itertools
from collections.abc import Iterable, Iterator

import keras
import numpy as np
import tensorflow as tf

from keras_gan.conditions import Condition, Vectors
from keras_gan.data import ArrayData
from keras_gan.training.inputs.reader_errors import reading, told
from keras_gan.training.inputs.stream_position import is_endless
from keras_gan.types import Batch, Data, Tensor
from keras_gan.utils.validation import InputError

_BATCH_SIZE = 256  # of what is in memory
_USUAL = 32  # samples of an array that are a step to Keras


class ReferenceData:
    """The real side of an evaluation: batches of NumPy arrays, in order, as often as they are asked for.

    Args:
        x: an `ArrayData`, an array, `(array, labels)`, a `tf.data.Dataset` or a `keras.utils.PyDataset`.
        y: labels of an array.
        condition: what labels are; `None` where they are of no use, and dropped.
        batch_size: samples of an array in a step.
        steps: at most that many batches are read; `None` for all.

    Attributes:
        key: the digest of data in memory; `None` of others, which may change.
        count: how many samples there are; `None` where only reading tells.

    Raises:
        InputError: the data can be read but once, or have no end and no `steps` are given.
    """

    def __init__(
        self,
        x: Data,
        y: Data = None,
        *,
        condition: Condition | None,
        batch_size: int | None = None,
        steps: int | None = None,
    ) -> None:
        if isinstance(x, (tuple, list)):
            x, y = (*x, None)[:2]
        if isinstance(x, Iterator):
            raise InputError("`metrics` need data that can be read twice, and no generator. Received: a generator")
        if steps is None and is_endless(x):
            raise InputError("`steps` (`validation_steps`) must be given for data without an end. Received: None")
        # In memory as uint8 or floats, with a digest: a metric that has seen the same data before does not read them.
        if hasattr(x, "shape"):
            x = _in_memory(x, None if condition is None else y, condition, batch_size or _USUAL)
        if isinstance(x, ArrayData):
            # Of `steps` batches, in order: an evaluation of a part reads what Keras's loop over it reads.
            x = _first(x, None if steps is None else steps * x.batch_size)
        self._data = told(x)
        self._steps = steps
        self._condition = condition
        self.key = x.digest if isinstance(x, ArrayData) else None
        self.count = len(x) if isinstance(x, ArrayData) else None

    @property
    def labels(self) -> np.ndarray | None:
        """The labels of data in memory, `(n, ...)`; `None` if they have none, or are of no use."""
        return self._data.targets if isinstance(self._data, ArrayData) and self._condition is not None else None

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        """Yield the samples and the labels."""
        if isinstance(self._data, ArrayData):
            for first in range(0, len(self._data), _BATCH_SIZE):
                part = slice(first, first + _BATCH_SIZE)
                yield self._data.examples[part], None if self.labels is None else self.labels[part]
            return
        with reading():
            for batch in itertools.islice(_batches(self._data), self._steps):
                samples, labels, _ = keras.utils.unpack_x_y_sample_weight(batch)
                used = None if labels is None or self._condition is None else self._condition.cast(labels)
                yield np.asarray(samples), None if used is None else np.asarray(used)


def _in_memory(x: Tensor, y: Data, condition: Condition | None, batch_size: int) -> ArrayData:
    samples = np.asarray(x)
    kept = samples.dtype == np.uint8 or np.issubdtype(samples.dtype, np.floating)
    samples = samples if kept else samples.astype(np.float32)
    if isinstance(condition, Vectors):
        return ArrayData(samples, conditions=None if y is None else np.asarray(y), batch_size=batch_size)
    return ArrayData(samples, None if y is None else np.asarray(y).reshape(-1), batch_size=batch_size)


def _first(data: ArrayData, count: int | None) -> ArrayData:
    if count is None or count >= len(data):
        return data
    labels = None if data.labels is None else data.labels[:count]
    conditions = None if data.conditions is None else data.conditions[:count]
    return ArrayData(data.examples[:count], labels, conditions=conditions)


def _batches(data: tf.data.Dataset | keras.utils.PyDataset) -> Iterable[Batch]:
    """Return the batches of a data set; those of a `PyDataset` without a length go on for ever."""
    if isinstance(data, tf.data.Dataset):
        return data
    return (data[index] for index in (itertools.count() if data.num_batches is None else range(data.num_batches)))
