"""Skip-layer excitation: small maps choose the channels of large ones."""

from collections.abc import Sequence
from typing import Unpack

import keras
import numpy as np
from keras import ops

from keras_gan.layers.inputs import LayerOptions, at_least_float32, check_channels, random_initializer
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_seed

_POOLED = 4  # sides to which the small maps are averaged


@register
class SkipLayerExcitation(keras.layers.Layer):
    """Scales each channel of large maps by a number in (0, 1) that small maps of the same sample choose.

    `large * sigmoid(W2 swish(W1 pool(small)))`: the small maps are averaged to 4x4 places, a convolution 4x4 makes one
    place of them, and one of 1x1 follows; none has a bias. Gradients take a short way over many sizes, at the cost of
    one multiplication a number. Called on `[small, large]`, images `(batch, h, w, c)` and `(batch, H, W, C)`, to the
    shape of `large`. Sides that 4 does not divide are averaged over windows that overlap by one row, as adaptive
    pooling does.

    Liu et al. 2021, arXiv:2101.04775, section 3.1, equation 2.

    Args:
        spectral_normalization: whether to wrap the two convolutions in `SpectralNormalization`, as the paper's code
            does.
        seed: of the initial weights; `None` for other ones each time.
        kernel_initializer: of the two convolutions: a Keras initializer, whose own seed gives way to those of `seed`.

    Raises:
        InputError: the initializer has no seed, or the inputs are not `[small, large]`, both images.

    Example:
    ```python
    small, large = keras.Input((8, 8, 64)), keras.Input((128, 128, 16))
    y = keras_gan.layers.SkipLayerExcitation()([small, large])  # (batch, 128, 128, 16)
    ```
    """

    def __init__(
        self,
        spectral_normalization: bool = False,
        seed: int | None = None,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.kernel_initializer = random_initializer("kernel_initializer", kernel_initializer)
        self.spectral_normalization = spectral_normalization
        self.seed = seed

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Build the two convolutions."""
        narrow, wide = _channels(input_shape)
        seeds = (int(seed) >> 1 for seed in np.random.SeedSequence(self.seed).generate_state(2))
        self.squeeze = self._convolution("squeeze", wide, _POOLED, next(seeds))
        self.excite = self._convolution("excite", wide, 1, next(seeds))
        self.squeeze.build((None, _POOLED, _POOLED, narrow))
        self.excite.build((None, 1, 1, wide))
        self.built = True

    def _convolution(self, name: str, filters: int, size: int, seed: int) -> keras.layers.Layer:
        own = self.kernel_initializer
        options = {
            "kernel_initializer": type(own).from_config({**own.get_config(), "seed": seed}),
            "dtype": self.dtype_policy,
        }
        convolution = keras.layers.Conv2D(filters, size, use_bias=False, name=name, **options)
        return (
            SpectralNormalization(convolution, dtype=self.dtype_policy) if self.spectral_normalization else convolution
        )

    def call(self, inputs: Sequence[Tensor], training: bool = False) -> Tensor:
        """Return the large maps, scaled."""
        small, large = inputs
        x = self.squeeze(ops.cast(_pooled(small), small.dtype), training=training)
        x = self.excite(ops.silu(x), training=training)  # (batch, 1, 1, channels)
        return large * ops.cast(ops.sigmoid(x), large.dtype)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape of the large maps."""
        return tuple(input_shape[1])

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "spectral_normalization": self.spectral_normalization,
            "seed": self.seed,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def _channels(input_shape: Sequence[Shape]) -> tuple[int, int]:
    """Return the channels of the small and of the large maps."""
    if len(input_shape) != 2 or not all(isinstance(shape, (list, tuple)) for shape in input_shape):
        raise InputError(f"`inputs` must be [small, large]. Received: shape={input_shape}")
    small, large = (check_channels(shape) for shape in input_shape)
    return small, large


def _pooled(x: Tensor) -> Tensor:
    """Return the means of 4x4 windows, `(batch, 4, 4, channels)`.

    Not Keras's adaptive pooling, which must know the sides beforehand, and averages each window twice.
    """
    x = at_least_float32(x)  # the means of large maps
    x = ops.einsum("ih,bhwc->biwc", _windows(ops.shape(x)[1], x.dtype), x)
    return ops.einsum("jw,biwc->bijc", _windows(ops.shape(x)[2], x.dtype), x)


def _windows(side: int | Tensor, dtype: str) -> Tensor:
    """Return the share of each of `side` rows in each of 4 windows, `(4, side)`: row n belongs to n / side * 4."""
    window, row = ops.arange(_POOLED)[:, None], ops.arange(side)[None]
    first, end = window * side // _POOLED, ((window + 1) * side + _POOLED - 1) // _POOLED
    inside = ops.cast(ops.logical_and(row >= first, row < end), dtype)
    return inside / ops.sum(inside, axis=1, keepdims=True)
