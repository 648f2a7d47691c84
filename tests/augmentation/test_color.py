import math

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.augmentation import color
from tests.reference import augmentation as reference

RED, GREEN, BLUE = np.eye(3)
PIXEL = np.array([0.5, -0.25, 0.0])  # its grey is 1/12


def mapped(colors, pixel):
    image = tf.constant(np.reshape(pixel, (1, 1, 1, -1)), tf.float32)
    return color.recolor(image, colors).numpy().ravel()


def of(member, value):
    return member(tf.constant([value], tf.float32))


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        (color.brightness, 0.2, [0.7, -0.05, 0.2]),
        (color.contrast, 2.0, [1.0, -0.5, 0.0]),
        (color.contrast, 0.0, [0.0, 0.0, 0.0]),
        (color.luma_flip, 1.0, PIXEL - 1 / 6),
        (color.luma_flip, 0.0, PIXEL),
        (color.saturation, 0.0, [1 / 12] * 3),
        (color.saturation, 3.0, 1 / 12 + 3 * (PIXEL - 1 / 12)),
        (color.hue, 0.0, PIXEL),
        (color.hue, math.pi, 1 / 6 - PIXEL),
        (color.hue, 2 * math.pi / 3, [0.0, 0.5, -0.25]),
    ],
)
def test_numbers_by_hand(member, value, expected):
    assert_allclose(mapped(of(member, value), PIXEL), expected, atol=1e-6)


def test_a_third_of_a_turn_takes_red_to_green():
    third = of(color.hue, 2 * math.pi / 3)
    for pixel, expected in [(RED, GREEN), (GREEN, BLUE), (BLUE, RED)]:
        assert_allclose(mapped(third, pixel), expected, atol=1e-6)


@pytest.mark.parametrize("angle", [-3.0, -0.4, 0.1, 1.0, 2.5])
def test_hue_is_the_rotation_about_the_greys(angle):
    matrix = of(color.hue, angle)[0].numpy()
    assert_allclose(matrix[:3, :3], reference.hue(angle), atol=1e-6)
    assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-6)
    assert_allclose(np.linalg.det(matrix), 1, rtol=1e-6)
    assert_allclose(mapped(of(color.hue, angle), [0.3] * 3), [0.3] * 3, rtol=1e-6)


@pytest.mark.parametrize("member", [color.brightness, color.contrast, color.luma_flip, color.hue, color.saturation])
def test_maps_keep_the_one(member):
    assert_allclose(of(member, 0.3)[0, 3], [0, 0, 0, 1], atol=1e-7)


def test_each_image_has_its_map():
    images = np.random.default_rng(0).uniform(-1, 1, (2, 3, 4, 3)).astype("float32")
    changed = color.recolor(images, color.brightness(tf.constant([0.0, 0.5])))
    assert_allclose(changed, images + np.reshape([0.0, 0.5], (2, 1, 1, 1)), atol=1e-6)


def test_a_grey_image_is_a_colour_image_of_equal_channels():
    random = np.random.default_rng(0)
    grey = random.uniform(-1, 1, (5, 3, 4, 1)).astype("float32")
    colors = any_maps(random)
    assert_allclose(
        np.repeat(color.recolor(grey, colors), 3, axis=3), color.recolor(np.repeat(grey, 3, axis=3), colors), atol=1e-5
    )


def any_maps(random):
    def drawn(member):
        return member(tf.constant(random.normal(size=5), tf.float32))

    product = drawn(color.brightness)
    for member in (color.contrast, color.luma_flip, color.hue, color.saturation, color.brightness):
        product = tf.matmul(drawn(member), product)
    return product


@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_stays(channels):
    images = np.random.default_rng(0).uniform(-1, 1, (5, 3, 4, channels)).astype("float32")
    colors = color.brightness(tf.fill([5], 0.3)) @ color.hue(tf.fill([5], 1.0))
    changed = color.recolor(images, colors).numpy()
    np.testing.assert_array_equal(changed[..., -1], images[..., -1])
    np.testing.assert_array_equal(changed[..., :-1], color.recolor(images[..., :-1], colors))
    assert not np.allclose(changed, images)
