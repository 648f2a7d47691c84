"""How long a run will take on this machine, said while it begins."""

from keras_gan.runs.speed import Speed
from keras_gan.utils.progress import Display, duration, make_room, rate

_SECONDS = 5.0  # that are measured


class Forecast(Speed):
    """Says once how fast the first steps were, and how long the run takes at that.

    Args:
        steps: of the whole run.
        batch_size: samples of each.
    """

    def __init__(self, steps: int, batch_size: int) -> None:
        super().__init__(_SECONDS)
        self._steps, self._batch_size = steps, batch_size

    def measured(self, step: int, steps_per_second: float) -> None:
        """Say it."""
        make_room()
        left = duration((self._steps - step) / steps_per_second)
        display = Display(self.params.get("verbose", 1))
        display.keep("this machine:", rate(steps_per_second * self._batch_size, "images"), f"about {left} for the rest")
