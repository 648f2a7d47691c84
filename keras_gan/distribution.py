"""Replicas: the only file that knows that a step may run on several devices at once."""

import tensorflow as tf

from keras_gan.types import Tensor


def num_replicas() -> int:
    """Return the number of replicas that take part in the step that is being traced."""
    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def first_position(rows: Tensor) -> Tensor:
    """Return the position in the global batch of this replica's first row, as int64.

    Args:
        rows: the number of rows that each replica holds.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return tf.constant(0, tf.int64)
    return tf.cast(context.replica_id_in_sync_group, tf.int64) * tf.cast(rows, tf.int64)


def global_mean(values: Tensor, axis: int | None = None) -> Tensor:
    """Return the mean of `values` over the batches of all replicas, with its gradient.

    Args:
        values: equally many on every replica, the batch first.
        axis: 0 for the batch alone; `None` for everything, which gives a scalar.
    """
    mean = tf.reduce_mean(values, axis=axis)
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return mean
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, mean)
