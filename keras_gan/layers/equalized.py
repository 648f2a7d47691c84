"""Layers of equalized learning rates: weights of one size, scaled where they are used."""

import math
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.conv_2d import Conv2D
from keras_gan.layers.inputs import LayerOptions
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_number, check_seed

_MOST = 2**20  # units or filters


def standard_normal(seed: int | None, deviation: float = 1.0) -> keras.initializers.Initializer:
    """Return the initializer of equalized weights: normal numbers of this deviation."""
    return keras.initializers.RandomNormal(stddev=deviation, seed=seed)


@register
class EqualizedDense(keras.layers.Layer):
    """A dense layer whose weights start as standard normal numbers and are scaled by He's constant where they are used.

    `y = x (W m / sqrt(fan_in)) + b m`, with `W ~ N(0, 1) / m` and the learning-rate multiplier `m`. An optimizer whose
    steps do not depend on the gradient's size, such as Adam, then moves all layers at one speed relative to what they
    compute. `(batch, ..., inputs)` to `(batch, ..., units)`.

    Karras et al. 2018, arXiv:1710.10196, section 4.1; the multiplier is that of Karras et al. 2019, arXiv:1812.04948,
    appendix C.

    Args:
        units: outputs, up to 2^20.
        use_bias: whether there is one.
        initial_bias: what the bias is at first, after the multiplier.
        learning_rate_multiplier: m, above 0: 0.01 in StyleGAN's mapping network.
        seed: of the initial weights; `None` for other ones each time.

    Raises:
        InputError: an argument is out of range, or the last side of the inputs is unknown.

    Example:
    ```python
    styles = keras_gan.layers.EqualizedDense(64, learning_rate_multiplier=0.01)(keras.Input((32,)))
    ```
    """

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        initial_bias: float = 0.0,
        learning_rate_multiplier: float = 1.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_integer("units", units, bound=_MOST)
        check_number("initial_bias", initial_bias)
        check_number("learning_rate_multiplier", learning_rate_multiplier, minimum=1e-6)
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias
        self.initial_bias = initial_bias
        self.learning_rate_multiplier = learning_rate_multiplier
        self.seed = seed

    def build(self, input_shape: Shape) -> None:
        """Make the weights."""
        inputs, multiplier = input_shape[-1], self.learning_rate_multiplier
        if not isinstance(inputs, int):
            raise InputError(f"`inputs` must have a known last side. Received: shape={tuple(input_shape)}")
        initializer = standard_normal(self.seed, 1.0 / multiplier)
        self.kernel = self.add_weight(shape=(inputs, self.units), initializer=initializer, name="kernel")
        self._scale = multiplier / math.sqrt(inputs)
        if self.use_bias:
            initializer = keras.initializers.Constant(self.initial_bias / multiplier)
            self.bias = self.add_weight(shape=(self.units,), initializer=initializer, name="bias")
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the outputs."""
        outputs = ops.matmul(inputs, self.kernel * self._scale)
        return outputs + self.bias * self.learning_rate_multiplier if self.use_bias else outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs, with `units` for the last side."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        names = ("units", "use_bias", "initial_bias", "learning_rate_multiplier", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@register
class EqualizedConv2D(Conv2D):
    """A convolution whose weights start as standard normal numbers and are scaled by He's constant where they are used.

    `y = x * (W / sqrt(fan_in)) + b`, with `W ~ N(0, 1)`, and `b` 0 at first; see `EqualizedDense`. Images `(batch, h,
    w, c)` become `(batch, h, w, filters)`, or those that a strided convolution leaves. Computed as `Conv2D`.

    Karras et al. 2018, arXiv:1710.10196, section 4.1.

    Args:
        filters: outputs, up to 2^20.
        kernel_size: of a square kernel.
        strides: in both directions.
        padding: `"same"` or `"valid"`.
        use_bias: whether there is a bias.
        seed: of the initial weights; `None` for other ones each time.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    maps = keras_gan.layers.EqualizedConv2D(16, 3)(keras.Input((32, 32, 3)))
    ```
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        padding: str = "same",
        use_bias: bool = True,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_integer("filters", filters, bound=_MOST)
        check_integer("kernel_size", kernel_size)
        if seed is not None:
            check_seed("seed", seed)
        initializer = standard_normal(seed)
        super().__init__(
            filters, kernel_size, strides, padding, use_bias=use_bias, kernel_initializer=initializer, **kwargs
        )
        self.seed = seed

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Return the convolution by the scaled kernel, before the bias."""
        kernel = ops.convert_to_tensor(kernel)
        fan_in = math.prod(kernel.shape[:3])
        return super().convolution_op(inputs, kernel * (1.0 / math.sqrt(fan_in)))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        (size, _), (stride, _) = self.kernel_size, self.strides
        own = {"filters": self.filters, "kernel_size": size, "strides": stride, "padding": self.padding}
        own |= {"use_bias": self.use_bias, "seed": self.seed}
        return {**keras.layers.Layer.get_config(self), **own}
