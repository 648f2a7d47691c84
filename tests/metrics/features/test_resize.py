import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from keras_gan import InputError
from keras_gan.metrics.features.resize import resize, resize_8_bit, torch_bicubic_weights


def pictures(height, width):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (height, width), dtype=np.uint8)
    edges = (255 * (np.add.outer(np.arange(height), np.arange(width)) % 7 > 3)).astype(np.uint8)
    return np.stack([noise, edges], axis=-1)[None]


@pytest.mark.parametrize("sides", [(28, 28), (32, 48), (299, 299), (640, 512), (1024, 300)], ids=str)
def test_clean_is_pillows_bicubic(sides):
    images = pictures(*sides)
    resized = resize(images, 299).numpy()
    for channel in range(2):
        pillow = Image.fromarray(images[0, ..., channel].astype(np.float32)).resize(
            (299, 299), Image.Resampling.BICUBIC
        )
        assert_allclose(resized[0, ..., channel], np.clip(pillow, 0, 255), atol=1 / 255)


def between(pixels, place):
    low = int(place)
    return pixels[low] + (place - low) * (pixels[min(low + 1, len(pixels) - 1)] - pixels[low])


@pytest.mark.parametrize("side", [7, 28, 64])
def test_legacy_is_tensorflow_1s_bilinear(side):
    """Pixel i of n becomes the value at i * side / n, without half pixels."""
    images = pictures(side, side).astype(np.float32)
    expected = tf.compat.v1.image.resize_bilinear(images, (41, 41), half_pixel_centers=False)
    assert_allclose(resize(images, 41, "legacy"), expected, atol=5e-3)  # its places are in float32
    assert_allclose(resize(images, 41, "legacy")[0, 20, 0], between(images[0, :, 0], 20 * side / 41), atol=1e-3)


def test_the_same_size_stays():
    images = pictures(41, 41)
    for method in ("clean", "legacy"):
        assert_allclose(resize(images, 41, method), images, atol=1e-3)
    assert resize(tf.constant(images), 41).dtype == tf.float32
    assert_array_equal(resize(images[:0], 20).shape, (0, 20, 20, 2))


def test_methods():
    with pytest.raises(InputError, match=r"`method` must be one of \['clean', 'legacy'\]"):
        resize(pictures(8, 8), 4, "bilinear")


@pytest.mark.parametrize("sides", [(1, 1), (28, 28), (32, 48), (224, 100), (300, 224), (640, 512)], ids=str)
def test_8_bits_are_pillows_own(sides):
    images = pictures(*sides)
    resized = resize_8_bit(images, 224).numpy()
    assert resized.dtype == np.float32
    for channel in range(2):
        pillow = Image.fromarray(images[0, ..., channel]).resize((224, 224), Image.Resampling.BICUBIC)
        assert_array_equal(resized[0, ..., channel], pillow)


def test_torchs_bicubic_by_hand():
    """At a half between pixels Keys' filter with a = -3/4 has -3/32, 19/32; at 1/4 what its polynomials say."""
    assert_allclose(torch_bicubic_weights(4, 2, 0.5)[0], np.array([19 - 3, 19, -3, 0]) / 32, err_msg="the end repeated")
    assert_allclose(torch_bicubic_weights(6, 3, 0.5)[1], np.array([0, -3, 19, 19, -3, 0]) / 32, atol=1e-7)
    quarter = torch_bicubic_weights(8, 16, 2.0)[8]  # at 3.75
    assert_allclose(quarter, np.array([0, 0, -9, 67, 225, -27, 0, 0]) / 256, atol=1e-7)
    assert_allclose(torch_bicubic_weights(37, 16, 16.1 / 37).sum(axis=1), 1.0, rtol=1e-6)
    assert_allclose(torch_bicubic_weights(5, 5, 1.0), np.eye(5), atol=1e-7)
