"""The processes that train together, one of which is the chief."""

import contextlib
import json
import os
from collections.abc import Iterator

import tensorflow as tf

from keras_gan.utils.validation import InputError


class WorkerLostError(ConnectionError):
    """Another worker has ended, or does not answer: all have to be started again.

    Example:
    ```python
    try:
        gan.fit(images, resume="checkpoints", callbacks=[keras_gan.callbacks.Checkpoint("checkpoints")])
    except keras_gan.WorkerLostError:
        raise SystemExit(75)  # for whoever starts all of them again
    ```
    """


# A worker that was killed is noticed after about 10 s, as an UnavailableError or, where another operation was under
# way, as one of the others.
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
    # A strategy of several workers has to be made before any operation runs.
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
    # On each replica the number of its worker, so the sum has it once a replica.
    told = tf.function(strategy.run)(lambda: tf.constant(number, tf.int64))
    return int(strategy.reduce("SUM", told, axis=None)) // len(strategy.experimental_local_results(told))


def is_chief(strategy: tf.distribute.Strategy | None = None) -> bool:
    """Return whether this process is the one of the workers that writes files; alone it is."""
    strategy = strategy or tf.distribute.get_strategy()
    if num_workers(strategy) == 1:
        return True
    resolver = strategy.cluster_resolver
    has_chief = "chief" in resolver.cluster_spec().as_dict()
    return resolver.task_type == "chief" or (not has_chief and resolver.task_type == "worker" and not resolver.task_id)
