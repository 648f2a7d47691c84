"""How long a run will take on this machine."""

import time

from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs
from keras_gan.utils.progress import Display, duration, make_room, rate

_SECONDS = 5.0  # that are measured


class Forecast(ResumableCallback):
    """Says once how fast the first steps were, and how long the run takes at that.

    Args:
        steps: of the whole run.
        batch_size: samples of each.
    """

    only_writes = True  # to the terminal
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
        """Say it after some seconds of steps: those of the first call, which has traced the graph, do not count."""
        if self._said:
            return
        step, now = self._loop.step, time.monotonic()
        if self._begun is None:
            self._begun = step, now
            return
        first, begun = self._begun
        if now - begun < _SECONDS or step == first:
            return
        self._said = True
        make_room()
        speed = (step - first) / (now - begun)
        left = duration((self._steps - step) / speed)
        display = Display(self.params.get("verbose", 1))
        display.keep("this machine:", rate(speed * self._batch_size, "images"), f"about {left} for the rest")
