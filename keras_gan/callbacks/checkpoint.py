"""A callback that keeps a training run safe."""

import errno
import os
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from keras_gan import distribution
from keras_gan.callbacks.preemption import Preemption
from keras_gan.training import NonFiniteError, ResumableCallback
from keras_gan.training.resume import checkpoint_files
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Config, Logs, Tensor
from keras_gan.utils.validation import InputError, check_integer

_LOCK = ".lock"


class Checkpoint(ResumableCallback):
    """Writes checkpoints from which `fit(..., resume=directory)` goes on as if it had not been interrupted.

    A checkpoint holds all that the next step reads: networks, averages, optimizers, the state of terms, augmentation
    and random layers, `step`, the position in the data, and what other callbacks remember. It is complete or not
    there, and names the digest of each of its files. Training goes on while it is written.

    The first is written at the beginning, the others between two steps (where `steps_per_execution` is more than one,
    between two executions), the last at the end. SIGTERM and SIGINT (Ctrl-C) give one more there, then end the process
    as they would have: earlier handlers are called, and the exit code is 143 or 130. That needs `fit` in the main
    thread.

    Of several workers the first one writes, into a directory that all can read. What one of them wants, a signal or
    the clock, all do one execution later.

    Args:
        directory: where checkpoints go, each a directory of its own; one `fit` at a time.
        every: `"epoch"`, a number of steps, or a `datetime.timedelta`.
        keep: how many checkpoints stay, 2 or more.

    Raises:
        InputError: an argument is out of range; another process trains into `directory`, or it holds checkpoints that
            are newer than the model.
        OSError: a checkpoint can't be written. Earlier ones stay.
        NonFiniteError: a weight is not finite. Earlier checkpoints stay.

    Example:
    ```python
    keep = keras_gan.callbacks.Checkpoint("checkpoints", every=1000)
    gan.fit(images, epochs=20, callbacks=[keep], resume="checkpoints")  # begins, or goes on
    ```
    """

    async_safe = True  # it acts before a batch, and at the end of epochs
    comes_last = True  # after what it saves of other callbacks

    def __init__(
        self, directory: str | os.PathLike[str], every: str | int | timedelta = "epoch", keep: int = 2
    ) -> None:
        super().__init__()
        self.directory = Path(directory).absolute()
        if isinstance(every, timedelta):
            if every <= timedelta(0):
                raise InputError(f"`every` must be above 0. Received: every={every}")
        elif every != "epoch":
            check_integer("every", every)
        self.every = every
        self.keep = check_integer("keep", keep, minimum=2)
        self._loop: Any = None
        self._chief = True
        self._lock = filelock.FileLock(self.directory / _LOCK)
        self._writer: ThreadPoolExecutor | None = None
        self._written: Future[Path] | None = None
        self._preemption = Preemption()
        self._last: tuple[int, int, int] | None = None  # the position of the last checkpoint
        self._last_time = 0.0

    # What `fit` calls before and after.

    def open(self, loop: RunningFit) -> None:
        """Take the directory, and listen for signals."""
        if sum(isinstance(callback, Checkpoint) for callback in loop.callbacks) > 1:
            raise InputError("`callbacks` must have one `Checkpoint`. Received: several")
        if self.directory.exists() and not self.directory.is_dir():
            raise InputError(f"`directory` must be a directory. Received: {self.directory}, a file")
        self.directory.mkdir(parents=True, exist_ok=True)
        self._loop = loop
        self._chief = distribution.is_chief(loop.model.distribute_strategy)
        self._written, self._last = None, None
        if self._chief:
            self._take_directory()
        self._preemption.listen()

    def _take_directory(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise InputError(
                f"`directory` must not be in use by another training run. Received: {self.directory}"
            ) from error
        checkpoint_files.clean(self.directory)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")

    def close(self) -> None:
        """Give everything back."""
        late = self._preemption.release()
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None
        self._lock.release()
        if late is not None and sys.exc_info()[0] is None:  # too late for a checkpoint: it goes where it was meant to
            signal.raise_signal(late)

    # What Keras calls.

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write the first checkpoint."""
        if self._loop is None:
            raise InputError("`Checkpoint` must be given to the `fit` of a keras_gan model. Received: another model")
        if self._chief:
            self._make_way(self._loop.step)
        self._last_time = time.monotonic()
        if self._loop.resumed is not None and self._loop.resumed.parent == self.directory:
            self._last = self._position()
        self._save()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Write a checkpoint if one is due and the last one is written; end after a signal."""
        if self._written is not None and self._written.done():
            self.wait()
        if self._all("end", self._preemption.asked):
            self._end()
        if self._all("checkpoint", self._written is None and self._is_due()):
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a checkpoint if one is due; end after a signal."""
        if self._all("end", self._preemption.asked):
            self._end()
        if self._all("checkpoint", self._is_due()) or self.every == "epoch":
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Write the last checkpoint."""
        if self._all("end", self._preemption.asked):
            self._end()
        self._save()
        self.wait()

    # Writing.

    def _make_way(self, step: int) -> None:
        """Set checkpoints of later steps aside that are damaged; refuse where one is whole: it would be lost."""
        for path in checkpoint_files.paths(self.directory):
            if checkpoint_files.step_of(path) <= step:
                continue
            try:
                checkpoint_files.verify(path)
            except InputError:
                checkpoint_files.set_aside(path)
            else:
                raise InputError(
                    "`directory` must not hold checkpoints that are newer than the model: resume from it, or choose "
                    f"another. Received: {path}, the model at step {step}"
                )

    def _all(self, kind: str, wanted: bool) -> bool:
        """Return whether all workers do something now, which one of them wanted."""
        agreed: bool = self.model.consensus.reached(kind, wanted)
        return agreed

    def _is_due(self) -> bool:
        """Return whether it is time, by the chief's clock."""
        if not self._chief:
            return False
        if isinstance(self.every, timedelta):
            return time.monotonic() - self._last_time >= self.every.total_seconds()
        last = -1 if self._last is None else self._last[0]
        return isinstance(self.every, int) and self._loop.step // self.every > last // self.every

    def _position(self) -> tuple[int, int, int]:
        return self._loop.step, self._loop.epoch, self._loop.done

    def _save(self) -> None:
        """Take hold of the state, which copies nothing, and let another thread write it."""
        if self._position() == self._last:
            return
        self.wait()
        state = {**self.model.hold_state(), **self._loop.arrays()}  # all workers have to: some of it is summed
        self._last, self._last_time = self._position(), time.monotonic()
        if self._writer is None:
            return
        if not (self.directory / _LOCK).exists():
            raise FileNotFoundError(errno.ENOENT, "the directory of the checkpoints was deleted", str(self.directory))
        record = self._loop.record()
        weights = {name: v.path for name, v in self.model.named_state().items() if v.trainable}
        self._written = self._writer.submit(self._write, state, record, weights)

    def _write(self, state: Mapping[str, Tensor], record: Config, weights: Mapping[str, str]) -> Path:
        arrays = {name: np.asarray(value) for name, value in state.items()}
        for name, path in weights.items():
            if not np.isfinite(arrays[name]).all():
                raise NonFiniteError(f"Weights must be finite to be kept. Received: {path} at step {record['step']}")
        return checkpoint_files.write(self.directory, arrays, record, self.keep)

    def wait(self) -> None:
        """Wait for the checkpoint that is being written, and raise if it could not be."""
        written, self._written = self._written, None
        if written is not None:
            written.result()

    def _end(self) -> None:
        """Write a checkpoint, give everything back, and end as the signal would have."""
        end = self._preemption.ending()
        self._save()
        self.wait()
        self.close()
        end()
