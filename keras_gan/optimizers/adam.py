"""Adam whose second decay follows a schedule."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan.optimizers.cosine import Number, config_of, number_or_schedule
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class Adam(keras.optimizers.Adam):
    """Keras's Adam, whose `beta_2` may be a schedule of its steps, and whose `epsilon` is that of the paper.

    A long memory of the squared gradients is wrong while the players change fast, and a short one is noise at the end:
    R3GAN moves `beta_2` from 0.9 to 0.99. As in PyTorch, whose users set it before a step, the correction of the bias
    is that of the `beta_2` of this step, `1 - beta_2(t)^t`.

    Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; Huang et al. 2024, arXiv:2501.05441, appendix.

    Args:
        learning_rate: a number or a Keras schedule.
        beta_1: of the mean, in [0, 1).
        beta_2: of the squares, in [0, 1): a number or a Keras schedule of the optimizer's steps.
        epsilon: 1e-8, as in the papers' code, where Keras's is 1e-7.
        **kwargs: further ones of `keras.optimizers.Adam`.

    Raises:
        InputError: `beta_2` is neither.

    Example:
    ```python
    beta_2 = keras_gan.optimizers.Cosine(0.9, 0.99, steps=10_000)
    gan.compile(
        keras_gan.optimizers.Adam(2e-4, beta_1=0.0, beta_2=beta_2),
        keras_gan.optimizers.Adam(2e-4, beta_1=0.0, beta_2=beta_2),
        loss="relativistic",
        terms=["r1", "r2"],
    )
    ```
    """

    def __init__(
        self,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: Number = 0.999,
        epsilon: float = 1e-8,
        **kwargs: Any,
    ) -> None:
        beta_2 = number_or_schedule("beta_2", beta_2, maximum=1.0)
        if beta_2 == 1.0:
            raise InputError("`beta_2` must be below 1: nothing would be learned. Received: beta_2=1.0")
        super().__init__(learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, **kwargs)

    @property
    def beta_2(self) -> Any:
        """The decay of this step: a number, or a float32 scalar of the schedule."""
        return self._beta_2(tf.convert_to_tensor(self.iterations)) if callable(self._beta_2) else self._beta_2

    @beta_2.setter
    def beta_2(self, value: Any) -> None:
        self._beta_2 = value

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "beta_2": config_of(self._beta_2)}
