"""The guard of a step: one that is not finite changes nothing."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Batch, Logs, Tensor, Variable
from keras_gan.utils.validation import check_choice

SKIPS = {"stop": 0, "skip": 100}


class NonFiniteError(ArithmeticError):
    """Training met losses or gradients that are NaN or infinite: the message says where.

    All variables have their values from before that step, but `step`.
    """


class _Trace(threading.local):
    """What belongs to one replica's trace of a step: each replica is traced in a thread of its own."""

    def __init__(self) -> None:
        self.runs: Tensor = None
        self.found: Tensor = None
        self.alone = True
        self.names: list[str] = []
        self.before: list[tuple[Variable, Tensor]] = []
        self.step: Tensor = None
        self.verdicts = 0
        self.moved: dict[int, set[int]] = {}
        self.begun = False


class NonFiniteGuard:
    """Holds what a step may have spoilt, and gives it back where a loss or a gradient was not finite.

    What moves before the last verdict (the first player's weights, batch statistics, ...) is remembered and restored.
    What moves after it (`move`) does not move at all. On several replicas the optimizers move their variables in any
    case, and these are restored too. After too many such steps all further ones change nothing, until the host has
    looked and raised.

    Args:
        on_nonfinite: `"stop"` ends the run at the first such step, `"skip"` after more than 100 of a run.
    """

    def __init__(self, on_nonfinite: str = "stop") -> None:
        self.on_nonfinite = check_choice("on_nonfinite", on_nonfinite, SKIPS)
        # How many steps were not finite, the last of them, and the number of the name of what was not. A variable, not
        # a Python attribute: an execution has many steps, and the host sees the end of it alone. All replicas agree, so
        # one of them may speak for all; "sum" would add their records up.
        self.record = keras.Variable(
            [0, 0, 0], dtype="int64", trainable=False, aggregation="only_first_replica", name="not_finite"
        )
        self._names: list[str] = []
        self._trace = _Trace()

    # In the graph.

    @contextlib.contextmanager
    def watch(self, step: Variable, variables: Sequence[Variable], alone: bool) -> Iterator[None]:
        """Guard a step. Inside of a step that is guarded already, do nothing.

        Args:
            step: advances in any case.
            variables: all that the step moves besides.
            alone: whether nothing but `move` moves what is given to it.
        """
        if self._trace.begun:
            yield
            return
        self._begin(step, variables)
        self._trace.alone = alone
        try:
            yield
            self._settle()
        finally:
            self._trace.begun = False

    def _begin(self, step: Variable, variables: Sequence[Variable]) -> None:
        trace = self._trace
        trace.begun, trace.step = True, tf.convert_to_tensor(step.value)
        # Every read is recorded here; those that nobody needs in the end keep no copy alive.
        trace.before = [(variable, tf.convert_to_tensor(variable.value)) for variable in variables]
        trace.names, trace.verdicts, trace.moved = [], 0, {}
        # The host can raise only after the execution: until then the rest of its steps run, and must change nothing.
        trace.runs = self.record[0] <= SKIPS[self.on_nonfinite]
        trace.found = tf.constant(-1, tf.int64)

    def judge(self, finite: Tensor, suspects: Sequence[tuple[str, Tensor]]) -> None:
        """Add a verdict.

        Args:
            finite: whether all is well at first sight. If not, the suspects are looked at.
            suspects: by name; the same on all replicas.
        """
        trace = self._trace
        first = len(trace.names)
        trace.names += [name for name, _ in suspects]
        trace.verdicts += 1

        # Two numbers tell of nearly all faults. To look at every tensor takes a pass over all of them: only to name
        # one.
        def examine() -> Tensor:
            wrong = tf.stack([~tf.reduce_all(tf.math.is_finite(tensor)) for _, tensor in suspects])
            return tf.where(tf.reduce_any(wrong), first + tf.argmax(tf.cast(wrong, tf.int32)), -1)

        found = tf.cond(finite, lambda: tf.constant(-1, tf.int64), examine)
        trace.found = tf.where(trace.found < 0, found, trace.found)  # the first fault explains the later ones

    def move(self, action: Callable[[], object], variables: Sequence[Variable], across_replicas: bool = False) -> None:
        """Do `action`, which alone moves `variables`, unless a verdict so far forbids it.

        Args:
            action: moves this replica's part of the variables.
            variables: these.
            across_replicas: whether it moves those of all replicas. Where there are several, no branch may hold that:
                it is done in any case, and taken back in the end where it has to be.
        """
        trace = self._trace
        # An optimizer meets the other replicas (`merge_call`), which raises inside a `tf.cond`.
        if across_replicas and not distribution.can_branch():
            action()
            return
        tf.cond(self._is_fine(), lambda: _do(action), lambda: None)
        for variable in variables:
            trace.moved.setdefault(id(variable), set()).add(trace.verdicts)

    def advance(self) -> Tensor:
        """Return by how much `step` advances: by 1, but not after the run has ended."""
        return tf.cast(self._trace.runs, tf.int64)

    def _settle(self) -> None:
        """Take the step back where it was not finite, and note it."""
        trace = self._trace
        bad = trace.runs & (trace.found >= 0)
        self.record.assign(tf.where(bad, tf.stack([self.record[0] + 1, trace.step, trace.found]), self.record.value))
        self._names = trace.names
        # What moved after the last verdict alone did so for good: with no copy of it alive, its kernels work in place.
        # Of a GAN these are the generator's weights and the averages: the discriminator moves before the last verdict.
        safe = {moved for moved, verdicts in trace.moved.items() if trace.alone and verdicts == {trace.verdicts}}
        spoilt = [(variable, old) for variable, old in trace.before if id(variable) not in safe]

        # One kernel a variable, on this replica alone: Keras's `assign` would meet the others, in a branch. (A choice
        # between the old and the new value without a branch was tried: it copies all that moves, at every step.)
        def restore() -> None:
            for variable, old in spoilt:
                distribution.assign(variable, old)

        tf.cond(self._is_fine(), lambda: None, restore)

    def _is_fine(self) -> Tensor:
        return self._trace.runs & (self._trace.found < 0)

    # On the host.

    def reset(self) -> None:
        """Forget the steps of an earlier run."""
        self.record.assign([0, 0, 0])

    def look(self, record: np.ndarray) -> None:
        """Raise if training has to end, as `record` says."""
        count, step, found = record.tolist()
        if count > SKIPS[self.on_nonfinite]:
            self.reset()  # whoever goes on after this begins anew
            after = "" if count == 1 else f", the last of {count} such steps"
            raise NonFiniteError(
                f"Step {step} was not finite{after}: {self._names[found]}. It changed nothing. A lower learning rate, "
                "clipped gradients or another loss may help."
            )

    @property
    def skipped(self) -> int:
        """How many steps of this run were not finite."""
        return int(distribution.on_first_replica(self.record.value).numpy()[0])


