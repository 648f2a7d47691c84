"""How far a training is, in place of Keras's bar."""

import time
from collections.abc import Sequence

import keras

from keras_gan.types import Logs
from keras_gan.utils.progress import Display, Progress, duration, numbered, rate

_MOST_SHOWN = 2  # quantities of a line; all of them are in the logs


class ProgressLine(keras.callbacks.Callback):
    """Tells the epoch, how much was seen, the losses, the speed and the time that the whole `fit` still takes.

    What was seen is counted over the whole `fit`, in images where it is known how many a step has, else in steps.

    On a terminal in a line that moves, of which one an epoch stays; elsewhere in plain lines, the first, the last and
    at a human pace some between. With `verbose=2` in a plain line an epoch. Results of a validation come below.

    Args:
        batch_size: samples a step, where that is known: then the speed is in images a second.
        unit: what they are.
    """

    async_safe = True  # it looks at a clock, and at numbers that are there

    def __init__(self, batch_size: int | None, unit: str) -> None:
        super().__init__()
        self._batch_size, self._unit = batch_size, unit
        self._display = Display(0)
        self._epochs = 1
        self._steps: int | None = None
        self._epoch = self._done = 0
        self._played = self._before = 0  # steps in all, and those of the first execution, which has traced the graph
        self._begun = self._traced = 0.0
        self._first = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin to count."""
        self._display = Display(self.params.get("verbose", 1))
        self._epochs, self._steps = self.params.get("epochs", 1), self.params.get("steps")
        self._played, self._first = 0, True
        self._begun, self._traced = time.monotonic(), 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch."""
        self._epoch, self._done = epoch, 0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Note where an epoch begins, which may be in its middle."""
        self._done = self._done or batch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Show the state, if it is time."""
        # A batch's number is that of the last of an execution: Keras calls this once for several steps.
        self._played += batch + 1 - self._done
        self._done = batch + 1
        if not self._traced:
            self._traced, self._before = time.monotonic(), self._played
        if self._display.verbose == 1 and (self._display.is_due() or (self._first and not self._display.moves)):
            self._first = False
            self._display.show(*self._parts(logs or {}, [self._of_images()]))

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Say that the epoch is being validated."""
        if self._display.moves:
            self._display.show(self._of_epochs(), "validating")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Leave a line of the epoch: on a terminal, with `verbose=2`, of the last, and where it is time."""
        logs, display = logs or {}, self._display
        self._steps = self._steps or self._done
        validated = [numbered(name, value) for name, value in logs.items() if name.startswith("val_")]
        last = epoch + 1 >= self._epochs or self.model.stop_training
        if display.moves or display.verbose == 2 or validated or last or display.is_due():
            display.keep(*self._parts(logs, over=last), then=validated)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave the terminal as others expect it."""
        self._display.close()

    def close(self) -> None:
        """Leave the line where training was interrupted, so that what is said next begins below it."""
        self._display.close()

    def _of_epochs(self) -> str:
        return f"epoch {self._epoch + 1}/{self._epochs}"

    def _of_images(self) -> str:
        rows, unit = (self._batch_size, self._unit) if self._batch_size else (1, "steps")
        if not self._steps:
            return f"{self._done * rows:,} {unit}"
        seen = (self._epoch * self._steps + self._done) * rows
        return f"{seen:,}/{self._epochs * self._steps * rows:,} {unit}"

    def _parts(self, logs: Logs, seen: Sequence[str] = (), over: bool = False) -> Sequence[str]:
        """Return what a line says, the most important first."""
        names = [name for name in logs if not name.startswith("val_")]
        losses = [name for name in names if name.endswith("loss")]
        shown = [numbered(name, float(logs[name]), digits=3) for name in (losses or names)[:_MOST_SHOWN]]
        seconds = self._seconds_a_step()
        left = f"took {duration(time.monotonic() - self._begun)}" if over else self._left(seconds)
        speed = self._speed(seconds)
        return [self._of_epochs(), *seen, *([left] if left else []), *shown, *([speed] if speed else [])]

    def _seconds_a_step(self) -> float | None:
        """Return how long a step takes; `None` before there are others than those of the first execution."""
        others = self._played - self._before
        return max(time.monotonic() - self._traced, 1e-9) / others if others > 0 else None

    def _left(self, seconds: float | None) -> str:
        """Return how long all steps to come will take."""
        if seconds is None or not self._steps:
            return ""
        return f"{duration((self._steps * (self._epochs - self._epoch) - self._done) * seconds)} left"

    def _speed(self, seconds: float | None) -> str:
        if seconds is None:
            return ""
        return rate((self._batch_size or 1) / seconds, self._unit if self._batch_size else "steps")


class EvaluationLine(keras.callbacks.Callback):
    """Tells how far an `evaluate` is, and its results.

    Args:
        verbose: as in Keras.
    """

    async_safe = True

    def __init__(self, verbose: int | str) -> None:
        super().__init__()
        self._progress = Progress(verbose, "steps")
        self._done = 0

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Note how many steps there will be."""
        self._progress.expect(self.params.get("steps") or 0)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Show the state, if it is time."""
        done = batch + 1 - self.model.execution.missing
        self._progress.add(done - self._done)
        self._done = done

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Show the results."""
        self._progress.finish(logs or {})
