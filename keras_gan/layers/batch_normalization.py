"""Batch normalization over the whole batch, wherever its rows are."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization, with the statistics of the global batch where several replicas share it.

    On several replicas the statistics are one reduction a layer, in float32, sums about the moving mean, so that a
    large mean costs no digits of the variance; Keras's `synchronized` takes three, about 0, and is not needed here.
    They are differentiable twice, which Keras's are not (TensorFlow takes the mean in its variance for a constant): a
    gradient penalty needs that, also on one replica. The arguments are Keras's.

    Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1.

    Raises:
        InputError: the inputs have a mask.

    Example:
    ```python
    y = keras_gan.layers.BatchNormalization(momentum=0.9)(keras.Input((4, 4, 32)))
    ```
    """

    is_global = True

    def _moments(self, inputs: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
        if mask is not None:
            raise InputError("`BatchNormalization` takes no mask. Received: inputs with one")
        mean = tf.reduce_mean(inputs, self._reduction_axes, keepdims=True)
        variance = tf.reduce_mean(tf.square(inputs - mean), self._reduction_axes)
        mean = tf.reshape(mean, tf.shape(variance))
        if distribution.num_replicas() == 1:
            return mean, variance
        shift = tf.stop_gradient(tf.cast(self.moving_mean.value, mean.dtype))
        sums = tf.stack([mean - shift, variance + tf.square(mean - shift)])
        first, second = tf.unstack(distribution.global_mean(sums[None], axis=0))
        return first + shift, tf.maximum(second - tf.square(first), 0.0)
