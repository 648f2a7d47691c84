"""How steps are executed: several in one call of the graph, as many as there are data for."""

import itertools
import math
import statistics
import time
import timeit
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Logs, Tensor
from keras_gan.utils.validation import InputError, check_integer

_SHARE = 0.05  # of the time, which calls may take beside the steps
_LONGEST = 1.0  # seconds: a call that "auto" makes
_REMEMBERED = 9  # pauses between calls


class Pace:
    """How many steps one call executes: a number, or as many as make a call's own cost small.

    Under `"auto"` a call's own cost is what passes between calls (callbacks), and what a call without a step takes;
    the number of steps grows, at most twofold each time, until that is 5 % of all. A call never takes over a second.

    Args:
        steps_per_execution: a number, or `"auto"`.

    Raises:
        InputError: it is neither.
    """

    def __init__(self, steps_per_execution: int | str = 1) -> None:
        self.is_auto = steps_per_execution == "auto"
        if not self.is_auto and isinstance(steps_per_execution, str):
            raise InputError(
                '`steps_per_execution` must be an integer of 1 or more, or "auto". '
                f"Received: steps_per_execution={steps_per_execution!r}"
            )
        self.steps = 1 if self.is_auto else check_integer("steps_per_execution", steps_per_execution)
        self._pauses: list[float] = []

    def learn(self, steps: int, pause: float, spent: float, empty: float) -> None:
        """Take in one call.

        Args:
            steps: that it executed.
            pause: seconds between the call before and this one.
            spent: seconds that it took.
            empty: seconds that a call takes which executes no step.
        """
        self._pauses = [*self._pauses[1 - _REMEMBERED :], pause]
        own = statistics.median(self._pauses) + empty
        step = max((spent - empty) / steps, 1e-6)
        wanted = min(math.ceil(own * (1.0 - _SHARE) / _SHARE / step), max(1, int(_LONGEST / step)))
        self.steps = max(self.steps, min(wanted, 2 * self.steps))


class Execution:
    """What Keras calls to execute steps on the next batches of an iterator.

    Keras's own hands the logs of each step through the graph, which costs a small network more than its step, fails
    with several replicas, and runs past the end of an epoch that it does not divide. Here a step returns nothing: what
    it logs is in variables, which are read after the last.

    Args:
        model: whose steps they are.
        step: of one batch: `train_step` or `test_step`.
        names: of the logs that `step` must return.
        read: returns tensors, after the last step, outside of the replicas.
        note: makes the logs of what was read.
        pace: how many steps to a call.

    Attributes:
        missing: how many of the steps that this epoch has counted had no data.
    """

    def __init__(
        self,
        model: Any,
        step: Callable[[Any], Logs],
        names: Sequence[str],
        read: Callable[[], tuple[Tensor, ...]],
        note: Callable[..., Logs],
        pace: Pace,
    ) -> None:
        self._strategy, self._pace = model.distribute_strategy, pace
        self._step, self._names, self._after, self._note = step, set(names), read, note
        graph = (lambda function, **options: function) if model.run_eagerly else tf.function
        self._one = graph(self._replicated, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False)
        # TensorFlow can't call a function of several replicas in a branch.
        self._play_one = self._one if model.jit_compile else self._replicated
        self._many = graph(self._loop, reduce_retracing=True, autograph=False)
        self._read = graph(self._reading, autograph=False)
        self._due, self.missing = 1, 0
        self._left: float | None = None
        self._empty: float | None = None

    # In the graph.

    def _replicated(self, data: Any) -> None:
        self._strategy.run(self._checked, args=(data,))

    def _checked(self, data: Any) -> None:
        logs = self._step(data)
        if not isinstance(logs, dict) or set(logs) != self._names:
            received = sorted(logs) if isinstance(logs, dict) else type(logs).__name__
            raise InputError(
                "A step must return what `finish_step` or `finish_evaluation_step` does: what else it logs goes to "
                f"`log`, and is declared in `log_names`. Received: {received}, not {sorted(self._names)}"
            )

    def _reading(self) -> Any:
        with self._strategy.scope():
            return self._after()

    def _loop(self, iterator: Any, count: Tensor) -> tuple[Tensor, Any]:
        def play(done: Tensor, more: Tensor) -> tuple[Tensor, Tensor]:
            batch = iterator.get_next_as_optional()
            more = batch.has_value()
            tf.cond(more, lambda: self._play_one(_present(batch.get_value())), lambda: None)
            return done + tf.cast(more, tf.int64), more

        start = (tf.constant(0, tf.int64), tf.constant(True))
        done, _ = tf.while_loop(lambda done, more: more & (done < count), play, start, parallel_iterations=1)
        with tf.control_dependencies([done]):
            return done, self._reading()

    # On the host.

    def __call__(self, iterator: Any) -> Logs:
        """Execute the steps that are due and return the logs.

        Raises:
            StopIteration: there are no more data.
        """
        if not isinstance(iterator, (tf.data.Iterator, tf.distribute.DistributedIterator)):
            for data in itertools.islice(iterator, 1):  # of a single batch
                self._one(data)
            return self._note(*(np.asarray(tensor) for tensor in self._read()))
        entered = time.perf_counter()
        done, found = self._play(iterator, self._due)
        if not done:
            raise StopIteration
        self.missing = self._due - done
        if self._pace.is_auto and distribution.num_workers(self._strategy) == 1:  # several have to step together
            self._learn(iterator, done, entered)
        return self._note(*found)

    def _play(self, iterator: Any, count: int) -> tuple[int, list[np.ndarray]]:
        done, found = self._many(iterator, tf.constant(count, tf.int64))
        return int(done), [np.asarray(tensor) for tensor in found]

    def _learn(self, iterator: Any, done: int, entered: float) -> None:
        now = time.perf_counter()
        if self._left is not None:  # not the first of the epoch, which may have traced the graph
            if self._empty is None:
                self._empty = min(timeit.repeat(lambda: self._play(iterator, 0), repeat=3, number=1))
            self._pace.learn(done, entered - self._left, now - entered, self._empty)
        self._left = time.perf_counter()

    def group(self, steps: Iterator[Any], left: Callable[[int], int | None]) -> Iterator[Any]:
        """Yield, of the single steps of an epoch, the first and the last of each call, and their iterator.

        Args:
            steps: `(number, number, iterator)` of each step.
            left: how many there are after the one with this number; `None` if nobody knows.
        """
        self.missing, self._left = 0, None
        for first, _, iterator in steps:
            bound, more = left(first), self._pace.steps - 1
            others = itertools.islice(steps, more if bound is None else min(more, bound))
            self._due = 1 + sum(1 for _ in others)
            yield first, first + self._due - 1, iterator


def _present(data: Any) -> Any:
    """Return a batch with `None` for its optional parts, as Keras does it."""
    return tf.nest.map_structure(lambda part: None if isinstance(part, tf.experimental.Optional) else part, data)
