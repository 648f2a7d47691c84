"""What a moving average of weights is, and one move of it."""

import abc
from collections.abc import Sequence
from typing import Self, TypeAlias

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Config, Tensor, Variable

AverageLike: TypeAlias = "MovingAverage | float | Config | Sequence[MovingAverage | float | Config] | None"
"""What stands for moving averages: one, a decay in [0, 1), its config, several of them in a list, or `None`."""


class MovingAverage(abc.ABC):
    """How fast an average follows its weights: `average += (1 - decay) * (weight - average)` after each step."""

    @abc.abstractmethod
    def decay_at(self, step: Tensor, images: Tensor) -> Tensor:
        """Return the decay of one update, a float32 scalar in [0, 1).

        Args:
            step: the steps before this one.
            images: the images that one step shows, of all replicas.
        """

    @abc.abstractmethod
    def get_config(self) -> Config:
        """Return the constructor's arguments."""

    def __repr__(self) -> str:
        """Return the class and its arguments but those that are `None`."""
        told = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items() if value is not None)
        return f"{type(self).__name__}({told})"

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the average that `get_config` described."""
        return cls(**config)


def move_average(average: Variable, weight: Variable, decay: Tensor) -> None:
    """Move an average towards its weight, on each replica, by `average += (1 - decay) * (weight - average)`.

    Whatever is no floating-point number is copied.

    Args:
        average: is moved.
        weight: of the same shape and type.
        decay: in [0, 1), a float32 scalar.
    """
    # By kernels on this replica's part of the variable, not by `assign`, which would meet the other replicas: the guard
    # has this in a branch, and there TensorFlow forbids it. All replicas have the same weights, and so the same
    # average.
    if not keras.backend.is_float_dtype(weight.dtype):
        distribution.assign(average, weight.value)
        return
    # The kernel that descends a gradient takes one pass less than the formula.
    share, distance = tf.cast(1.0 - decay, average.dtype), average.value - weight.value
    tf.raw_ops.ResourceApplyGradientDescent(var=average.value.handle, alpha=share, delta=distance)
