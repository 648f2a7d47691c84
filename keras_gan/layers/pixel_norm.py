"""Pixelwise normalization of feature vectors."""

from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions, at_least_float32
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number


@register
class PixelNorm(keras.layers.Layer):
    """Scales the feature vector of each pixel to a mean square of 1.

    `x / sqrt(mean_c(x^2) + epsilon)`: no weights, no batch, so the signals of the generator can't escalate. On
    latents `(batch, latent_dim)` it puts them on a sphere, as StyleGAN does. `(batch, ..., channels)` to the same
    shape; the mean is taken in float32.

    Karras et al. 2018, arXiv:1710.10196, section 4.2.

    Args:
        epsilon: keeps a pixel of zeros, and its gradient, finite.

    Raises:
        InputError: `epsilon` is not a number above 0.

    Example:
    ```python
    x = keras.Input((8, 8, 16))
    y = keras_gan.layers.PixelNorm()(keras.layers.Conv2D(16, 3, activation="leaky_relu")(x))
    ```
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs: Unpack[LayerOptions]) -> None:
        check_number("epsilon", epsilon, minimum=1e-30)
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs with each pixel's vector normalized."""
        return ops.cast(normalized(at_least_float32(inputs), self.epsilon), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}


def normalized(x: Tensor, epsilon: float = 1e-8) -> Tensor:
    """Return vectors scaled to a mean square of 1: `x / sqrt(mean(x^2) + epsilon)` along the last side."""
    return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + epsilon)
