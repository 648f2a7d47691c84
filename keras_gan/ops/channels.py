"""What is done to each channel of maps, with sums that are exact to rounding.

On a CPU both TensorFlow and XLA add up one number after another, and of a hundred thousand the last ones are cut off:
sums along one axis after another lose nothing, and take no longer. Under XLA the first of them run on all cores.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan.ops import platform
from keras_gan.types import Tensor


def mean(maps: Tensor, axes: Sequence[int]) -> Tensor:
    """Return the mean over `axes`, which stay, with a length of 1.

    Args:
        maps: of any rank.
        axes: in ascending order.
    """
    if platform.has_gpu():
        return tf.reduce_mean(maps, axes, keepdims=True)
    for axis in reversed(axes):  # means, not sums: XLA would make one step of two sums
        maps = tf.reduce_mean(maps, axis, keepdims=True)
    return maps


def normalize(maps: Tensor, mean: Tensor, factor: Tensor, offset: Tensor) -> Tensor:
    """Return `(maps - mean) * factor + offset`.

    Args:
        maps: `(batch, ..., channels)`.
        mean: `(channels,)`.
        factor: `(channels,)`.
        offset: `(channels,)`.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, mean: Tensor, factor: Tensor, offset: Tensor) -> Any:
        def backward(upstream: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
            total = _total(upstream)
            # The mean leaves before the sum: the difference of two sums would lose the digits that they share.
            return upstream * factor, -total * factor, _total(upstream * (maps - mean)), total

        return (maps - mean) * factor + offset, backward

    value: Tensor = forward(maps, mean, factor, offset)
    return value


def _total(maps: Tensor) -> Tensor:
    """Return the sum of each channel."""
    number = tf.cast(tf.size(maps) / maps.shape[-1], maps.dtype)
    return tf.reshape(mean(maps, range(maps.shape.rank - 1)), [-1]) * number
