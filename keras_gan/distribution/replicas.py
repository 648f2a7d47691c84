"""What one replica of a step knows of the others, and sums with them."""

import math
from collections.abc import Sequence
from typing import TypeVar

import tensorflow as tf

from keras_gan.types import Tensor, Variable

Structure = TypeVar("Structure")


def is_alone() -> bool:
    """Return whether no other replica takes part in what is computed here; also outside of `strategy.run`."""
    return _replicas() is None


def num_replicas() -> int:
    """Return the number of replicas that take part in the step that is being traced."""
    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def can_branch() -> bool:
    """Return whether a branch of the graph may hold what moves variables: TensorFlow forbids it between replicas."""
    # "merge_call called while defining a new graph or a tf.function": an optimizer's `apply`, a reduction in a layer,
    # and the assignment of a variable with an aggregation do so. It is the strategy that decides, whose replicas may be
    # one.
    return not tf.distribute.has_strategy() or isinstance(tf.distribute.get_strategy(), tf.distribute.OneDeviceStrategy)


def first_position(rows: Tensor) -> Tensor:
    """Return the position in the global batch of this replica's first row, as int64.

    Args:
        rows: the number of rows that each replica holds.
    """
    # By the number of the replica, without asking the others: a training step's batches divide equally.
    context = _replicas()
    if context is None:
        return tf.constant(0, tf.int64)
    return tf.cast(context.replica_id_in_sync_group, tf.int64) * tf.cast(rows, tf.int64)


def rows_before(rows: Tensor) -> Tensor:
    """Return how many rows of the global batch are on the replicas before this one, as int64.

    Args:
        rows: the number of rows that this replica holds, which may be another one elsewhere.
    """
    context = _replicas()
    if context is None:
        return tf.constant(0, tf.int64)
    # Evaluation takes batches that do not divide: here the others have to be asked.
    held = context.all_gather(tf.cast(rows, tf.int64)[None], axis=0)
    return tf.reduce_sum(held[: context.replica_id_in_sync_group])


def global_mean(values: Tensor, axis: int | None = None) -> Tensor:
    """Return the mean of `values` over the batches of all replicas, with its gradient.

    Args:
        values: the batch first, of any size.
        axis: 0 for the batch alone; `None` for everything, which gives a scalar.
    """
    context = _replicas()
    if context is None:
        return tf.reduce_mean(values, axis=axis)
    # The sum of the counts too: the mean of means is the mean only where shares are equal.
    count = tf.cast(tf.size(values) if axis is None else tf.shape(values)[axis], values.dtype)
    total, count = global_sum([tf.reduce_sum(values, axis=axis), count])
    return total / count


def global_sum(values: Structure) -> Structure:
    """Return the sums over all replicas of a tensor, or of each tensor of a structure, in one reduction."""
    # Inside of a tape the gradient is summed as well: it equals that of one device with the whole batch to 6e-8.
    context = _replicas()
    return values if context is None else context.all_reduce(tf.distribute.ReduceOp.SUM, values)


def of_each_replica(value: Tensor) -> Tensor:
    """Return what each replica has for `value`, along a new first axis.

    By one reduction, which `global_batch` can't do, where shares may differ.

    Args:
        value: of the same shape on all replicas.
    """
    context = _replicas()
    if context is None:
        return value[None]
    # Chosen by `where`, and not by a product with 0 and 1, which a GPU may round (TF32).
    own = tf.range(context.num_replicas_in_sync) == context.replica_id_in_sync_group
    own = tf.reshape(own, [-1] + [1] * value.shape.rank)
    return global_sum(tf.where(own, value[None], tf.zeros_like(value)[None]))


def global_batch(values: Tensor) -> Tensor:
    """Return the values of all replicas, one after another along the first axis."""
    context = _replicas()
    return values if context is None else context.all_gather(values, axis=0)


def assign(variable: Variable, value: Tensor) -> None:
    """Give this replica's part of a variable a value, without the others, so that a branch may hold it.

    All replicas have to give theirs the same.

    Args:
        variable: Keras's, of which each replica has a part of its own.
        value: of its shape and type.
    """
    # `Variable.assign` reduces over replicas, as the variable's aggregation says: no branch may hold that.
    tf.raw_ops.AssignVariableOp(resource=variable.value.handle, value=value)


def equalize(variables: Sequence[Variable]) -> None:
    """Give all replicas what the first has, in one reduction: of what each computes alike, rounding may differ.

    Args:
        variables: Keras's; those are meant that are float32, and of which each replica moves a part by itself.
    """
    context = _replicas()
    variables = [each for each in variables if each.aggregation == "none" and each.dtype == "float32"]
    if context is None or not variables:
        return
    flat = tf.concat([tf.reshape(variable.value, [-1]) for variable in variables], axis=0)
    is_first = tf.equal(context.replica_id_in_sync_group, 0)
    first = global_sum(tf.where(is_first, flat, tf.zeros_like(flat)))
    for variable, part in zip(variables, tf.split(first, [math.prod(v.shape) for v in variables]), strict=True):
        assign(variable, tf.reshape(part, variable.shape))


def on_first_replica(value: Tensor | Variable) -> Tensor:
    """Return the first replica's part of what each replica has its own of, such as a variable."""
    return tf.distribute.get_strategy().experimental_local_results(value)[0]


def _replicas() -> tf.distribute.ReplicaContext | None:
    """Return the context of this replica, or `None` where it is alone."""
    context = tf.distribute.get_replica_context()
    return None if context is None or context.num_replicas_in_sync == 1 else context
