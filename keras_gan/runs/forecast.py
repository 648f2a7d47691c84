"""How long a run will take on this machine, said while it begins."""

import time

from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs
from keras_gan.utils.progress import Display, duration, make_room, rate

_SECONDS = 5.0  # that are measured


class Forecast(ResumableCallback):
    """Says once in a fit how fast its first steps were, without those of its first call, and how long the run takes.

    The first call traces the graph.

    Args:
        steps: of the whole run.
        batch_size: samples of each.
    """

    only_writes = True  # nothing that training depends on
    async_safe = True

    def __init__(self, steps: int, batch_size: int) -> None:
        super().__init__()
        self._steps, self._batch_size = steps, batch_size
        self._begun: tuple[int, float] | None = None
        self._said = False

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step without asking the device."""
        self._loop = loop
        self._begun, self._said = None, False

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        if self._said:
            return
        step, now = self._loop.step, time.monotonic()
        if self._begun is None:
            self._begun = step, now
            return
        first, begun = self._begun
        if now - begun >= _SECONDS and step > first:
            self._said = True
            self._say(step, (step - first) / (now - begun))

    def _say(self, step: int, steps_per_second: float) -> None:
        make_room()
        left = duration((self._steps - step) / steps_per_second)
        display = Display(self.params.get("verbose", 1))
        display.keep("this machine:", rate(steps_per_second * self._batch_size, "images"), f"about {left} for the rest")
