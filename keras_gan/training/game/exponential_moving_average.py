"""The moving average of a player's weights that forgets by halves."""

import tensorflow as tf

from keras_gan.optimizers.cosine import Number, config_of, number_or_schedule
from keras_gan.training.game.moving_average import MovingAverage
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number

_RAMP = 0.05  # of the images shown so far: the longest half-life during the warm-up


@register
class ExponentialMovingAverage(MovingAverage):
    """How fast an average follows its weights: `average += (1 - decay) * (weight - average)` after each step.

    Exactly one of `decay` and `half_life` is given. A half-life is in images, so it means the same for every batch
    size: an image's weight is 1/2 after as many more (`decay = 2^(-batch / half_life)`). With `warm_up` the average
    follows faster at first: the decay is at most `(1 + step) / (10 + step)` (as in TensorFlow), the half-life at most
    5 % of the images shown (Karras et al. 2020, arXiv:2006.06676). Without it, it remembers the initial weights for as
    long as it remembers anything: samples of a short training are grey.

    Yazici et al. 2019, arXiv:1806.04498; Karras et al. 2018, arXiv:1710.10196, section 3 of the appendix.

    Args:
        decay: in [0, 1).
        half_life: in images, above 0; or a Keras schedule of `gan.step`, which may start from 0: no average yet.
        warm_up: whether it is shorter at first.

    Raises:
        InputError: both or neither of `decay` and `half_life`, or one out of range.

    Example:
    ```python
    average = keras_gan.ExponentialMovingAverage(half_life=10_000)
    gan = keras_gan.GAN(generator, discriminator, ema=average)
    ```
    """

    def __init__(self, decay: float | None = None, half_life: Number | None = None, warm_up: bool = True) -> None:
        if (decay is None) == (half_life is None):
            raise InputError(
                "Exactly one of `decay` and `half_life` must be given. "
                f"Received: decay={decay!r} and half_life={half_life!r}"
            )
        if decay is not None:
            check_number("decay", decay, minimum=0.0, maximum=1.0, open_maximum=True)
        if half_life is not None:
            half_life = number_or_schedule("half_life", half_life)
            if half_life == 0:
                raise InputError("`half_life` must be above 0. Received: half_life=0")
        self.decay = decay
        self.half_life = half_life
        self.warm_up = warm_up

    def decay_at(self, step: Tensor, images: Tensor) -> Tensor:
        """Return the decay of one update, a float32 scalar.

        Args:
            step: the steps before this one.
            images: the images that one step shows, of all replicas.
        """
        half_life = self.half_life(step) if callable(self.half_life) else self.half_life
        step, images = tf.cast(step, tf.float32), tf.cast(images, tf.float32)
        if self.decay is not None:
            decay = tf.constant(self.decay, tf.float32)
            return tf.minimum(decay, (1.0 + step) / (10.0 + step)) if self.warm_up else decay
        half_life = tf.cast(half_life, tf.float32)
        if self.warm_up:
            half_life = tf.minimum(half_life, _RAMP * (1.0 + step) * images)
        return 2.0 ** (-images / half_life)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"decay": self.decay, "half_life": config_of(self.half_life), "warm_up": self.warm_up}
