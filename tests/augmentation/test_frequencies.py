import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.augmentation import frequencies
from tests.reference import augmentation as reference


def response(frequency):
    """The frequency responses of the filters, `(4, n)`."""
    filters = frequencies.band_filters()
    taps = np.arange(filters.shape[1]) - filters.shape[1] // 2
    return filters @ np.exp(-1j * np.outer(taps, frequency))


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def test_the_bands_add_up_to_the_identity_and_are_symmetric():
    filters = frequencies.band_filters()
    assert filters.shape == (4, 43)
    assert_allclose(filters.sum(0), np.eye(43)[21], atol=1e-12)
    assert_allclose(filters, filters[:, ::-1], atol=1e-12)


def test_the_responses_are_those_of_daubechies():
    frequency = np.linspace(-np.pi, np.pi, 1001)
    assert_allclose(response(frequency), reference.band_responses(frequency), atol=1e-10)


@pytest.mark.parametrize("band", range(4))
def test_each_band_passes_its_octave_most(band):
    low, high = (0.0 if band == 0 else np.pi / 2 ** (4 - band)), np.pi / 2 ** (3 - band)
    middle = np.array([low + (high - low) / 2])
    responses = np.abs(response(middle))[:, 0]
    assert responses.argmax() == band
    assert responses[band] > 0.7


def test_gains_of_one_change_nothing():
    images = noise(2, 5, 9, 3)
    assert_allclose(frequencies.amplify(images, tf.ones([2, 4])), images, atol=1e-5)


def test_a_constant_image_reacts_to_the_lowest_gain_alone():
    gains = np.array([[1, 5, 6, 7], [3, 0, 2, 4], [0, 1, 1, 1]], "float32")
    constant = np.full((3, 8, 6, 1), 0.5, "float32")
    expected = constant * gains[:, 0].reshape(3, 1, 1, 1) ** 2  # once along the rows, once along the columns
    assert_allclose(frequencies.amplify(constant, gains), expected, atol=1e-5)


def test_the_finest_pattern_is_the_highest_band():
    stripes = np.tile([1.0, -1.0], 5)[:-1]  # of odd length, so that its reflection continues it
    image = np.broadcast_to(stripes[None, None, :, None], (1, 4, 9, 1)).astype("float32")
    changed = frequencies.amplify(image, tf.constant([[1.0, 10.0, 10.0, 3.0]]))
    assert_allclose(changed, 3 * image, atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (5, 9), (2, 3), (1, 4), (1, 1)])
def test_it_is_a_convolution_of_the_reflected_image(height, width):
    images, gains = noise(2, height, width, 2), np.array([[1, 2, 0.5, 3], [0.3, 1, 2, 0]], "float32")
    expected = [reference.amplify(image, gain) for image, gain in zip(images, gains, strict=True)]
    assert_allclose(frequencies.amplify(images, gains), expected, atol=1e-4)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_gradient_is_the_transpose(jit_compile):
    gains = tf.constant([[1.0, 2.0, 0.5, 3.0]])
    images, w, v = tf.constant(noise(3, 1, 6, 4, 2))

    @tf.function(jit_compile=jit_compile)
    def gradient():
        with tf.GradientTape() as tape:
            tape.watch(images)
            value = tf.reduce_sum(w * frequencies.amplify(images, gains))
        return tape.gradient(value, images)

    assert_allclose(tf.reduce_sum(gradient() * v), tf.reduce_sum(w * frequencies.amplify(v, gains)), rtol=1e-4)
