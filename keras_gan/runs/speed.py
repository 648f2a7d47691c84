"""How fast a training is on this machine."""

import time

from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs


class Speed(ResumableCallback):
    """Measures the steps a second of a fit, once, and not those of its first call, which traces the graph.

    Args:
        seconds: that are measured.

    Attributes:
        steps_per_second: what was measured; `None` before that, and after a fit of a single call.
    """

    only_writes = True  # nothing that training depends on
    async_safe = True

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.steps_per_second: float | None = None
        self._seconds = seconds
        self._begun: tuple[int, float] | None = None

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step without asking the device."""
        self._loop = loop
        self._begun = self.steps_per_second = None

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        if self.steps_per_second is not None:
            return
        step, now = self._loop.step, time.monotonic()
        if self._begun is None:
            self._begun = step, now
            return
        first, begun = self._begun
        if now - begun >= self._seconds and step > first:
            self.steps_per_second = (step - first) / (now - begun)
            self.measured(step, self.steps_per_second)

    def measured(self, step: int, steps_per_second: float) -> None:
        """Do something about it; nothing here."""
