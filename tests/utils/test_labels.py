import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.utils.labels import check_classes, check_vectors, range_of_classes


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_classes(dtype):
    given = check_classes("`y`", np.array([0, 2, 1], dtype), 3, 3)
    assert_array_equal(given, [0, 2, 1])
    assert given.dtype == np.int32
    assert check_classes("`y`", np.zeros(0, dtype), 0).shape == (0,)


@pytest.mark.parametrize(
    ("labels", "num_classes", "message"),
    [
        ([0, 1], 3, "must be integers of shape (3,), one a sample. Received: dtype int64 and shape (2,)"),
        ([[0], [1], [2]], 3, "must be integers of shape (3,), one a sample. Received: dtype int64 and shape (3, 1)"),
        ([0.0, 1.0, 2.0], 3, "must be integers of shape (3,), one a sample. Received: dtype float64 and shape (3,)"),
        ([True, False, True], None, "must be integers of shape (3,), one a sample. Received: dtype bool"),
        ([0, 1, 3], 3, "must be in 0..2, because num_classes=3. Received: labels from 0 to 3"),
        ([-1, 1, 2], 3, "must be in 0..2, because num_classes=3. Received: labels from -1 to 2"),
        ([-1, 1, 2], None, "must be in 0..1048575. Received: labels from -1 to 2"),
        ([0, 1, 2**40], None, "must be in 0..1048575. Received: labels from 0 to 1099511627776"),
        ([0, [1], 2], 3, "must be an array. Received: list"),
    ],
)
def test_what_are_no_classes(labels, num_classes, message):
    with pytest.raises(InputError, match=f"^`y` {re.escape(message)}"):
        check_classes("`y`", labels, 3, num_classes)


def test_the_range_is_told_alike_in_a_graph():
    assert range_of_classes("Labels", 3) == "Labels must be in 0..2, because num_classes=3. Received: labels from"


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "bool"])
def test_vectors(dtype):
    rows = np.array([[0, 1], [1, 0], [1, 1]], dtype)
    for dim in (None, 2):
        given = check_vectors("`y`", rows, 3, dim)
        assert_array_equal(given, rows)
        assert given.dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "dim", "message"),
    [
        ([0, 1, 2], None, "must be vectors of shape (3, k), one a sample. Received: dtype int64 and shape (3,)"),
        ([[0.0], [1.0]], None, "must be vectors of shape (3, k), one a sample. Received: dtype float64 and shape (2,"),
        (
            [[0.0]] * 3,
            2,
            "must be vectors of shape (3, 2), one a sample, because condition_dim=2. Received",
        ),
        (np.zeros((3, 0)), None, "must be vectors of shape (3, k), one a sample. Received: dtype float64 and shape"),
        ([["a"]] * 3, 1, "must be vectors of real numbers. Received: dtype <U1"),
        ([[0.0], [np.nan], [0.0]], 1, "must be finite as float32. Received: a NaN or an infinity in y[1]"),
        ([[0.0], [0.0], [1e300]], None, "must be finite as float32. Received: a NaN or an infinity in y[2]"),
    ],
)
def test_what_are_no_vectors(labels, dim, message):
    with pytest.raises(InputError, match=f"^`y` {re.escape(message)}"):
        check_vectors("`y`", labels, 3, dim)
