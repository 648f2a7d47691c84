"""Replicas: the only file that knows that a step may run on several devices at once."""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

import keras
import tensorflow as tf

from keras_gan.types import Tensor, Variable
from keras_gan.utils.validation import InputError, warn

Structure = TypeVar("Structure")


class WorkerLostError(ConnectionError):
    """Another worker has ended, or does not answer: all have to be started again."""


_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.InternalError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
)


@contextlib.contextmanager
def together(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Say in a sentence that another worker was lost, which TensorFlow says in many ways."""
    try:
        yield
    except _LOST as error:
        if num_workers(strategy) == 1:
            raise
        raise WorkerLostError(
            "Another worker has ended, or does not answer. Start all of them again: with `resume` they go on from the "
            f"last checkpoint. TensorFlow says: {' '.join(error.message.split())[-300:]}"
        ) from error


def is_alone() -> bool:
    """Return whether no other replica takes part in what is computed here; also outside of `strategy.run`."""
    return _replicas() is None


def num_replicas() -> int:
    """Return the number of replicas that take part in the step that is being traced."""
    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def num_workers(strategy: tf.distribute.Strategy | None = None) -> int:
    """Return the number of processes that train together, with the strategy that is current or the one given."""
    resolver = (strategy or tf.distribute.get_strategy()).cluster_resolver
    jobs = {} if resolver is None else resolver.cluster_spec().as_dict()
    return max(1, sum(len(jobs.get(job, ())) for job in ("chief", "worker")))


def strategy_here() -> tf.distribute.Strategy:
    """Return the strategy for this machine's devices and the workers of `TF_CONFIG`; before anything is computed.

    Raises:
        InputError: the environment's `TF_CONFIG` is not as TensorFlow describes it.
    """
    given = os.environ.get("TF_CONFIG") or "{}"
    try:
        cluster = json.loads(given).get("cluster", {})
        workers = sum(len(cluster.get(job, ())) for job in ("chief", "worker"))
        if workers > 1:
            return tf.distribute.MultiWorkerMirroredStrategy()
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(
            '`TF_CONFIG` must be like {"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": '
            f"0}}}}. Received: TF_CONFIG={given!r} ({error})"
        ) from error
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def from_chief(number: int) -> int:
    """Return the chief's number to all workers."""
    return _summed(number if is_chief() else 0, tf.distribute.get_strategy())


def on_any_worker(condition: bool, strategy: tf.distribute.Strategy) -> bool:
    """Return whether a condition holds on one of the workers, all of which have to ask."""
    return _summed(int(condition), strategy) > 0


def _summed(number: int, strategy: tf.distribute.Strategy) -> int:
    if num_workers(strategy) == 1:
        return number
    told = tf.function(strategy.run)(lambda: tf.constant(number, tf.int64))
    return int(strategy.reduce("SUM", told, axis=None)) // len(strategy.experimental_local_results(told))


def check_strategy(strategy: tf.distribute.Strategy) -> None:
    """Raise for a strategy whose replicas do not step together, or have no variables of their own."""
    if isinstance(strategy, (tf.distribute.ParameterServerStrategy, tf.distribute.experimental.CentralStorageStrategy)):
        raise InputError(
            "Training needs replicas that step together, each with variables of its own: use MirroredStrategy or "
            f"MultiWorkerMirroredStrategy. Received: {type(strategy).__name__.removesuffix('V2')}"
        )


def check_compiler(jit_compile: bool | str) -> None:
    """Raise for a compiler that does not know replicas."""
    if jit_compile is True:
        raise InputError(
            'With several replicas `jit_compile` must be False or "auto", which is off then: XLA would compile what '
            "is on all devices as one. Received: jit_compile=True"
        )


def check_optimizer(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise for an optimizer that can't move the variables of several replicas; called in the strategy's scope."""
    if num_replicas() == 1:
        return
    check_scope(optimizer)
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.gradient_accumulation_steps:
        raise InputError(
            "`gradient_accumulation_steps` of an optimizer can't be used with several replicas: "
            f"`compile(accumulation_steps=...)` can. Received: {inner.gradient_accumulation_steps}"
        )


def check_one_replica(method: str, strategy: tf.distribute.Strategy) -> None:
    """Raise for a method of Keras that gives each replica the whole batch."""
    if strategy.num_replicas_in_sync > 1:
        raise InputError(f"`{method}` is for one replica: each would get the whole batch. Use `fit` or `evaluate`.")


def can_branch() -> bool:
    """Return whether a branch of the graph may hold what moves variables: TensorFlow forbids it between replicas."""
    return not tf.distribute.has_strategy() or isinstance(tf.distribute.get_strategy(), tf.distribute.OneDeviceStrategy)


def is_chief(strategy: tf.distribute.Strategy | None = None) -> bool:
    """Return whether this process is the one of the workers that writes files; alone it is."""
    strategy = strategy or tf.distribute.get_strategy()
    if num_workers(strategy) == 1:
        return True
    resolver = strategy.cluster_resolver
    has_chief = "chief" in resolver.cluster_spec().as_dict()
    return resolver.task_type == "chief" or (not has_chief and resolver.task_type == "worker" and not resolver.task_id)


def first_position(rows: Tensor) -> Tensor:
    """Return the position in the global batch of this replica's first row, as int64.

    Args:
        rows: the number of rows that each replica holds.
    """
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
    count = tf.cast(tf.size(values) if axis is None else tf.shape(values)[axis], values.dtype)
    total, count = global_sum([tf.reduce_sum(values, axis=axis), count])
    return total / count


def global_sum(values: Structure) -> Structure:
    """Return the sums over all replicas of a tensor, or of each tensor of a structure, in one reduction."""
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
    tf.raw_ops.AssignVariableOp(resource=variable.value.handle, value=value)


def on_first_replica(value: Tensor | Variable) -> Tensor:
    """Return the first replica's part of what each replica has its own of, such as a variable."""
    return tf.distribute.get_strategy().experimental_local_results(value)[0]


def check_scope(holder: keras.layers.Layer | keras.optimizers.Optimizer) -> None:
    """Raise if a layer, network or optimizer was not made in the strategy's scope, in which this is called.

    Its variables would be one for all replicas, and each would move them.
    """
    strategy = tf.distribute.get_strategy()
    if strategy.num_replicas_in_sync > 1 and not all(
        strategy.extended.variable_created_in_scope(variable.value) for variable in holder.variables
    ):
        raise InputError(
            f"{type(holder).__name__} has state: make it inside `strategy.scope()`, or give its name or its config. "
            f"Received: {holder.name!r}, made outside"
        )


def reduces(layer: keras.layers.Layer) -> bool:
    """Return whether a layer computes something over all replicas together."""
    return bool(getattr(layer, "is_global", False) or getattr(layer, "synchronized", False))


def warn_of_layers(layers: Iterable[keras.layers.Layer]) -> None:
    """Warn of layers of which several replicas together do not do what one does, in whose strategy this is called."""
    if num_replicas() == 1:
        return
    for layer in layers:
        if any(isinstance(value, keras.random.SeedGenerator) for value in vars(layer).values()):
            warn(f"All replicas draw the same random numbers in {layer.name!r}: keras_gan.layers.Dropout draws others.")
        if hasattr(layer, "synchronized") and not reduces(layer):
            warn(
                f"The statistics of {layer.name!r} are those of each replica's share of the batch: use "
                "keras_gan.layers.BatchNormalization, or synchronized=True."
            )


def _replicas() -> tf.distribute.ReplicaContext | None:
    """Return the context of this replica, or `None` where it is alone."""
    context = tf.distribute.get_replica_context()
    return None if context is None or context.num_replicas_in_sync == 1 else context
