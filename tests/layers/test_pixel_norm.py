import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import PixelNorm


def test_by_hand():
    """The mean square of (3, 4) is 12.5; of (2, -2) it is 4."""
    x = np.array([[[[3.0, 4.0], [2.0, -2.0]]]])
    assert_allclose(PixelNorm()(x), [[[[3 / 12.5**0.5, 4 / 12.5**0.5], [1, -1]]]], rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 8), (3, 5, 8), (3, 4, 5, 8)])
def test_against_numpy(shape):
    x = np.random.default_rng(0).normal(size=shape)
    expected = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 0.1)
    assert_allclose(PixelNorm(0.1)(x), expected, rtol=1e-5)


def test_the_scale_of_the_input_does_not_matter():
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 8))
    assert_allclose(PixelNorm()(1000 * x), PixelNorm()(x), rtol=1e-5)
    assert_allclose(np.mean(np.square(PixelNorm()(x)), axis=-1), 1, rtol=1e-5)


def test_the_gradient_is_orthogonal_to_the_pixel():
    x = tf.constant(np.random.default_rng(0).normal(size=(2, 3, 3, 8)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(PixelNorm(dtype="float64")(x)[..., 0])
    assert_allclose(tf.reduce_sum(tape.gradient(value, x) * x, axis=-1), np.zeros((2, 3, 3)), atol=1e-6)


def test_squares_that_float16_cannot_hold():
    x = tf.constant([[1e4, -3e4]], tf.float16)
    assert_allclose(PixelNorm(dtype="mixed_float16")(x), [[1 / 5**0.5, -3 / 5**0.5]], rtol=1e-3)


@pytest.mark.parametrize("bad", [0.0, -1e-8, "small", None])
def test_bad_arguments(bad):
    with pytest.raises(InputError, match=r"`epsilon` must be .*Received: epsilon="):
        PixelNorm(bad)
