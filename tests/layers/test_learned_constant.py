import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import LearnedConstant


def test_every_row_is_the_constant():
    layer = LearnedConstant((2, 3, 4), seed=1)
    output = layer(tf.ones((5, 7)))
    assert output.shape == (5, 2, 3, 4)
    for row in output:
        assert_array_equal(row, layer.constant)


def test_its_gradient_is_the_sum_over_the_rows():
    layer, upstream = LearnedConstant((2, 2)), np.random.default_rng(0).normal(size=(3, 2, 2)).astype("float32")
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(tf.ones((3, 1))) * upstream)
    assert_allclose(tape.gradient(value, layer.constant.value), upstream.sum(0), rtol=1e-5)


@pytest.mark.parametrize("shape", [(), (0, 4), (4.0,), "44", (1,) * 5, None])
def test_bad_arguments(shape):
    with pytest.raises(InputError, match=r"`shape` must be .*Received: shape="):
        LearnedConstant(shape)
