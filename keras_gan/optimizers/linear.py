"""A number that stays, and then moves from one value to another along a line."""

from typing import Self

import keras
import tensorflow as tf

from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_count, check_integer, check_number


@register
class Linear(keras.optimizers.schedules.LearningRateSchedule):
    """`start` for `hold` steps, from there to `end` along a line, and `end` after that.

    `start + (end - start) (t - H) / (T - H)` at step `t` between `H` and `T`. Whatever takes a Keras schedule takes it,
    as `Cosine`. Keras's `PolynomialDecay` falls from the first step on.

    Zhu et al. 2017, arXiv:1703.10593, section 4: the rate is kept for the first half, and goes to 0 in the second.

    Args:
        start: the value at first.
        end: the value from step T on.
        steps: T, above 0.
        hold: H, the step at which it begins to move: from 0 to below T.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    rate = keras_gan.optimizers.Linear(2e-4, 0.0, steps=200_000, hold=100_000)
    half = keras_gan.optimizers.Linear.over("200k", 2e-4, 0.0, batch_size=4, hold="100k")
    ```
    """

    def __init__(self, start: float, end: float, steps: int, hold: int = 0) -> None:
        self.start = check_number("start", start)
        self.end = check_number("end", end)
        self.steps = check_integer("steps", steps)
        self.hold = check_integer("hold", hold, minimum=0)
        if hold >= steps:
            raise InputError(f"`hold` must be below `steps`, {steps}. Received: hold={hold}")

    @classmethod
    def over(cls, images: int | str, start: float, end: float, batch_size: int, hold: int | str | None = None) -> Self:
        """Return the schedule that ends when so many images were seen.

        Args:
            images: how many, above 0; or text such as `"400k"` and `"1.5M"`.
            start: the value at first.
            end: the value at the end.
            batch_size: images a step, of all replicas.
            hold: images in which it stays at `start`, likewise; `None` for none.
        """
        size = check_integer("batch_size", batch_size)
        kept = 0 if hold is None else check_count("hold", hold) // size
        return cls(start, end, max(check_count("images", images) // size, 1), kept)

    def __call__(self, step: Tensor) -> Tensor:
        """Return the value at a step, a float32 scalar."""
        # The share in float64: past 2^24 float32 does not know steps apart.
        share = (tf.cast(step, tf.float64) - self.hold) / (self.steps - self.hold)
        return tf.cast(self.start + (self.end - self.start) * tf.clip_by_value(share, 0.0, 1.0), tf.float32)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"start": self.start, "end": self.end, "steps": self.steps, "hold": self.hold}
