"""Batch normalization over the whole batch, wherever its rows are."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


@register
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization, with the statistics of the global batch where several replicas share it.

    On one replica it is `keras.layers.BatchNormalization`. On several the statistics are one reduction a layer, in
    float32, sums about the moving mean, so that a large mean costs no digits of the variance; Keras's `synchronized`
    takes three, about 0, and is not needed here. The arguments are Keras's.

    Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1.

    Example:
    ```python
    y = keras_gan.layers.BatchNormalization(momentum=0.9)(keras.Input((4, 4, 32)))
    ```
    """

    is_global = True

    def _moments(self, inputs: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
        if mask is not None or distribution.num_replicas() == 1:
            moments: tuple[Tensor, Tensor] = super()._moments(inputs, mask)
            return moments
        mean, variance = tf.nn.moments(inputs, self._reduction_axes)
        shift = tf.stop_gradient(tf.cast(self.moving_mean.value, mean.dtype))
        sums = tf.stack([mean - shift, variance + tf.square(mean - shift)])
        first, second = tf.unstack(distribution.global_mean(sums[None], axis=0))
        return first + shift, tf.maximum(second - tf.square(first), 0.0)
