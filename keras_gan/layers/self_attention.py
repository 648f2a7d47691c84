"""Self-attention over the positions of a feature map."""

import math
from typing import Unpack

import keras
import numpy as np
from keras import ops

from keras_gan.layers.inputs import LayerOptions, at_least_float32, check_channels, random_initializer
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.networks import MOST_NUMBERS
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_seed


@register
class SelfAttention(keras.layers.Layer):
    """Lets every position of a feature map see all others: `gamma * o + x`.

    Queries and keys are 1x1 convolutions to an eighth of the channels (at least 1), values to a half; `o` is the mean
    of the values, weighted by the softmax of the products of query and keys, through a last 1x1 convolution. No
    convolution has a bias. `gamma` is one number that is learned from 0, so at first the layer is the identity. It is
    for either network, at a middle resolution: the memory grows with the fourth power of the side. Images
    `(batch, h, w, c)` to the same shape. Products and softmax are computed in float32.

    Zhang et al. 2019, arXiv:1805.08318, section 3, equations 1 to 3.

    Args:
        pool: whether keys and values are max-pooled 2x2 first, which divides the cost by 4: not in the paper's text,
            but in its authors' code. At an odd side the last windows are smaller, so that no position is lost (their
            code fails there).
        spectral_normalization: whether to wrap the four convolutions in `SpectralNormalization`, as the paper does.
        seed: of the initial weights; `None` for other ones each time.
        kernel_initializer: of the four convolutions: a Keras initializer, whose own seed gives way to those of `seed`.

    Raises:
        InputError: the initializer has no seed, the inputs are not images, or the map of attention would take more
            than 2^26 numbers.

    Example:
    ```python
    x = keras.Input((16, 16, 64))
    y = keras_gan.layers.SelfAttention(spectral_normalization=True)(x)
    ```
    """

    def __init__(
        self,
        pool: bool = True,
        spectral_normalization: bool = False,
        seed: int | None = None,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.kernel_initializer = random_initializer("kernel_initializer", kernel_initializer)
        self.pool = pool
        self.spectral_normalization = spectral_normalization
        self.seed = seed

    def build(self, input_shape: Shape) -> None:
        """Build the convolutions."""
        channels = check_channels(input_shape)
        _check_positions(input_shape, self.pool)
        seeds = (int(seed) >> 1 for seed in np.random.SeedSequence(self.seed).generate_state(4))
        narrow, half = max(channels // 8, 1), max(channels // 2, 1)
        self.query = self._convolution("query", narrow, next(seeds))
        self.key = self._convolution("key", narrow, next(seeds))
        self.value = self._convolution("value", half, next(seeds))
        self.output_projection = self._convolution("output", channels, next(seeds))
        for convolution in (self.query, self.key, self.value):
            convolution.build(tuple(input_shape))
        self.output_projection.build((*input_shape[:-1], half))
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")
        self.built = True

    def _convolution(self, name: str, filters: int, seed: int) -> keras.layers.Layer:
        own = self.kernel_initializer
        initializer = type(own).from_config({**own.get_config(), "seed": seed})
        convolution = keras.layers.Conv2D(
            filters, 1, use_bias=False, kernel_initializer=initializer, dtype=self.dtype_policy, name=name
        )
        return (
            SpectralNormalization(convolution, dtype=self.dtype_policy) if self.spectral_normalization else convolution
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the inputs with what each position sees added to it."""
        query, key, value = self.query(inputs), self.key(inputs), self.value(inputs)
        if self.pool:
            key, value = _pooled(key), _pooled(value)
        query, key, value = _positions(query), _positions(key), _positions(value)
        products = ops.matmul(at_least_float32(query), ops.transpose(at_least_float32(key), (0, 2, 1)))
        attention = ops.softmax(products, axis=-1)  # (batch, positions, pooled positions)
        seen = ops.matmul(ops.cast(attention, value.dtype), value)
        seen = ops.reshape(seen, (*ops.shape(inputs)[:-1], value.shape[-1]))
        return self.gamma * self.output_projection(seen) + inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "pool": self.pool,
            "spectral_normalization": self.spectral_normalization,
            "seed": self.seed,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def _check_positions(input_shape: Shape, pool: bool) -> None:
    positions = math.prod(side or 1 for side in input_shape[1:-1])
    if positions * (positions // 4 if pool else positions) > MOST_NUMBERS:
        raise InputError(
            f"`inputs` must be small enough for a map of attention of at most {MOST_NUMBERS:,} numbers. "
            f"Received: shape={tuple(input_shape)}"
        )


def _positions(x: Tensor) -> Tensor:
    """Return `(batch, h, w, c)` as `(batch, h * w, c)`."""
    batch, height, width, channels = ops.shape(x)
    return ops.reshape(x, (batch, height * width, channels))


def _pooled(x: Tensor) -> Tensor:
    """Return the maxima of 2x2 windows; the last ones are smaller where a side is odd.

    By `maximum`, because the second derivative of `max_pool` does not compile under XLA in float16.
    """
    for axis in (1, 2):
        before, side = (slice(None),) * axis, ops.shape(x)[axis]
        alone = x[(*before, slice(side - side % 2, None))]  # the last row of an odd side, or nothing
        second = ops.concatenate([x[(*before, slice(1, None, 2))], alone], axis=axis)
        x = ops.maximum(x[(*before, slice(0, None, 2))], second)
    return x
