"""What is done to each channel of maps, with sums that are exact to rounding.

On a CPU both TensorFlow and XLA add up one number after another, and of a hundred thousand the last digits are lost.
Sums along one axis of maps after another, hundreds each, lose nothing. Under XLA the first of them run on all cores.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan.ops import platform
from keras_gan.types import Config, Tensor


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
        maps: float32 `(batch, height, width, channels)`.
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

        if platform.under_xla():
            return (maps - mean) * factor + offset, backward
        given: Config = {"mean": mean, "variance": tf.ones_like(mean), "epsilon": 0.0, "is_training": False}
        outputs, *_ = tf.raw_ops.FusedBatchNormV3(x=maps, scale=factor, offset=offset, **given)  # in one pass
        return outputs, backward

    value: Tensor = forward(maps, mean, factor, offset)
    return value


def _total(maps: Tensor) -> Tensor:
    """Return the sum of each channel."""
    number = tf.cast(tf.size(maps) / maps.shape[-1], maps.dtype)
    total: Tensor = tf.math.multiply_no_nan(tf.reshape(mean(maps, range(maps.shape.rank - 1)), [-1]), number)
    return total  # of nothing 0
