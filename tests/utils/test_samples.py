import re

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.utils.samples import as_array, check_finite, check_samples, extent, fits, is_floating, wanted

IMAGES = np.zeros((2, 4, 4, 3), "float32")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16"])
def test_what_is_taken(dtype):
    check_samples("Samples", tf.cast(IMAGES, dtype), (4, None, 3), is_image=True)
    check_samples("Samples", tf.zeros((3, 7), dtype) + 300.0, (7,), is_image=False)
    check_samples("Samples", IMAGES.astype("uint8"), (4, 4, 3), is_image=True)
    check_samples("Samples", tf.cast(IMAGES, dtype) - 3.0, (4, 4, 3), is_image=True, generated=True)


@pytest.mark.parametrize(
    ("samples", "is_image", "message"),
    [
        (IMAGES[..., :1], True, "must have the shape that it takes, (batch, any, 4, 3). Received: shape (2, 4, 4, 1)"),
        (IMAGES[0], True, "must have the shape that it takes, (batch, any, 4, 3). Received: shape (4, 4, 3)"),
        (IMAGES[:, :0], True, "must have the shape that it takes, (batch, any, 4, 3). Received: shape (2, 0, 4, 3)"),
        (IMAGES[:0], True, "must not be empty. Received: 0 samples"),
        (IMAGES.astype("uint8"), False, "must be floating point. Received: dtype uint8"),
        (IMAGES.astype("int64"), True, "must be uint8 in 0..255 or floating point in [-1, 1]. Received: dtype int64"),
        (IMAGES + np.nan, True, "must be finite. Received: NaN or infinity among the values"),
        (IMAGES - np.inf, False, "must be finite. Received: NaN or infinity among the values"),
        (IMAGES.astype("float64") + 1e300, False, "must be finite. Received: NaN or infinity among the values"),
        (IMAGES + 1.01, True, "must be finite and in [-1, 1] if they are floating point"),
    ],
)
def test_what_is_refused(samples, is_image, message):
    with pytest.raises(InputError, match=f"^`x` {re.escape(message)}"):
        check_samples("`x`", samples, (None, 4, 3), is_image, whose="it takes")


def test_one_bad_value_is_found_in_any_block():
    many = np.zeros((2500, 2), "float32")
    many[2300, 1], many[5, 0] = 7.0, -3.0
    assert extent(many) == (-3.0, 7.0)
    many[2499] = np.nan
    assert np.isnan(extent(many)).all()


def test_shapes():
    assert fits((4, 5), (None, 5))
    assert not fits((4, 5), (5, 5))
    assert not fits((4,), (4, 4))
    assert wanted("Samples", (None, 3)) == "Samples must have the shape (batch, any, 3). Received: shape"


def test_floating_types():
    assert is_floating(np.dtype("float16"))
    assert is_floating(np.dtype(tf.bfloat16.as_numpy_dtype))
    assert not is_floating(np.dtype("int8"))
    assert not is_floating(np.dtype(bool))


def test_the_row_that_is_not_finite_is_told():
    check_finite("`x`", np.float64([[3e38], [-3e38]]))
    for value in (np.nan, -np.inf, 1e39):
        with pytest.raises(InputError, match=r"^`x` must be finite as float32\. Received: .* infinity in x\[11\]$"):
            check_finite("`x`", np.float64([[0.0], [value]]), first=10)


def test_rows_of_different_lengths_are_no_array():
    assert_array_equal(as_array("`x`", [[1], [2]]), [[1], [2]])
    with pytest.raises(InputError, match=r"^`x` must be an array\. Received: list"):
        as_array("`x`", [[1], [2, 3]])
