import numpy as np
import pytest
import scipy.signal
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import grouped_convolution as grouped


def example(groups, inputs=3, outputs=2, side=5, size=3):
    generator = np.random.default_rng(0)
    maps = generator.normal(size=(2, side, side + 1, groups * inputs))
    return tf.constant(maps), tf.constant(generator.normal(size=(size, size, inputs, groups * outputs)))


def reference(maps, kernel, groups):
    """Each output as a sum of SciPy's correlations, in float64."""
    maps, kernel = maps.numpy(), kernel.numpy()
    inputs, outputs = kernel.shape[2], kernel.shape[3] // groups
    result = np.zeros((*maps.shape[:3], groups * outputs))
    for row, output in np.ndindex(len(maps), groups * outputs):
        for channel in range(inputs):
            seen = maps[row, :, :, output // outputs * inputs + channel]
            result[row, :, :, output] += scipy.signal.correlate(seen, kernel[:, :, channel, output], mode="same")
    return result


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("size", [1, 3])
def test_against_scipy(groups, size):
    maps, kernel = example(groups, size=size)
    assert_allclose(grouped.convolve(maps, kernel, groups), reference(maps, kernel, groups), atol=1e-12)


@pytest.mark.long
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("most", [1, 3, 48])
def test_the_gradients_are_those_of_one_convolution_a_group(jit_compile, most, monkeypatch):
    """Up to the second: TensorFlow's of convolutions without groups, put side by side."""
    monkeypatch.setattr(grouped, "_MOST_BLOCKS", most)
    groups = 6
    maps, kernel = example(groups)

    def side_by_side(maps, kernel, groups):
        parts = zip(tf.split(maps, groups, -1), tf.split(kernel, groups, -1), strict=True)
        return tf.concat([tf.nn.conv2d(seen, part, 1, "SAME") for seen, part in parts], -1)

    def derivatives(convolve):
        with tf.GradientTape() as outer:
            outer.watch([maps, kernel])
            with tf.GradientTape() as inner:
                inner.watch([maps, kernel])
                value = tf.reduce_sum(tf.tanh(convolve(maps, kernel, groups)))
            first = inner.gradient(value, [maps, kernel])
            penalty = sum(tf.reduce_sum(tf.sin(g)) for g in first)
        return [*first, *outer.gradient(penalty, [maps, kernel])]

    ours = tf.function(lambda: derivatives(grouped.convolve), jit_compile=jit_compile)()
    for value, expected in zip(ours, derivatives(side_by_side), strict=True):
        assert_allclose(value, expected, atol=1e-10)


def test_a_turned_kernel_turned_again_is_itself():
    _, kernel = example(4)
    assert_allclose(grouped.turned(grouped.turned(kernel, 4), 4), kernel)
