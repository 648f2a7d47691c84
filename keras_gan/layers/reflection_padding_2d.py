"""Padding that mirrors the image."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions, check_channels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer

MAX_PADDING = 2**16


@register
class ReflectionPadding2D(keras.layers.Layer):
    """Pads images with their mirror image, which leaves no dark border as zeros do.

    The border row itself is not repeated: 1 2 3 padded by 2 is 3 2 1 2 3 2 1. Before a convolution with
    `padding="valid"`, e.g. in image-to-image generators (Zhu et al. 2017, arXiv:1703.10593, appendix 7.2). Images
    `(batch, h, w, c)` become `(batch, top + h + bottom, left + w + right, c)`.

    Args:
        padding: an integer, `(height, width)`, or `((top, bottom), (left, right))`, as in `keras.layers.ZeroPadding2D`.

    Raises:
        InputError: `padding` is none of these, or not smaller than the side, which has no more rows to mirror.

    Example:
    ```python
    x = keras.Input((16, 16, 3))
    y = keras.layers.Conv2D(8, 7)(keras_gan.layers.ReflectionPadding2D(3)(x))  # (batch, 16, 16, 8)
    ```
    """

    def __init__(
        self, padding: int | Sequence[int] | Sequence[Sequence[int]] = 1, **kwargs: Unpack[LayerOptions]
    ) -> None:
        pads = _pairs(padding)
        super().__init__(**kwargs)
        self.padding = padding
        self._pads = pads

    def build(self, input_shape: Shape) -> None:
        """Check that there is enough to mirror."""
        check_channels(input_shape)
        for side, pads in zip(input_shape[1:-1], self._pads, strict=True):
            if side is not None and max(pads) >= side:
                raise InputError(
                    f"`padding` must be smaller than the side, {side}: no more can be mirrored. "
                    f"Received: padding={self.padding}"
                )
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the padded images."""
        return ops.pad(inputs, ((0, 0), *self._pads, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with the padding added."""
        batch, *sides, channels = input_shape
        padded = [None if side is None else side + sum(pads) for side, pads in zip(sides, self._pads, strict=True)]
        return (batch, *padded, channels)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "padding": self.padding}


def _pairs(padding: object) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return `padding` as `((top, bottom), (left, right))`."""
    sides = padding if isinstance(padding, (list, tuple)) else (padding, padding)
    pairs = [side if isinstance(side, (list, tuple)) else (side, side) for side in sides]
    if len(pairs) != 2 or any(len(pair) != 2 for pair in pairs):
        raise InputError(
            "`padding` must be an integer, (height, width) or ((top, bottom), (left, right)). "
            f"Received: padding={padding!r}"
        )
    (top, bottom), (left, right) = (
        [check_integer("padding", side, minimum=0, bound=MAX_PADDING) for side in pair] for pair in pairs
    )
    return (top, bottom), (left, right)
