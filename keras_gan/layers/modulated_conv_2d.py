"""The convolution whose weights a style scales."""

import math
from collections.abc import Sequence
from typing import Unpack

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_gan.layers.equalized import EqualizedDense, standard_normal
from keras_gan.layers.inputs import LayerOptions, at_least_float32
from keras_gan.layers.resample import Filter, filtered
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_bool, check_integer, check_seed

_EPSILON = 1e-8  # inside of the root
_TAPS = np.array([1.0, 3.0, 3.0, 1.0]) / 8
_MOST = 2**16


@register
class ModulatedConv2D(keras.layers.Layer):
    """A convolution whose kernel is scaled for each sample by its style, and then to unit output variance.

    `w'_ijk = s_i w_ijk`, with `s` an affine map of the style, and `w'' = w' / sqrt(sum_ik w'^2 + epsilon)` for each
    output j (demodulation), which takes the place of instance normalization without its droplets. It is computed as one
    convolution for all samples, whose inputs are scaled by `s` and whose outputs by the root: the same numbers, where a
    kernel for each sample is a convolution in as many groups as there are samples. Weights have equalized learning
    rates (see `EqualizedDense`), `s` is 1 at first, and the bias is added at the end.

    Called on `[maps, styles]`: `(batch, h, w, c)` and `(batch, width)`, to `(batch, h, w, filters)`; with `upsample`
    to `(batch, 2 h, 2 w, filters)`, by a transposed convolution and the filter (1, 3, 3, 1). Styles and what is made
    of them alone are computed in float32.

    Karras et al. 2020, arXiv:1912.04958, section 2.2, equations 1 and 3; appendix B for the filter.

    Args:
        filters: outputs, up to 65,536.
        kernel_size: of a square kernel, odd.
        demodulate: whether outputs are scaled to unit variance; not where images are made.
        upsample: whether the sides are doubled.
        seed: of the initial weights; `None` for other ones each time.

    Raises:
        InputError: an argument is out of range, or the inputs are not `[maps, styles]`.

    Example:
    ```python
    maps, styles = keras.Input((8, 8, 16)), keras.Input((32,))
    y = keras_gan.layers.ModulatedConv2D(16, 3, upsample=True)([maps, styles])  # (batch, 16, 16, 16)
    ```
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        demodulate: bool = True,
        upsample: bool = False,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_integer("filters", filters, bound=_MOST)
        if check_integer("kernel_size", kernel_size, bound=1023) % 2 == 0:
            raise InputError(f"`kernel_size` must be odd. Received: kernel_size={kernel_size}")
        check_bool("demodulate", demodulate)
        check_bool("upsample", upsample)
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.demodulate = demodulate
        self.upsample = upsample
        self.seed = seed

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Make the kernel, the bias and the affine map of the styles."""
        channels, styles = _check_shapes(input_shape)
        first, second = (int(seed) >> 1 for seed in np.random.SeedSequence(self.seed).generate_state(2))
        shape = (self.kernel_size, self.kernel_size, channels, self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=standard_normal(first), name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        self.affine = EqualizedDense(channels, initial_bias=1.0, seed=second, dtype=dtype, name="affine")
        self.affine.build(styles)
        self.built = True

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the convolved maps."""
        maps, styles = inputs
        scale = self.affine(at_least_float32(styles))  # (batch, c)
        kernel = tf.cast(self.kernel.value, scale.dtype) / math.sqrt(math.prod(self.kernel.shape[:3]))
        outputs = self._convolved(maps * ops.cast(scale, maps.dtype)[:, None, None], ops.cast(kernel, maps.dtype))
        if self.demodulate:
            energy = ops.matmul(ops.square(scale), ops.sum(ops.square(kernel), axis=(0, 1)))  # (batch, filters)
            outputs *= ops.cast(ops.rsqrt(energy + _EPSILON), maps.dtype)[:, None, None]
        return outputs + ops.cast(self.bias, maps.dtype)

    def _convolved(self, maps: Tensor, kernel: Tensor) -> Tensor:
        if not self.upsample:
            return tf.nn.conv2d(maps, kernel, 1, "SAME")
        # Zeros between the pixels and the convolution are one transposed convolution; its border of `kernel_size - 1`
        # pixels is what the filter needs around, and the kernel.
        rows, height, width = tf.unstack(tf.shape(maps)[:3])
        beyond = self.kernel_size - 2
        shape = (rows, 2 * height + beyond, 2 * width + beyond, self.filters)
        kernel = tf.transpose(kernel, (0, 1, 3, 2))
        if self.kernel_size == 1:  # of which the last row and column, of zeros, are cut off
            shape = (rows, 2 * height, 2 * width, self.filters)
        whole = tf.nn.conv2d_transpose(maps, kernel, shape, 2, "SAME" if self.kernel_size == 1 else "VALID")
        if maps.shape[1] is not None and maps.shape[2] is not None:
            whole.set_shape((None, 2 * maps.shape[1] + max(beyond, 0), 2 * maps.shape[2] + max(beyond, 0), None))
        more = max(beyond, 0)  # 2h + more + pads - 3 = 2h
        around = 3 - more
        return filtered(whole, Filter(2.0 * _TAPS, (around - around // 2, around // 2)))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape of the maps, with `filters` channels and perhaps doubled sides."""
        batch, *sides, _ = input_shape[0]
        sides = [side if side is None or not self.upsample else 2 * side for side in sides]
        return (batch, *sides, self.filters)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        names = ("filters", "kernel_size", "demodulate", "upsample", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _check_shapes(input_shape: Sequence[Shape]) -> tuple[int, Shape]:
    """Return the channels of the maps, and the shape of the styles."""
    if len(input_shape) == 2 and all(isinstance(shape, (list, tuple)) for shape in input_shape):
        maps, styles = (tuple(shape) for shape in input_shape)
        if len(maps) == 4 and len(styles) == 2 and isinstance(maps[-1], int) and isinstance(styles[-1], int):
            return maps[-1], styles
    raise InputError(f"`inputs` must be [maps (batch, h, w, c), styles (batch, width)]. Received: shape={input_shape}")
