import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.layers import ReflectionPadding2D


def test_by_hand():
    row = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    assert_array_equal(np.ravel(ReflectionPadding2D((0, 2))(row)), [3, 2, 1, 2, 3, 2, 1])


@pytest.mark.parametrize(
    ("padding", "pairs"),
    [
        (0, ((0, 0), (0, 0))),
        (3, ((3, 3), (3, 3))),
        ((1, 2), ((1, 1), (2, 2))),
        ([[1, 2], [0, 4]], ((1, 2), (0, 4))),
        ((1, (0, 4)), ((1, 1), (0, 4))),
    ],
)
def test_against_numpy(padding, pairs):
    x = np.random.default_rng(0).normal(size=(2, 4, 5, 3)).astype("float32")
    assert_array_equal(ReflectionPadding2D(padding)(x), np.pad(x, ((0, 0), *pairs, (0, 0)), mode="reflect"))
    assert_array_equal(
        ReflectionPadding2D(padding)(x)[:, pairs[0][0] :, pairs[1][0] :][:, :4, :5], x, err_msg="the image stays"
    )


def test_the_gradient_counts_how_often_a_pixel_is_shown():
    x = tf.constant(np.zeros((1, 1, 3, 1), "float32"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(ReflectionPadding2D((0, 2))(x))
    assert_array_equal(np.ravel(tape.gradient(value, x)), [2, 3, 2])


@pytest.mark.parametrize("bad", [-1, 1.5, "1", None, (1,), (1, 2, 3), ((1, 2), (3,)), True, ((1, 2), (3, -1))])
def test_bad_arguments(bad):
    with pytest.raises(InputError, match=r"`padding` must be .*Received: padding="):
        ReflectionPadding2D(bad)


def test_there_must_be_enough_to_mirror():
    assert ReflectionPadding2D(3)(keras.Input((4, 4, 1))).shape == (None, 10, 10, 1)
    with pytest.raises(InputError, match=r"`padding` must be smaller than the side, 4.* Received: padding=\(0, 4\)"):
        ReflectionPadding2D((0, 4))(keras.Input((5, 4, 1)))
    with pytest.raises(InputError, match=r"`inputs` must be images"):
        ReflectionPadding2D()(keras.Input((5, 4)))
