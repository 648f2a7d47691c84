"""Dropout whose masks are the global batch's."""

from typing import Unpack

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.layers.inputs import LayerOptions
from keras_gan.random import RandomStream
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number, check_seed


@register
class Dropout(keras.layers.Layer):
    """Sets entries to 0 at random and scales the others by `1 / (1 - rate)`, in training only.

    Each mask is a function of the seed, the number of calls so far and the position in the global batch: replicas draw
    masks that differ and are together those of one, and a run that goes on draws on. (The masks of
    `keras.layers.Dropout` are the same on all replicas.)

    Srivastava et al. 2014, JMLR 15, section 4.

    Args:
        rate: the probability of 0, in [0, 1).
        seed: of the masks, in `[0, 2^31)`; layers of one network should have different ones.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    y = keras_gan.layers.Dropout(0.3, seed=1)(keras.Input((128,)))
    ```
    """

    def __init__(self, rate: float, seed: int = 0, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.rate = check_number("rate", rate, minimum=0.0, maximum=1.0, open_maximum=True)
        self.seed = check_seed("seed", seed)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the count of calls."""
        self.calls = self.add_weight(
            shape=(),
            initializer="zeros",
            dtype="int64",
            trainable=False,
            aggregation="none",  # all replicas count alike
            name="calls",
        )
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return `inputs`, of which training drops some."""
        if not training or not self.rate:
            return inputs
        shape = tf.shape(inputs)
        first = distribution.first_position(shape[0])
        columns = [size if size is not None else shape[axis + 1] for axis, size in enumerate(inputs.shape[1:])]
        drawn = RandomStream(self.seed, self.calls.value, first).uniform("dropout", (shape[0], *columns))
        self.calls.assign(self.calls.value + 1)
        return tf.where(drawn >= self.rate, inputs / (1.0 - self.rate), tf.zeros_like(inputs))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
