"""The base of what writes about a run at its pace."""

from abc import ABC, abstractmethod

from keras_gan.callbacks.pace import Pace
from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs


class PacedWriter(ResumableCallback, ABC):
    """Writes when training begins, at the pace of a run, and when it ends.

    Args:
        pace: the steps at which it is written, besides the first and the last; `None` for the ends of epochs.
    """

    only_writes = True
    async_safe = True  # it writes where an execution ends for it

    def __init__(self, pace: tuple[int, ...] | None) -> None:
        super().__init__()
        self._pace = None if pace is None else Pace(pace)
        self._last = 0

    @abstractmethod
    def begin(self) -> None:
        """Write for the first time."""

    @abstractmethod
    def write(self) -> None:
        """Write again."""

    @abstractmethod
    def end(self) -> None:
        """Write for the last time."""

    @property
    def step(self) -> int:
        """That of the model, known without asking the device."""
        return self._loop.step

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step."""
        self._loop = loop

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write for the first time."""
        self._last = self.step
        self.begin()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write again if that is due."""
        if self._pace is not None and self._pace.is_due(self.step, self._last):
            self._last = self.step
            self.write()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write again where that is the pace."""
        if self._pace is None:
            self.write()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Write for the last time."""
        self.end()

    def next_step(self, step: int) -> int | None:
        """Return the step of the next writing, at which an execution has to end."""
        return None if self._pace is None else self._pace.next_step(step)
