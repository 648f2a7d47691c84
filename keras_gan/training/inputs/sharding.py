"""Batches that replicas share: equally, or not at all."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.data import ArrayData
from keras_gan.training.inputs import stream_position
from keras_gan.training.inputs.reader_errors import Check, anything
from keras_gan.types import Batch, Config, Data, Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.validation import InputError


class Divided(Protocol):
    """What is asked of a model to know into how many parts it divides a batch."""

    networks: Sequence[keras.Model]
    discriminator_steps: int
    accumulation_steps: int
    pack: int

    @property
    def distribute_strategy(self) -> tf.distribute.Strategy:
        """That of Keras."""
        ...


@dataclass(frozen=True)
class Sharing:
    """How each batch of a model is divided. On one replica any batch will do.

    Attributes:
        replicas: among which it is divided first.
        workers: the processes that these are in.
        turns: how many shares a training step makes of each replica's: updates, and parts of these.
        together: how many neighbours are judged together: by `pack`, and in layers with a `group_size`.
    """

    replicas: int
    workers: int
    turns: int
    together: int

    @classmethod
    def of(cls, model: Divided) -> Self:
        """Return that of a compiled game."""
        groups = [getattr(layer, "group_size", 1) for network in model.networks for layer in walk(network)]
        strategy = model.distribute_strategy
        return cls(
            replicas=strategy.num_replicas_in_sync,
            workers=distribution.num_workers(strategy),
            turns=model.discriminator_steps * model.accumulation_steps,
            together=model.pack * math.lcm(*groups),
        )

    def divisor(self, training: bool) -> int:
        """Return what must divide the batches: of an evaluation nothing, where samples are judged one by one."""
        # Shares of 4 and 3 rows have means of unequal weight, and an empty share has a mean of NaN: not what one device
        # computes, and nothing tells. So they are refused, and not corrected for in each loss and layer.
        if self.replicas == 1 or (not training and self.together == 1):
            return 1
        return self.replicas * self.together * (self.turns if training else 1)

    def check(self, training: bool) -> Check:
        """Return what raises for a batch of a reader in Python that can't be divided."""
        divisor = self.divisor(training)
        if divisor == 1:
            return anything
        return lambda batch: _check_size(len(np.asarray(tf.nest.flatten(batch)[0])), divisor)

    def share(self, x: Data, options: Config, training: bool) -> Data:
        """Return data whose batches can all be divided.

        Args:
            x: the data of `fit` or `evaluate`.
            options: its other arguments.
            training: whether they are those of `fit`.

        Raises:
            InputError: batches of known sizes that can't be divided; arrays that each worker would shuffle by itself.
        """
        divisor = self.divisor(training)
        if isinstance(x, ArrayData):
            _check_size(x.batch_size, divisor)
        elif stream_position.is_array(x):
            self._check_array(x, options, divisor, training)
        elif isinstance(x, tf.data.Dataset):
            # When a batch comes: of a data set only reading tells how large the last one is.
            data = x if divisor == 1 else x.map(functools.partial(_asserted, divisor))
            return data if self.workers == 1 else data.with_options(_by_row())
        return x

    def _check_array(self, x: np.ndarray, options: Config, divisor: int, training: bool) -> None:
        if training and self.workers > 1 and options.get("shuffle", True):
            raise InputError(
                "`shuffle` must be False for arrays with several workers, each of which would shuffle by itself; "
                "`keras_gan.data.ImageData` shuffles for all. Received: shuffle=True"
            )
        rows = max(stream_position.rows(x, options), 1)  # none at all are told of elsewhere
        size = min(options.get("batch_size") or stream_position.BATCH_SIZE, rows)
        for batch in (size, rows % size):
            _check_size(batch, divisor)


def _check_size(size: int, divisor: int) -> None:
    if size % divisor:
        raise InputError(f"{_message(divisor)} {size}")


def _asserted(divisor: int, *batch: Tensor) -> Batch:
    """Return a batch of a data set, and raise when it comes if it can't be divided."""
    size = tf.shape(tf.nest.flatten(batch)[0])[0]
    with tf.control_dependencies([tf.debugging.Assert(size % divisor == 0, [_message(divisor), size], 1)]):
        batch = tf.nest.map_structure(tf.identity, batch)
    return batch if len(batch) > 1 else batch[0]


def _message(divisor: int) -> str:
    return (
        f"Each batch must have a multiple of {divisor} samples, the last one too, to be divided equally among the "
        "replicas and within them; `keras_gan.data` leaves a smaller one out, as `drop_remainder=True` does in "
        "tf.data. Received: a batch of"
    )


def _by_row() -> tf.data.Options:
    """Return options with which each worker takes its rows of each batch, and not files of its own."""
    # TensorFlow's default goes by files where it finds any: then a global batch is another one than that of one
    # process.
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return options
