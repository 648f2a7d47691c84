"""What is done to each channel of maps, with sums that XLA computes on all cores.

On a CPU, XLA computes a sum over whole maps together with what it is a sum of, and on one core. In two steps, of each
sample and then of all, it uses all cores for the first.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan.types import Tensor
from keras_gan.utils import platform


def in_two_steps() -> bool:
    """Return whether sums are made so: under XLA on a CPU."""
    return platform.under_xla() and not platform.has_gpu()


def mean(maps: Tensor, axes: Sequence[int]) -> Tensor:
    """Return the mean over `axes`, which stay, with a length of 1.

    Args:
        maps: of any rank.
        axes: in ascending order.
    """
    if in_two_steps() and len(axes) > 1:
        # A mean, not a sum: XLA would make one step of two sums.
        maps = tf.reduce_mean(maps, axes[1:], keepdims=True)
        axes = axes[:1]
    return tf.reduce_mean(maps, axes, keepdims=True)


def shift(maps: Tensor, offset: Tensor) -> Tensor:
    """Return `maps + offset`.

    Args:
        maps: `(batch, ..., channels)`.
        offset: `(channels,)`.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, offset: Tensor) -> Any:
        return maps + offset, lambda upstream: (upstream, _total(upstream))

    shifted: Tensor = forward(maps, offset) if in_two_steps() else maps + offset
    return shifted


def scale(maps: Tensor, factor: Tensor) -> Tensor:
    """Return `maps * factor`.

    Args:
        maps: `(batch, ..., channels)`.
        factor: `(channels,)`.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, factor: Tensor) -> Any:
        return maps * factor, lambda upstream: (scale(upstream, factor), _total(upstream * maps))

    scaled: Tensor = forward(maps, factor) if in_two_steps() else maps * factor
    return scaled


def _total(maps: Tensor) -> Tensor:
    """Return the sum of each channel."""
    number = tf.cast(tf.size(maps) / maps.shape[-1], maps.dtype)
    return tf.reshape(mean(maps, range(maps.shape.rank - 1)), [-1]) * number
