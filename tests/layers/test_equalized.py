import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import EqualizedConv2D, EqualizedDense


def test_dense_by_hand():
    layer = EqualizedDense(1, initial_bias=0.5, learning_rate_multiplier=0.1)
    layer.build((None, 4))
    layer.kernel.assign([[10.0], [20.0], [30.0], [40.0]])
    assert_allclose(layer.bias, 5.0, rtol=1e-6)
    # (10 + 20 + 30 + 40) * 0.1 / sqrt(4) + 5 * 0.1
    assert_allclose(layer(np.ones((1, 4), "float32")), [[5.5]], rtol=1e-6)


@pytest.mark.parametrize("multiplier", [1.0, 0.01])
def test_unit_variance_in_and_out(multiplier):
    layer = EqualizedDense(500, learning_rate_multiplier=multiplier, seed=0)
    x = np.random.default_rng(0).normal(size=(400, 300)).astype("float32")
    assert_allclose(np.var(layer(x)), 1.0, rtol=0.05)
    assert_allclose(np.std(layer.kernel), 1.0 / multiplier, rtol=0.02)


def test_a_convolution_against_numpy():
    layer = EqualizedConv2D(2, 3, padding="valid", seed=0)
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 4)).astype("float32")
    output = np.asarray(layer(x))
    layer.bias.assign([1.0, -1.0])
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))  # (b, 3, 4, c, 3, 3)
    expected = np.einsum("bhwcij,ijco->bhwo", windows, np.asarray(layer.kernel, "float64")) / 6  # sqrt(9 * 4)
    assert_allclose(output, expected, atol=1e-5)
    assert_allclose(layer(x), expected + np.array([1.0, -1.0]), atol=1e-5)


def test_the_step_of_an_optimizer_is_scaled_too():
    """The gradient by a weight is the constant times that by the weight which is used."""
    layer = EqualizedDense(1, use_bias=False)
    layer.build((None, 100))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(tf.ones((1, 100))))
    assert_allclose(tape.gradient(value, layer.kernel.value), np.full((100, 1), 0.1), rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "arguments", "name"),
    [
        (EqualizedDense, {"units": 0}, "units"),
        (EqualizedDense, {"units": 1, "learning_rate_multiplier": 0.0}, "learning_rate_multiplier"),
        (EqualizedDense, {"units": 1, "initial_bias": "1"}, "initial_bias"),
        (EqualizedDense, {"units": 1, "seed": -1}, "seed"),
        (EqualizedConv2D, {"filters": 2.0, "kernel_size": 3}, "filters"),
        (EqualizedConv2D, {"filters": 2, "kernel_size": 0}, "kernel_size"),
    ],
)
def test_bad_arguments(make, arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        make(**arguments)
