"""Callbacks at both ends of those of a run, which find out what the run and its callbacks take."""

import time

from keras_gan.runs.pace import paced
from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs

STEPS = 10  # of the run that is rehearsed, which writes several rows in them


class Beginning(ResumableCallback):
    """Looks at the clock before all other callbacks.

    Attributes:
        now: what it saw after the last call, by `time.monotonic`.
    """

    only_writes = True

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        self.now = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        self.now = time.monotonic()


class Rehearsal(ResumableCallback):
    """Looks at the clock after all other callbacks, and ends the fit as soon as it is known what it takes.

    Args:
        beginning: what looks at the clock before the others.
        seconds: that are measured, without what callbacks take; the first of them are slower, while calls grow to
            several steps.

    Attributes:
        begun: when the first step was done, and the first row written, by `time.monotonic`.
        ended: when this ended the fit, and the end of its epoch was over.
        steps_per_second: without what callbacks take.
        seconds_a_row: that callbacks take at the steps of a row; at another than the first.
        seconds_an_epoch: that they take at the end of an epoch.
    """

    only_writes = True

    def __init__(self, beginning: Beginning, seconds: float) -> None:
        super().__init__()
        self.begun = self.ended = self.steps_per_second = self.seconds_a_row = self.seconds_an_epoch = 0.0
        self._beginning = beginning
        self._seconds = seconds
        self._first = self._rows = 0
        self._spent = 0.0

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step without asking the device."""
        self._loop = loop

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        step, now = self._loop.step, time.monotonic()
        is_row = step in paced(STEPS)
        self._rows += is_row
        if not self.begun:
            self.begun, self._first = now, step
            return
        self._spent += now - self._beginning.now
        if is_row:
            self.seconds_a_row = now - self._beginning.now
        steps, seconds = step - self._first, now - self.begun - self._spent
        if seconds >= self._seconds and self._rows > 1:
            self.steps_per_second = steps / seconds
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        self.ended = time.monotonic()
        self.seconds_an_epoch = self.ended - self._beginning.now