def _do(action: Callable[[], object]) -> None:
    action()


class Guarded(Protocol):
    """A model whose steps are guarded."""

    guard: NonFiniteGuard
    step: Variable

    @property
    def state(self) -> list[Variable]:
        """All that a step moves, but `step`."""
        ...


Game = TypeVar("Game", bound=Guarded)


def guarded(train_step: Callable[[Game, Batch], Logs]) -> Callable[[Game, Batch], Logs]:
    """Return `train_step` under the guard.

    It does not wait for its batch. `Execution` calls it only where there is one; a `tf.function` of your own must do so
    too. Otherwise what does not depend on the batch, such as the seeds of random layers, moves before TensorFlow finds
    that the data have ended. (Control dependencies on the batch would do, but keep TensorFlow from fusing operations.)
    """

    @functools.wraps(train_step)
    def wrapped(self: Game, data: Batch) -> Logs:
        # A step around another one, of a subclass, may move anything itself.
        alone = sum("train_step" in kind.__dict__ for kind in type(self).__mro__) == _KINDS + 1
        with self.guard.watch(self.step, self.state, alone):
            return train_step(self, data)

    return wrapped


# Of classes of Keras that have a `train_step`, which ours do not call.
_KINDS = sum("train_step" in kind.__dict__ for kind in keras.Model.__mro__)
