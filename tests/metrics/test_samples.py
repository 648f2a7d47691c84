import re
import warnings

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.metrics import SlicedWasserstein
from keras_gan.metrics.samples import as_samples, check_count, check_features, check_labels


def test_images_are_rounded_as_if_saved():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    for images in (levels, levels / 127.5 - 1, tf.constant(levels / 127.5 - 1 + 0.003, tf.float32)):
        assert_array_equal(as_samples("real", np.clip(images, -1, 1) if images is not levels else images), levels)
    assert_array_equal(as_samples("fake", np.float32([[[[-3.0], [3.0]]]])).ravel(), [0, 255])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int32", "int64", "bool"])
def test_vectors_stay_what_they_are(dtype):
    points = np.array([[1e300 if dtype == "float64" else 1, 2**30 + 1 if dtype[:3] == "int" else 7]], dtype)
    checked = as_samples("fake", points)
    assert_array_equal(checked, points)
    assert checked.dtype == ("float64" if "64" in dtype or dtype == "int32" else "float32")


@pytest.mark.parametrize("shape", [(5, 3, 2), (5, 2, 3, 2, 1)])
def test_sequences_and_volumes_are_compared_as_vectors(shape):
    rows = np.random.default_rng(0).normal(size=shape).astype("float32")
    assert_array_equal(as_samples("real", rows), rows)
    metric, flat = SlicedWasserstein(), SlicedWasserstein()
    metric.update_state(rows, rows + 1.0)
    flat.update_state(rows.reshape(5, -1), rows.reshape(5, -1) + 1.0)
    assert metric.result() == flat.result() > 0.0


@pytest.mark.parametrize("low", [0.0, -1.0])
@pytest.mark.parametrize("high", [1.0, 255.0])
def test_what_seems_to_be_of_another_range_is_told_of(low, high):
    images = np.linspace(low, high, 16, dtype=np.float32).reshape(1, 4, 4, 1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        as_samples("fake", images)
    assert len(told) == (0 if (low, high) == (-1.0, 1.0) else 1)
    assert all(
        re.match(r"`samples` should be images in \[-1, 1\].*Received: fake samples from", str(t.message)) for t in told
    )
    assert all(t.filename == __file__ for t in told)


@pytest.mark.parametrize("values", [(0.0, 0.0), (0.5, 1.0), (-0.01, 1.0), (0.0, 0.3), (-7.0, 7.0)])
def test_what_generators_give_is_not_told_of(values):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        as_samples("fake", np.float32([[[[values[0]], [values[1]]]]]))


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.full((1, 2, 2, 1), 255.0), r"images in \[-1, 1\] if they are floats.*from 255 to 255"),
        (np.full((1, 2, 2, 1), np.nan), "finite"),
        (np.full((1, 2), np.inf), "finite"),
        (np.zeros((1, 2, 2, 1), np.int64), "Received: real samples of int64"),
        (np.zeros(2), r"shape \(2,\)"),
        (np.zeros((1, 1, 1, 1, 1, 1)), r"shape \(1, 1, 1, 1, 1, 1\)"),
        (np.zeros((2, 2), complex), "Received: real samples of complex128"),
        ([["a", "b"]], "Received: real samples of <U1"),
        ([[1, 2], [3]], r"an array. Received: list \(setting an array"),
    ],
)
def test_what_is_refused(samples, message):
    with pytest.raises(InputError, match=f"`samples` must be.*{message}"):
        as_samples("real", samples)


def test_labels():
    assert check_labels([1, 0, 2], 3).dtype == np.int32
    assert check_labels([[1], [0], [2]], 3).dtype == np.float32
    with pytest.raises(InputError, match="`labels` must be an array"):
        check_labels([1, [2], 3], 3)
    for wrong in ([1, 2], [0.0, 1.0, 2.0]):
        with pytest.raises(InputError, match=r"`labels` must be integers of shape \(3,\)"):
            check_labels(wrong, 3)
    with pytest.raises(InputError, match=r"`labels` must be in 0\.\.\d+\. Received: labels from -1 to 2"):
        check_labels([0, -1, 2], 3)
    with pytest.raises(InputError, match=r"`labels` must be vectors of shape \(3, k\)"):
        check_labels([[1], [2]], 3)
    with pytest.raises(InputError, match=r"`labels` must be finite as float32\. Received: .* labels\[1\]"):
        check_labels([[1.0], [np.nan], [0.0]], 3)


def test_features():
    check_features("real", np.zeros((2, 3)), None)
    check_features("real", np.zeros((2, 3)), (3,))
    check_features("real", np.zeros((0, 4)), (3,))
    with pytest.raises(InputError, match=r"finite features\. Received: a NaN or an infinity \(fake side\)"):
        check_features("fake", np.array([[np.inf]]), None)
    with pytest.raises(InputError, match=r"of one shape, \(3,\)\. Received: shape \(4,\)"):
        check_features("fake", np.zeros((2, 4)), (3,))


@pytest.mark.parametrize(
    ("count", "least", "limit", "wanted"),
    [
        (1, 2, None, "at least 2"),
        (1, 2, 1, "at least 2"),
        (9, 2, 10, "10"),
        (0, 2, 10, "10"),
        (0, 1, None, "at least 1"),
    ],
)
def test_too_few(count, least, limit, wanted):
    with pytest.raises(InputError, match=f"`update_real` must bring {wanted} samples to 'fid'. Received: {count}"):
        check_count("fid", "real", count, least, limit)


@pytest.mark.parametrize(("count", "least", "limit"), [(2, 2, None), (10, 2, 10), (0, 0, 10), (0, 0, None)])
def test_enough(count, least, limit):
    check_count("fid", "real", count, least, limit)
