"""What writes the log and the model of a run while it is trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from keras_gan.callbacks.pace import Pace
from keras_gan.training import ResumableCallback
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs


class WrittenRun(Protocol):
    """What is asked of a run."""

    @property
    def model_file(self) -> Path:
        """The file of the GAN."""
        ...

    def log(self, gan: GenerativeModel, epoch: int, logs: Logs) -> None:
        """Add a row to the log."""
        ...

    def save(self, gan: GenerativeModel) -> None:
        """Write the model."""
        ...

    def write_options(self, options: Mapping[str, Any]) -> None:
        """Write the options."""
        ...


class RunWriter(ResumableCallback):
    """Writes the log and the model of a run.

    Args:
        run: where.
        pace: the steps of the rows between the ends of epochs; `None` for none.
        options: what the run goes on with, in place of its options; `None` to leave them.
    """

    only_writes = True
    async_safe = True  # it writes where an execution ends for it

    def __init__(self, run: WrittenRun, pace: tuple[int, ...] | None, options: Mapping[str, Any] | None) -> None:
        super().__init__()
        self._run, self._pace, self._options = run, None if pace is None else Pace(pace), options
        self._epoch = self._logged = self._saved = 0

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step without asking the device."""
        self._loop = loop

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write the model, so that there is one from the start on, and the options, which nothing has refused."""
        if self._options is not None:
            self._run.write_options(self._options)
        self._logged = self._saved = self._loop.step
        if not self._run.model_file.exists():
            self._run.save(self.model)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Add a row if one is due."""
        step = self._loop.step
        if self._pace is not None and self._pace.is_due(step, self._logged):
            self._run.log(self.model, self._epoch, logs or {})
            self._logged = step

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the row of the epoch; write the model, but not more often than pictures are taken."""
        self._run.log(self.model, epoch, logs or {})
        self._logged = self._loop.step
        if self._pace is None or self._pace.is_due(self._logged, self._saved):
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Write the trained model."""
        if self._saved != self._loop.step:
            self._save()

    def _save(self) -> None:
        self._run.save(self.model)
        self._saved = self._loop.step

    def next_step(self, step: int) -> int | None:
        """Return the step of the next row between the ends of epochs, at which an execution has to end."""
        return None if self._pace is None else self._pace.next_step(step)
