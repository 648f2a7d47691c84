"""Batch normalization over the whole batch, wherever its rows are."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan import distribution
from keras_gan.ops import channels, platform
from keras_gan.types import Tensor
from keras_gan.utils.keras_private import OpenBatchNormalization
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError

_MINIMUM = 1.001e-5  # a smaller epsilon the GPU's fused kernel refuses


@register
class BatchNormalization(OpenBatchNormalization):
    """Keras's batch normalization, with the statistics of the global batch where several replicas share it.

    On several replicas the statistics are one reduction a layer, of the mean and the variance of each replica's (equal)
    share in float32 or wider, so that a large mean costs no digits of the variance; Keras's `synchronized` takes three,
    of sums about 0, and is not needed here. They are differentiable twice, which Keras's are not (TensorFlow takes the
    mean in its variance for a constant): a gradient penalty needs that, also on one replica. The arguments are Keras's.

    Images in float32 go through TensorFlow's fused kernel on one GPU without XLA. On CPUs, where that kernel adds up
    one number after another and loses digits of which deep networks make large differences, they are normalized by sums
    that are exact to rounding; under XLA these use all cores.

    Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1.

    Raises:
        InputError: the inputs have a mask.

    Example:
    ```python
    y = keras_gan.layers.BatchNormalization(momentum=0.9)(keras.Input((4, 4, 32)))
    ```
    """

    is_global = True

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        """Return the inputs, normalized."""
        # One of three ways: Keras's, with `moments` from here, for all but float32 images in training; of those on a
        # GPU the fused kernel, on CPUs sums by channels.
        if not training or not self.trainable or mask is not None or not self._is_plain(inputs):
            return super().call(inputs, training=training, mask=mask)
        scale = tf.ones(inputs.shape[-1]) if self.gamma is None else tf.convert_to_tensor(self.gamma.value)
        offset = tf.zeros(inputs.shape[-1]) if self.beta is None else tf.convert_to_tensor(self.beta.value)
        normalize = self._fused if platform.has_gpu() else self._by_channels
        outputs, mean, variance = normalize(inputs, scale, offset)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + new * (1.0 - self.momentum))
        return outputs

    def _fused(self, inputs: Tensor, scale: Tensor, offset: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs, scale=scale, offset=offset, mean=[], variance=[], epsilon=self.epsilon
        )
        rows = tf.cast(tf.size(inputs) / inputs.shape[-1], tf.float32)
        return outputs, mean, variance * ((rows - 1.0) / rows)  # it gives the estimate of the whole population's

    def _by_channels(self, inputs: Tensor, scale: Tensor, offset: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, variance = self.moments(inputs, None)
        factor = scale * tf.math.rsqrt(variance + self.epsilon)
        return channels.normalize(inputs, mean, factor, offset), mean, variance

    def _is_plain(self, inputs: Tensor) -> bool:
        if not tf.is_tensor(inputs) or inputs.dtype != tf.float32:
            return False
        maps = inputs.shape.rank == 4 and self.axis in (-1, 3) and inputs.shape[-1] and not self.renorm
        if not maps or {self.compute_dtype, self.variable_dtype} != {"float32"}:
            return False
        # On a GPU XLA needs no help, and the fused kernel knows of one replica alone.
        fit_for_gpu = self.epsilon >= _MINIMUM and not platform.under_xla() and distribution.is_alone()
        return fit_for_gpu or not platform.has_gpu()

    def moments(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the mean and the variance of each channel, over all replicas."""
        if mask is not None:
            raise InputError("`BatchNormalization` takes no mask. Received: inputs with one")
        mean, variance = _mean_and_variance(inputs, self.reduction_axes)
        if distribution.is_alone():
            return mean, variance
        # Mean and variance of each replica, and not sums about 0, whose difference loses the digits that they share.
        # The shares are equal, so that all weigh the same.
        means, variances = tf.unstack(distribution.of_each_replica(tf.stack([mean, variance])), axis=1)
        whole = tf.reduce_mean(means, axis=0)
        return whole, tf.reduce_mean(variances + tf.square(means - whole), axis=0)


def _mean_and_variance(x: Tensor, axes: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return the mean and the variance over `axes`, without these.

    The variance does not change with the mean, since the distances from it add up to 0. TensorFlow's gradient adds them
    up; this one leaves them out, and is itself differentiated in full.
    """

    @tf.custom_gradient
    def forward(x: Tensor) -> Any:
        mean = channels.mean(x, axes)
        variance = tf.squeeze(channels.mean(tf.math.squared_difference(x, mean), axes), axes)

        def backward(dmean: Tensor, dvariance: Tensor) -> Tensor:
            mean = channels.mean(x, axes)  # again, to be differentiated: a graph computes it once
            each = tf.cast(tf.size(x) / tf.size(mean), x.dtype)
            return (tf.reshape(dmean, tf.shape(mean)) + 2.0 * tf.reshape(dvariance, tf.shape(mean)) * (x - mean)) / each

        return (tf.reshape(mean, tf.shape(variance)), variance), backward

    moments: tuple[Tensor, Tensor] = forward(x)
    return moments
