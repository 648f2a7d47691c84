import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.utils.uint8 import check_range, check_signed, eight_bits, normalize, to_uint8

EVERY = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def test_eight_bits():
    assert eight_bits(EVERY) is EVERY
    assert_array_equal(eight_bits(normalize(EVERY).numpy()), EVERY)


def test_normalize_by_hand():
    values = np.array([0, 51, 102, 255], np.uint8)
    assert_allclose(normalize(values), [-1, -0.6, -0.2, 1], atol=1e-7)
    assert normalize(values).dtype == tf.float32


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_floats_are_taken_as_they_are(kind):
    values = np.array([-1, -0.5, 0, 1], kind)
    assert_array_equal(normalize(values), values)
    assert normalize(values).dtype == tf.float32


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_all_256_values_come_back(kind):
    assert_array_equal(to_uint8(tf.cast(normalize(EVERY), kind)), EVERY)
    assert to_uint8(normalize(EVERY)).dtype == tf.uint8


def test_to_uint8_rounds_to_the_nearest_and_clips():
    levels = np.array([99.6, 100.4, 100.6, -3, 258, 1e9, -1e9], np.float32) / 127.5 - 1
    assert_array_equal(to_uint8(levels), [100, 100, 101, 0, 255, 255, 0])


@pytest.mark.parametrize(("low", "high"), [(-1.01, 0.0), (0.0, 1.01), (0.0, 255.0), (float("nan"), float("nan"))])
def test_what_leaves_the_range_is_refused(low, high):
    with pytest.raises(InputError, match=r"^`x` must be finite and in \[-1, 1\].*Received: values from"):
        check_range("`x`", low, high)
    check_range("`x`", -1.0009, 1.0009)  # what resizing leaves


def test_many_images_without_a_dark_pixel_are_refused_and_few_are_warned_of(recwarn):
    with pytest.raises(InputError, match=r"seem to be in \[0, 1\]"):
        check_signed("`x`", 0.3, 0.5, 16)
    check_signed("`x`", 0.3, 0.5, 15)
    check_signed("`x`", -0.1, 1.0, 16)
    check_signed("`x`", 0.0, 0.0, 16)  # black in one range, grey in the other: nothing can be said
    assert not recwarn
    with pytest.warns(UserWarning, match=r"seem to be in \[0, 1\]"):
        check_signed("`x`", 0.0, 1.0, 1)
