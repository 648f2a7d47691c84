"""Batches that several replicas share equally, or not at all."""

from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.training import position
from keras_gan.types import Config
from keras_gan.utils.validation import InputError


def check_shares(x: Any, options: Config, shares: int) -> None:
    """Raise if batches whose sizes are known can't be divided.

    Args:
        x: the data of `fit`.
        options: its other arguments.
        shares: how many each batch is divided into: replicas, and what each of them divides its rows into.

    Raises:
        InputError: a size that `shares` does not divide.
    """
    if isinstance(x, ArrayData):
        check_size(x.batch_size, shares)
    elif position.is_array(x):
        rows = position.rows(x, options)
        size = min(options.get("batch_size") or position.BATCH_SIZE, rows)
        check_size(size, shares)
        check_size(rows % size, shares)


def check_batch(batch: Any, shares: int) -> None:
    """Raise if a batch of a reader in Python can't be divided."""
    check_size(len(np.asarray(tf.nest.flatten(batch)[0])), shares)


def checked(x: tf.data.Dataset, shares: int) -> tf.data.Dataset:
    """Return a data set that raises where a batch can't be divided."""

    def check(*batch: Any) -> Any:
        size = tf.shape(tf.nest.flatten(batch)[0])[0]
        with tf.control_dependencies([tf.debugging.Assert(size % shares == 0, [_message(shares), size], 1)]):
            batch = tf.nest.map_structure(tf.identity, batch)
        return batch if len(batch) > 1 else batch[0]

    return x.map(check)


def check_size(size: int, shares: int) -> None:
    """Raise unless `shares` divides `size`."""
    if size % shares:
        raise InputError(f"{_message(shares)} {size}")


def _message(shares: int) -> str:
    return (
        f"A batch must have a multiple of {shares} samples, to be divided equally among the replicas and within them; "
        "`drop_remainder=True` leaves the last, smaller one out. Received: a batch of"
    )
