import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.metrics.samples import check_labels, check_samples


def test_images_are_rounded_as_if_saved():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    for images in (levels, levels / 127.5 - 1, tf.constant(levels / 127.5 - 1 + 0.003, tf.float32)):
        assert_array_equal(check_samples("real", np.clip(images, -1, 1) if images is not levels else images), levels)
    assert_array_equal(check_samples("fake", np.float32([[[[-3.0], [3.0]]]])).ravel(), [0, 255])


def test_vectors_stay():
    points = np.array([[1e6, -2.0]])
    assert_array_equal(check_samples("real", points), points.astype(np.float32))
    assert check_samples("real", points).dtype == np.float32


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.full((1, 2, 2, 1), 255.0), r"images in \[-1, 1\] if they are floats.*from 255 to 255"),
        (np.full((1, 2, 2, 1), np.nan), "finite"),
        (np.full((1, 2), np.inf), "finite"),
        (np.zeros((1, 2, 2, 1), np.int64), "Received: real samples of int64"),
        (np.zeros((2, 2, 1)), r"shape \(2, 2, 1\)"),
    ],
)
def test_what_is_refused(samples, message):
    with pytest.raises(InputError, match=f"`samples` must be.*{message}"):
        check_samples("real", samples)


def test_labels():
    assert check_labels([1, 0, 2], 3).dtype == np.int32
    for wrong in ([1, 2], [[1], [2], [3]], [0.0, 1.0, 2.0], [0, -1, 2]):
        with pytest.raises(InputError, match=r"`labels` must be integers >= 0 of shape \(3,\)"):
            check_labels(wrong, 3)
