import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.layers import inputs


@pytest.mark.parametrize(
    ("given", "wide"),
    [("float16", "float32"), ("bfloat16", "float32"), ("float32", "float32"), ("float64", "float64")],
)
def test_at_least_float32(given, wide):
    assert inputs.at_least_float32(tf.zeros(2, given)).dtype == wide


def test_channels():
    assert inputs.check_channels((None, None, None, 3)) == 3
    assert inputs.check_channels([None, 5], ranks=(2, 4)) == 5


@pytest.mark.parametrize("bad", [(None, 3), (None, 4, 3), (None, 4, 4, None), (None, 2, 4, 4, 3)])
def test_what_are_no_images(bad):
    with pytest.raises(
        InputError, match=r"`inputs` must be images \(batch, height, width, channels\).*Received: shape="
    ):
        inputs.check_channels(bad)


def test_with_labels():
    assert inputs.check_with_labels([[None, 4, 4, 3], [None]]) == (None, 4, 4, 3)
    assert inputs.check_with_labels([(8, 3), (8, 1)]) == (8, 3)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ((None, 3), r"`inputs` must be \[features, labels\]\. Received: shape="),
        ([(None, 3)], r"`inputs` must be \[features, labels\]\. Received: shape="),
        ([(None,), (None,)], r"The features must be .* Received: shape=\(None,\)"),
        ([(None, None), (None,)], r"The features must be .* Received: shape=\(None, None\)"),
        ([(None, 3), (None, 2)], r"The labels must be \(batch,\) or \(batch, 1\)\. Received: shape=\(None, 2\)"),
    ],
)
def test_what_has_no_labels(bad, message):
    with pytest.raises(InputError, match=message):
        inputs.check_with_labels(bad)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_labels(dtype, shape):
    labels = inputs.class_labels(tf.reshape(tf.constant([2, 0, 1], dtype), shape))
    assert labels.dtype == "int32"
    assert_array_equal(labels, [2, 0, 1])


def test_labels_are_integers():
    with pytest.raises(InputError, match=r"The labels must be integers\. Received: dtype=float32"):
        inputs.class_labels(tf.constant(np.zeros(3, "float32")))


def test_kernels_begin_at_random():
    assert isinstance(inputs.random_initializer("kernel_initializer", "he_normal"), keras.initializers.HeNormal)
    with pytest.raises(InputError, match=r"must draw random .* Received: kernel_initializer='zeros'"):
        inputs.random_initializer("kernel_initializer", "zeros")
