"""How steps are executed: several in one call of the graph, as many as there are data for."""

import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from keras_gan.training.loop.steps_per_execution import StepsPerExecution
from keras_gan.training.loop.used_iterators import UsedIterators
from keras_gan.types import Batch, Logs, Tensor
from keras_gan.utils.keras_private import StepsOfEpoch
from keras_gan.utils.validation import InputError


class Execution:
    """What Keras calls to execute steps on the next batches of an iterator.

    Keras's own hands the logs of each step through the graph. That costs a small network more than its step, fails with
    several replicas, and runs past the end of an epoch which the number of steps does not divide. Here a step returns
    nothing: what it logs is in variables, which are read after the last.

    Args:
        model: whose steps they are.
        step: of one batch: `train_step` or `test_step`.
        names: of the logs that `step` must return.
        read: returns tensors, after the last step, outside of the replicas.
        note: makes the logs of what was read.
        pace: how many steps to a call.

    Attributes:
        missing: how many of the steps of the last call had no data.
        wanted: a weak reference to a function that returns after how many steps the next call has to end at the
            latest, or `None`.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Callable[[Batch], Logs],
        names: Sequence[str],
        read: Callable[[], tuple[Tensor, ...]],
        note: Callable[..., Logs],
        pace: StepsPerExecution,
    ) -> None:
        self._strategy, self._pace = model.distribute_strategy, pace
        self._step, self._names, self._after, self._note = step, set(names), read, note
        # XLA compiles one step, as in Keras, and not the loop around it.
        graph = (lambda function, **options: function) if model.run_eagerly else tf.function
        self._one = graph(self._replicated, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False)
        # Without XLA the step is traced into the branch: TensorFlow can't call a function of several replicas in one.
        self._play_one = self._one if model.jit_compile else self._replicated
        self._many = graph(self._loop, reduce_retracing=True, autograph=False)
        self._read = graph(self._reading, autograph=False)
        self._due, self.missing = 1, 0
        self._left: float | None = None
        self._iterators = UsedIterators()
        self._epoch: Generator[tuple[int, int, Iterator[Batch]], None, None] | None = None
        self.wanted: Callable[[], Callable[[], int | None] | None] = lambda: None

    # In the graph.

    def _replicated(self, data: Batch) -> None:
        self._strategy.run(self._checked, args=(data,))

    def _checked(self, data: Batch) -> None:
        logs = self._step(data)
        # What a step returns goes no further: a quantity of the user's own would be lost, without a word.
        if not isinstance(logs, dict) or set(logs) != self._names:
            received = sorted(logs) if isinstance(logs, dict) else type(logs).__name__
            raise InputError(
                "A step must return what `finish_step` or `finish_evaluation_step` does: what else it logs goes to "
                f"`log`, and is declared in `log_names`. Received: {received}, not {sorted(self._names)}"
            )

    def _reading(self) -> tuple[Tensor, ...]:
        # Outside of the replicas a metric is the sum over them, so the means are those of all. (Inside each reads its
        # own, and their average is the mean only where they have seen equally much.)
        with self._strategy.scope():
            return self._after()

    def _loop(self, iterator: tf.data.Iterator, count: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        # An optional batch: at the end of data of unknown length Keras asks for one more than there is. A step that
        # asks for it by `next` has by then moved what does not depend on the batch: the step, the optimizers'
        # iterations, the seeds of random layers. In the branch the batch is there.
        def play(done: Tensor, more: Tensor) -> tuple[Tensor, Tensor]:
            batch = iterator.get_next_as_optional()
            more = batch.has_value()
            tf.cond(more, lambda: self._play_one(_present(batch.get_value())), lambda: None)
            return done + tf.cast(more, tf.int64), more

        start = (tf.constant(0, tf.int64), tf.constant(True))
        done, _ = tf.while_loop(lambda done, more: more & (done < count), play, start, parallel_iterations=1)
        with tf.control_dependencies([done]):  # the means of all steps of this call
            return done, self._reading()

    # On the host.

    def __call__(self, iterator: Iterator[Batch]) -> Logs:
        """Execute the steps that are due and return the logs.

        Raises:
            StopIteration: there are no more data.
        """
        if not isinstance(iterator, (tf.data.Iterator, tf.distribute.DistributedIterator)):
            for data in itertools.islice(iterator, 1):  # of a single batch
                self._one(data)
            return self._note(*(np.asarray(tensor) for tensor in self._read()))
        self._iterators.keep(iterator)  # here, where Keras's loop holds no other any more
        # A tensor, not a number: each other number would be another trace.
        done, found = self._many(iterator, tf.constant(self._due, tf.int64))
        done, found = int(done), [np.asarray(tensor) for tensor in found]
        if not done:
            raise StopIteration
        self.missing = self._due - done
        now = time.perf_counter()
        if self._left is not None:  # not the first of the epoch, which may have traced the graph
            self._pace.learn(done, now - self._left)
        self._left = now
        return self._note(*found)

    def epoch(self, steps: StepsOfEpoch) -> Iterator[tuple[int, int, Iterator[Batch]]]:
        """Return the first and the last step of each call in an epoch, and the iterator of their data.

        Args:
            steps: Keras's own over the steps of an epoch.

        Raises:
            OutOfRangeError: the data ended within a call, which Keras then takes for the end of the epoch.
        """
        self._epoch = self._calls(steps)
        return self._epoch

    def let_go(self) -> None:
        """Let go of the data when Keras's loop has ended, in a thread of their own."""
        if self._epoch is not None:
            self._epoch.close()  # one that was left in the middle holds its iterator, in a circle with Keras's own
            self._epoch = None
        self._iterators.let_go()

    def _calls(self, steps: StepsOfEpoch) -> Generator[tuple[int, int, Iterator[Batch]], None, None]:
        # Keras groups steps by one number, and takes the last of an epoch from the next one. So it counts single steps
        # here, of which as many are taken together as there may be before the epoch or the data end, or a callback has
        # to be called.
        self.missing, self._left = 0, None
        single = iter(steps)
        for first, _, iterator in single:
            left = steps.left(first)
            wanted = (self.wanted() or _whenever)()
            left += [] if wanted is None else [max(0, wanted - 1)]
            self._due = 1 + sum(1 for _ in itertools.islice(single, min([self._pace.steps - 1, *left])))
            yield first, first + self._due - 1, iterator
            if self.missing:
                steps.uncount(self.missing - 1)  # to what one step to a call would have counted
                raise tf.errors.OutOfRangeError(None, None, "The data ended.")


def _whenever() -> int | None:
    return None


def _present(data: Batch) -> Batch:
    """Return a batch with `None` for its optional parts, as Keras does it."""
    return tf.nest.map_structure(lambda part: None if isinstance(part, tf.experimental.Optional) else part, data)
