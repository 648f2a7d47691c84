"""Our step with layers as they are usually written: kernels for each sample, and TensorFlow's convolution in groups.

On CPUs TensorFlow has gradients of convolutions in groups under XLA alone.
"""

from unittest import mock

import numpy as np
import tensorflow as tf

from keras_gan.layers import ModulatedConv2D
from keras_gan.layers.resample import Filter, filtered
from keras_gan.ops import grouped_convolution
from sides.large_games import Ours

TAPS = np.array([1.0, 3.0, 3.0, 1.0]) / 4.0


def modulated(layer, inputs):
    """Return what `ModulatedConv2D` does, by a convolution in as many groups as there are samples."""
    maps, styles = inputs
    batch, (height, width) = tf.shape(maps)[0], maps.shape[1:3]
    size, _, channels, filters = layer.kernel.shape
    kernel = layer.kernel.value[None] * layer.affine(styles)[:, None, None, :, None]
    kernel /= (size * size * channels) ** 0.5
    if layer.demodulate:
        kernel *= tf.math.rsqrt(tf.reduce_sum(kernel**2, axis=(1, 2, 3), keepdims=True) + 1e-8)
    around, padding = 0, "SAME"
    if layer.upsample:  # zeros between the pixels, and a border for what the filter takes
        spread = tf.pad(maps[:, :, None, :, None], [[0, 0], [0, 0], [0, 1], [0, 0], [0, 1], [0, 0]])
        height, width, around, padding = 2 * height, 2 * width, 2, "VALID"
        maps = tf.reshape(spread, (batch, height, width, channels))[:, :-1, :-1]
        kernel = tf.reverse(kernel, (1, 2))
        maps = tf.pad(maps, [[0, 0], [around, around], [around, around], [0, 0]])
    sides = tf.shape(maps)[1:3]
    maps = tf.reshape(tf.transpose(maps, (1, 2, 0, 3)), (1, *tf.unstack(sides), batch * channels))
    kernels = tf.reshape(tf.transpose(kernel, (1, 2, 3, 0, 4)), (size, size, channels, batch * filters))
    made = tf.nn.conv2d(maps, kernels, 1, padding)
    sides = tf.unstack(tf.shape(made)[1:3])
    made = tf.transpose(tf.reshape(made, (*sides, batch, filters)), (2, 0, 1, 3))
    made.set_shape((None, height + layer.upsample, width + layer.upsample, filters))
    return (filtered(made, Filter(TAPS, (1, 1))) if layer.upsample else made) + layer.bias


class PlainKeras(Ours):
    """keras_gan's step under XLA, with those layers."""

    def __init__(self, game, side, data):
        super().__init__(game, side, data, jit_compile=True)

    def step(self):
        """Take a step; the first one traces it."""
        with (
            mock.patch.object(ModulatedConv2D, "call", modulated),
            mock.patch.object(
                grouped_convolution, "convolve", lambda maps, kernel, _: tf.nn.conv2d(maps, kernel, 1, "SAME")
            ),
        ):
            return super().step()
