"""Leaky ReLU that keeps the variance of what goes through it."""

import math
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number

_SLOPE, _GAIN = 0.2, math.sqrt(2.0)


@register
class ScaledLeakyReLU(keras.layers.Layer):
    """Leaky ReLU times a gain: `gain * max(x, slope * x)`, for layers of equalized learning rates.

    Their weights have no room for He's gain, so that of the activation is its own factor. Any shape to the same.

    Karras et al. 2020, arXiv:1912.04958 (`fused_bias_act` of the code).

    Args:
        slope: below 0, in [0, 1].
        gain: the factor, sqrt(2) by default.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    x = keras_gan.layers.EqualizedConv2D(16, 3)(keras.Input((32, 32, 3)))
    y = keras_gan.layers.ScaledLeakyReLU()(x)
    ```
    """

    def __init__(self, slope: float = _SLOPE, gain: float = _GAIN, **kwargs: Unpack[LayerOptions]) -> None:
        check_number("slope", slope, minimum=0.0, maximum=1.0)
        check_number("gain", gain, minimum=0.0)
        super().__init__(**kwargs)
        self.slope = slope
        self.gain = gain

    def call(self, inputs: Tensor) -> Tensor:
        """Return the activations."""
        return scaled_leaky_relu(inputs, self.slope, self.gain)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "slope": self.slope, "gain": self.gain}


def scaled_leaky_relu(x: Tensor, slope: float = _SLOPE, gain: float = _GAIN) -> Tensor:
    """Return `gain * max(x, slope * x)`."""
    return ops.leaky_relu(x, slope) * gain
