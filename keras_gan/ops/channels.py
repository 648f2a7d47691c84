"""What is done to each channel of maps, with sums that XLA computes on all cores.

On a CPU, XLA computes a sum over whole maps together with what it is a sum of, and on one core. In two steps, of each
sample and then of all, it uses all cores for the first.
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
    if platform.under_xla() and not platform.has_gpu() and len(axes) > 1:
        # A mean, not a sum: XLA would make one step of two sums.
        maps = tf.reduce_mean(maps, axes[1:], keepdims=True)
        axes = axes[:1]
    return tf.reduce_mean(maps, axes, keepdims=True)


def scale_and_shift(maps: Tensor, factor: Tensor, offset: Tensor) -> Tensor:
    """Return `maps * factor + offset`.

    Args:
        maps: `(batch, ..., channels)`.
        factor: `(channels,)`.
        offset: `(channels,)`.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, factor: Tensor, offset: Tensor) -> Any:
        return maps * factor + offset, lambda upstream: (upstream * factor, _total(upstream * maps), _total(upstream))

    value: Tensor = forward(maps, factor, offset)
    return value


def _total(maps: Tensor) -> Tensor:
    """Return the sum of each channel."""
    number = tf.cast(tf.size(maps) / maps.shape[-1], maps.dtype)
    return tf.reshape(mean(maps, range(maps.shape.rank - 1)), [-1]) * number
