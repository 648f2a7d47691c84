"""A number that moves from one value to another along half a cosine."""

import math
from typing import Self, TypeAlias

import keras
import tensorflow as tf

from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_count, check_integer, check_number


@register
class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """From `start` to `end` along half a cosine, and `end` after that.

    `end + (start - end) (1 + cos(pi t / T)) / 2` at step `t` of `T`. Whatever takes a Keras schedule takes it: learning
    rates, weights of terms, `Adam(beta_2=...)`, `ExponentialMovingAverage(half_life=...)`, `ADA(p=...)`. Keras's own
    cosine ends at a share of where it starts, and so can't start from 0.

    Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5; all of R3GAN's schedules are such ones (Huang et al. 2024,
    arXiv:2501.05441, appendix).

    Args:
        start: the value at first.
        end: the value from step T on.
        steps: T, above 0.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    rate = keras_gan.optimizers.Cosine(2e-4, 5e-5, steps=10_000)
    half_life = keras_gan.optimizers.Cosine.over("2M", 0.0, 500_000.0, batch_size=64)
    ```
    """

    def __init__(self, start: float, end: float, steps: int) -> None:
        self.start = check_number("start", start)
        self.end = check_number("end", end)
        self.steps = check_integer("steps", steps)

    @classmethod
    def over(cls, images: int | str, start: float, end: float, batch_size: int) -> Self:
        """Return the schedule that ends when so many images were seen.

        Args:
            images: how many, above 0; or text such as `"400k"` and `"1.5M"`.
            start: the value at first.
            end: the value at the end.
            batch_size: images a step, of all replicas.
        """
        return cls(start, end, max(check_count("images", images) // check_integer("batch_size", batch_size), 1))

    def __call__(self, step: Tensor) -> Tensor:
        """Return the value at a step, a float32 scalar."""
        # The share in float64: past 2^24 float32 does not know steps apart.
        share = tf.minimum(tf.cast(step, tf.float64) / self.steps, 1.0)
        value = self.end + (self.start - self.end) * 0.5 * (1.0 + tf.cos(math.pi * share))
        return tf.cast(value, tf.float32)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"start": self.start, "end": self.end, "steps": self.steps}


Number: TypeAlias = float | keras.optimizers.schedules.LearningRateSchedule | Config
"""A number, a Keras schedule of steps, or the config of one."""


def number_or_schedule(
    name: str, value: Number, minimum: float = 0.0, maximum: float = math.inf
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return a number in a range, or a Keras schedule, which may come as its config.

    Raises:
        InputError: it is neither.
    """
    if isinstance(value, dict):
        try:
            value = keras.optimizers.schedules.deserialize(value)
        except (TypeError, ValueError, KeyError) as error:
            raise InputError(f"`{name}` must be a number or a Keras schedule. Received: {name}={value!r}") from error
    if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        return value
    return check_number(name, value, minimum=minimum, maximum=maximum)


def config_of(value: float | keras.optimizers.schedules.LearningRateSchedule | None) -> float | Config | None:
    """Return a number as it is, and a schedule as its config."""
    if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        return keras.optimizers.schedules.serialize(value)
    return value
