"""The moving average whose length grows with the training."""

import numpy as np
import tensorflow as tf

from keras_gan.training.game.moving_average import MovingAverage
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number

_NARROWEST = 1e-3  # about a thousandth of the training
_WIDEST = 1 / (2 * np.sqrt(3))  # of the exponent 0: the mean of all weights


@register
class PowerFunctionAverage(MovingAverage):
    """An average that remembers a part of the training so far: a weight of step t counts as t to a power.

    It is as long at each moment as `width` says, of the whole way up to there, so that it needs no warm-up, and its
    profile is the same at the end of a short and of a long training: `decay = (1 - 1/t)^(exponent + 1)` at step t, from
    1. The weights that it began with have no part in it, those that fine-tuning has carried over neither. Keep two or
    three, and choose after training: `GAN(..., ema=[PowerFunctionAverage(0.05), PowerFunctionAverage(0.1)])`, then
    `gan.sampled_average = 1`.

    Karras et al. 2024, arXiv:2312.02696, equations 3 to 5 and algorithm 2.

    Args:
        width: the standard deviation of the profile in parts of the training, sigma_rel in the paper, from 0.001 to
            0.2886 (the mean over all steps).

    Attributes:
        exponent: gamma, that of the profile.

    Raises:
        InputError: `width` is out of range.

    Example:
    ```python
    averages = [keras_gan.PowerFunctionAverage(width) for width in (0.03, 0.1)]
    gan = keras_gan.GAN(generator, discriminator, ema=averages)
    gan.sampled_average = 1  # the longer one
    ```
    """

    def __init__(self, width: float = 0.05) -> None:
        self.width = check_number("width", width, minimum=_NARROWEST, maximum=_WIDEST)
        self.exponent = _exponent(width)

    def decay_at(self, step: Tensor, images: Tensor) -> Tensor:
        """Return the decay of one update, a float32 scalar; `images` change nothing.

        Args:
            step: the steps before this one.
            images: the images that one step shows, of all replicas.
        """
        t = tf.cast(step, tf.float32) + 1.0
        # (1 - 1/t)^(exponent + 1), without the rounding of 1 - 1/t: it is a part of 1e6 that counts.
        return tf.exp((self.exponent + 1.0) * tf.math.log1p(-1.0 / t))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"width": self.width}


def _exponent(width: float) -> float:
    """Return gamma: `width^2 = (gamma + 1) / ((gamma + 2)^2 (gamma + 3))`."""
    inverse = width**-2
    return float(np.roots([1.0, 7.0, 16.0 - inverse, 12.0 - inverse]).real.max())
