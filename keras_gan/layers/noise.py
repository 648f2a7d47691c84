"""Noise inputs of a generator."""

from collections.abc import Sequence
from typing import Unpack

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.layers.inputs import LayerOptions, check_channels
from keras_gan.random import RandomStream
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_seed


@register
class Noise(keras.layers.Layer):
    """Adds a map of normal noise, one for all channels, times a learned strength that is 0 at first.

    So a generator need not make the randomness of hair and leaves out of its latents. In training each sample has its
    own map, a function of the seed, the number of calls so far and the position in the global batch. In inference all
    have the same, of the seed alone: a sample is a function of its latents. Images `(batch, h, w, c)` to the same
    shape.

    Karras et al. 2020, arXiv:1912.04958, section 2.1 and figure 2 (one strength a layer).

    Args:
        seed: of the maps, in `[0, 2^31)`; layers of one network should have different ones.

    Raises:
        InputError: `seed` is out of range, or the inputs are not images.

    Example:
    ```python
    y = keras_gan.layers.Noise(seed=1)(keras.Input((16, 16, 8)))
    ```
    """

    def __init__(self, seed: int = 0, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.seed = check_seed("seed", seed)

    def build(self, input_shape: Shape) -> None:
        """Make the strength, and the count of calls."""
        check_channels(input_shape)
        self.strength = self.add_weight(shape=(), initializer="zeros", name="strength")
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
        """Return the inputs with noise."""
        shape = tf.shape(inputs)
        sides = [size if size is not None else shape[axis + 1] for axis, size in enumerate(inputs.shape[1:3])]
        if training:
            stream = RandomStream(self.seed, self.calls.value, distribution.first_position(shape[0]))
            drawn = stream.normal("noise", (shape[0], *sides, 1))
            self.calls.assign(self.calls.value + 1)
        elif None in inputs.shape[1:3]:
            drawn = self._constant(sides)
        else:
            with tf.init_scope():  # drawn once: in the graph it is a constant, which runtimes without random bits have
                drawn = self._constant(sides).numpy()
        return inputs + tf.cast(drawn, inputs.dtype) * tf.cast(tf.convert_to_tensor(self.strength), inputs.dtype)

    def _constant(self, sides: Sequence[int | Tensor]) -> Tensor:
        """Return the map of all samples in inference, `(1, *sides, 1)`."""
        return RandomStream(self.seed).normal("constant", (1, *sides, 1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "seed": self.seed}
