import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.utils.images import grid, normalize, to_pil, to_uint8

EVERY = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


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


def test_a_grid_by_hand():
    images = np.arange(1, 6, dtype=np.uint8).reshape(5, 1, 1, 1)
    assert_array_equal(grid(images, columns=2, gap=1)[..., 0], [[1, 0, 2], [0, 0, 0], [3, 0, 4], [0, 0, 0], [5, 0, 0]])
    assert_array_equal(grid(images, gap=0)[..., 0], [[1, 2, 3], [4, 5, 0]], "about square")
    assert_array_equal(grid(images[:1], gap=9)[..., 0], [[1]], "no margin around")


def test_a_grid_keeps_the_orientation_of_the_images():
    images = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.uint8)[..., None]
    assert_array_equal(grid(images, columns=2, gap=1)[..., 0], [[1, 2, 0, 5, 6], [3, 4, 0, 7, 8]])
    assert_array_equal(grid(images, columns=1, gap=0)[..., 0], [[1, 2], [3, 4], [5, 6], [7, 8]])


def test_scale_makes_squares_and_leaves_the_gap():
    images = np.array([1, 2], np.uint8).reshape(2, 1, 1, 1)
    assert_array_equal(grid(images, columns=2, gap=1, scale=2)[..., 0], [[1, 1, 0, 2, 2]] * 2)


def test_colours_stay_together():
    image = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    assert_array_equal(grid(image), image[0])


@pytest.mark.parametrize(
    "bad",
    [np.zeros((1, 2, 2, 1), np.float32), np.zeros((2, 2, 1), np.uint8), np.zeros((0, 2, 2, 1), np.uint8)],
    ids=["float", "rank 3", "none"],
)
def test_a_grid_refuses(bad):
    with pytest.raises(InputError, match=r"`images` must be uint8 of shape .* Received: images of dtype .* and shape "):
        grid(bad)


@pytest.mark.parametrize(("channels", "kind"), [(1, "L"), (3, "RGB")])
def test_pillow_sees_the_same_pixels(channels, kind):
    image = np.repeat(EVERY[0], channels, axis=-1)
    picture = to_pil(image)
    assert picture.mode == kind
    assert_array_equal(np.asarray(picture).reshape(image.shape), image)
