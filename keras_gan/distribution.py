"""Replicas: the only file that knows that a step may run on several devices at once."""

from typing import Any

import tensorflow as tf

from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError


def num_replicas() -> int:
    """Return the number of replicas that take part in the step that is being traced."""
    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def first_position(rows: Tensor) -> Tensor:
    """Return the position in the global batch of this replica's first row, as int64.

    Args:
        rows: the number of rows that each replica holds.
    """
    context = _replicas()
    if context is None:
        return tf.constant(0, tf.int64)
    return tf.cast(context.replica_id_in_sync_group, tf.int64) * tf.cast(rows, tf.int64)


def global_mean(values: Tensor, axis: int | None = None) -> Tensor:
    """Return the mean of `values` over the batches of all replicas, with its gradient.

    Args:
        values: equally many on every replica, the batch first.
        axis: 0 for the batch alone; `None` for everything, which gives a scalar.
    """
    mean = tf.reduce_mean(values, axis=axis)
    context = _replicas()
    return mean if context is None else context.all_reduce(tf.distribute.ReduceOp.MEAN, mean)


def global_sum(values: Any) -> Any:
    """Return the sums over all replicas of a tensor, or of each tensor of a structure, in one reduction."""
    context = _replicas()
    return values if context is None else context.all_reduce(tf.distribute.ReduceOp.SUM, values)


def global_batch(values: Tensor) -> Tensor:
    """Return the values of all replicas, one after another along the first axis."""
    context = _replicas()
    return values if context is None else context.all_gather(values, axis=0)


def on_first_replica(value: Any) -> Any:
    """Return the first replica's part of what each replica has its own of, such as a variable."""
    return tf.distribute.get_strategy().experimental_local_results(value)[0]


def check_scope(layer: Any) -> None:
    """Raise if a layer with state was not made for the replicas of the strategy in whose scope this is called.

    Its variables would be one for all replicas, and each would move them.
    """
    strategy = tf.distribute.get_strategy()
    if strategy.num_replicas_in_sync > 1 and not all(
        strategy.extended.variable_created_in_scope(variable.value) for variable in layer.variables
    ):
        raise InputError(
            f"{type(layer).__name__} has state: make it inside `strategy.scope()`, or give its name or its config. "
            f"Received: {layer.name!r}, made outside"
        )


def _replicas() -> Any:
    """Return the context of this replica, or `None` where it is alone."""
    context = tf.distribute.get_replica_context()
    return None if context is None or context.num_replicas_in_sync == 1 else context
