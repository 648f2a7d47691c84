"""Blurring, and resampling without aliasing, by a filter of a few taps."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Unpack

import keras
import numpy as np
from keras import ops

from keras_gan.layers.inputs import LayerOptions, check_channels
from keras_gan.ops import platform
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_number

_KERNEL = (1, 3, 3, 1)
MAX_TAPS = 64
_LONG = 128  # pixels a side


@register
class Blur(keras.layers.Layer):
    """Filters each channel with a small separable kernel, e.g. before a strided convolution or after a transposed one.

    Images `(batch, h, w, c)` to the same shape. The border is padded with zeros, as in StyleGAN2, so its pixels
    darken; a constant image stays constant inside. An odd kernel is centred; one of even length moves the image by
    half a pixel, down and to the right.

    Zhang 2019, arXiv:1904.11486, section 3.2; Karras et al. 2020, arXiv:1912.04958, appendix B (`filter_2d`).

    Args:
        kernel: the taps of the filter, along both sides; divided by their sum. A convolution: a lone pixel becomes the
            kernel, not its mirror image.

    Raises:
        InputError: `kernel` is not a list of numbers with a sum, or the inputs are not images.

    Example:
    ```python
    x = keras.Input((16, 16, 8))
    y = keras.layers.Conv2D(16, 3, strides=2, padding="same")(keras_gan.layers.Blur()(x))
    ```
    """

    def __init__(self, kernel: Sequence[float] = _KERNEL, **kwargs: Unpack[LayerOptions]) -> None:
        taps = _normalized(kernel)
        super().__init__(**kwargs)
        self.kernel = kernel
        self._taps = taps

    def build(self, input_shape: Shape) -> None:
        """Check the shape of the inputs."""
        check_channels(input_shape)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the filtered images."""
        rest = len(self._taps) - 1
        return filtered(inputs, Filter(self._taps, ((rest + 1) // 2, rest // 2)))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "kernel": self.kernel}


@register
class Resample(keras.layers.Layer):
    """Enlarges or reduces images by a whole factor, with a filter that keeps high frequencies from folding.

    Up: zeros are inserted between the pixels, and the filter, times `factor ** 2`, fills them. Down: the filter, and
    every `factor`-th pixel of the result. Images `(batch, h, w, c)` become `(batch, factor * h, factor * w, c)` or
    `(batch, h // factor, w // factor, c)`. The phase is StyleGAN2's: the kernel (1, 3, 3, 1) is bilinear interpolation
    with aligned centres, and up and down are each other's transpose up to a factor (odd kernels for odd factors,
    even for even). The border is padded with zeros,
    so its pixels darken; inside, a constant image stays constant (for a kernel whose every `factor`-th taps have equal
    sums, as the default's have).

    Zhang 2019, arXiv:1904.11486; Karras et al. 2020, arXiv:1912.04958, appendix B (`upsample_2d`, `downsample_2d`).

    Args:
        direction: `"up"` or `"down"`.
        factor: how many times the sides grow or shrink, up to 64.
        kernel: the taps of the filter, along both sides; divided by their sum; at least `factor` of them.

    Raises:
        InputError: an argument is out of range, the inputs are not images, or a side is smaller than the factor.

    Example:
    ```python
    x = keras.Input((16, 16, 8))
    y = keras_gan.layers.Resample("down")(x)  # (batch, 8, 8, 8)
    z = keras_gan.layers.Resample("up")(y)  # (batch, 16, 16, 8)
    ```
    """

    def __init__(
        self, direction: str = "up", factor: int = 2, kernel: Sequence[float] = _KERNEL, **kwargs: Unpack[LayerOptions]
    ) -> None:
        check_choice("direction", direction, ("up", "down"))
        check_integer("factor", factor, bound=MAX_TAPS)
        taps = _normalized(kernel)
        if len(taps) < factor:
            raise InputError(
                f"`kernel` must have at least `factor` = {factor} taps: pixels fall between fewer. "
                f"Received: kernel={kernel!r}"
            )
        super().__init__(**kwargs)
        self.direction = direction
        self.factor = factor
        self.kernel = kernel
        self._taps = taps

    def build(self, input_shape: Shape) -> None:
        """Check the shape of the inputs."""
        check_channels(input_shape)
        smallest = min((side for side in input_shape[1:-1] if side is not None), default=self.factor)
        if self.direction == "down" and smallest < self.factor:
            raise InputError(f"`factor` must be at most the smallest side, {smallest}. Received: factor={self.factor}")
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the resampled images."""
        rest = len(self._taps) - self.factor
        if self.direction == "down":
            return filtered(inputs, Filter(self._taps, ((rest + 1) // 2, rest // 2), down=self.factor))
        pads = ((rest + 1) // 2 + self.factor - 1, rest // 2)
        return filtered(inputs, Filter(self._taps * self.factor, pads, up=self.factor))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with both sides multiplied or divided by the factor."""
        batch, *sides, channels = input_shape
        sides = [
            None if side is None else side * self.factor if self.direction == "up" else side // self.factor
            for side in sides
        ]
        return (batch, *sides, channels)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        config = {"direction": self.direction, "factor": self.factor, "kernel": self.kernel}
        return {**super().get_config(), **config}


def _normalized(kernel: object) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the taps, with a sum of 1."""
    if not isinstance(kernel, (list, tuple)) or not 0 < len(kernel) <= MAX_TAPS:
        raise InputError(f"`kernel` must be a list of 1 to {MAX_TAPS} numbers. Received: kernel={str(kernel)[:200]}")
    taps = np.array([check_number("kernel", tap) for tap in kernel])
    if math.isclose(taps.sum(), 0.0, abs_tol=1e-12):
        raise InputError(f"`kernel` must have a sum other than 0. Received: kernel={kernel!r}")
    return taps / taps.sum()


class Filter(NamedTuple):
    """What is done along a side: `up - 1` zeros after each pixel, a border of zeros, the taps, each `down`-th place."""

    taps: np.ndarray[Any, np.dtype[np.float64]]
    pads: tuple[int, int]
    up: int = 1
    down: int = 1

    def matrix(self, side: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return it as the matrix by which a column of `side` pixels is multiplied."""
        spread = np.zeros((sum(self.pads) + side * self.up, side))
        spread[self.pads[0] + self.up * np.arange(side), np.arange(side)] = 1
        windows = np.lib.stride_tricks.sliding_window_view(spread, len(self.taps), axis=0)
        return windows[:: self.down] @ self.taps[::-1]


def filtered(x: Tensor, filter: Filter) -> Tensor:
    """Return images that are filtered along both sides."""
    # As two products, by a matrix for each side, which is separable, differentiable at the cost of itself, and on CPUs
    # up to six times as fast as a convolution of each channel, under XLA a hundred times. It does more the longer the
    # side is: a convolution does not.
    sides = x.shape[1:3]
    if platform.has_gpu() or None in sides or max(sides) * filter.up > _LONG:
        return convolved(x, filter)
    (height, width), channels = sides, x.shape[3]
    down, across = (ops.convert_to_tensor(filter.matrix(side), dtype=x.dtype) for side in sides)
    x = ops.matmul(down, ops.reshape(x, (-1, height, width * channels)))
    x = ops.matmul(across, ops.reshape(x, (-1, width, channels)))
    return ops.reshape(x, (-1, down.shape[0], across.shape[0], channels))


def convolved(x: Tensor, filter: Filter) -> Tensor:
    """Return the same by a convolution of each channel."""
    taps = filter.taps[::-1]  # Keras correlates
    kernel = np.repeat(np.outer(taps, taps)[:, :, None, None], x.shape[-1], axis=2)
    x = _spread(x, filter.up) if filter.up > 1 else x
    x = ops.pad(x, ((0, 0), filter.pads, filter.pads, (0, 0)))
    kernel = ops.convert_to_tensor(kernel, dtype=x.dtype)
    return ops.depthwise_conv(x, kernel, strides=filter.down, padding="valid", data_format="channels_last")


def _spread(x: Tensor, factor: int) -> Tensor:
    """Return `(batch, h, w, c)` with `factor - 1` zeros after each pixel, along both sides."""
    _, height, width, channels = ops.shape(x)
    x = ops.reshape(x, (-1, height, 1, width, 1, channels))
    x = ops.pad(x, ((0, 0), (0, 0), (0, factor - 1), (0, 0), (0, factor - 1), (0, 0)))
    return ops.reshape(x, (-1, height * factor, width * factor, channels))
