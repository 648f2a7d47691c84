"""PSNR and structural similarity by the definitions of scikit-image."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from scipy.ndimage import gaussian_filter

from keras_gan import InputError
from keras_gan.metrics import MSSSIM, PSNR, SSIM, get_pair
from keras_gan.metrics.multiscale_ssim import scale_weights


@pytest.fixture
def pair():
    generator = np.random.default_rng(0)
    smooth = gaussian_filter(generator.normal(size=(3, 24, 30, 2)), (0, 2, 2, 0))
    targets = np.clip(4 * smooth, -1, 1).astype("float32")
    return targets, np.clip(targets + 0.2 * generator.normal(size=targets.shape), -1, 1).astype("float32")


def structural_similarity(x, y, data_range, luminance=True):
    """scikit-image 0.24, `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`, of one channel.

    Without the luminance it is the contrast and the structure alone.
    """
    x, y = x.astype("float64"), y.astype("float64")
    blur = lambda image: gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    ux, uy = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - ux * ux, blur(y * y) - uy * uy, blur(x * y) - ux * uy
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    value = (2 * vxy + c2) / (vx + vy + c2)
    if luminance:
        value = value * (2 * ux * uy + c1) / (ux**2 + uy**2 + c1)
    return value[5:-5, 5:-5].mean()


def test_ssim(pair):
    expected = [
        np.mean([structural_similarity(x[..., c], y[..., c], 255.0) for c in range(2)])
        for x, y in zip(*((images + 1) * 127.5 for images in pair), strict=True)
    ]
    assert 0.1 < np.mean(expected) < 0.9
    assert_allclose(SSIM().values(*pair), expected, rtol=1e-4)


def test_greys_that_nobody_tells_apart_are_alike():
    """Of 127 and 129 in 8 bits; in [-1, 1] their means have different signs."""
    for metric in (SSIM(), MSSSIM()):
        assert_allclose(metric.values(tf.fill((1, 24, 24, 1), -0.004), tf.fill((1, 24, 24, 1), 0.012)), 1.0, atol=1e-3)


def scales(x, y):
    """Equation 7 of Wang et al. 2003, of one channel of 8 bits and as many scales as there are weights."""
    weights = np.array(scale_weights(min(x.shape)))
    value = 1.0
    for index, weight in enumerate(weights):
        last = index == len(weights) - 1
        value *= max(structural_similarity(x, y, 255.0, luminance=last), 0.0) ** weight
        x, y = ((z[::2, ::2] + z[1::2, ::2] + z[::2, 1::2] + z[1::2, 1::2]) / 4 for z in (x, y))
    return value


def test_ms_ssim():
    generator = np.random.default_rng(0)
    targets = np.clip(gaussian_filter(generator.normal(size=(2, 48, 64, 2)), (0, 4, 4, 0)) * 8, -1, 1)
    made = np.clip(targets + 0.3 * generator.normal(size=targets.shape), -1, 1)
    assert len(scale_weights(48)) == 3
    expected = [
        np.mean([scales(x[..., c], y[..., c]) for c in range(2)])
        for x, y in zip(*((images + 1) * 127.5 for images in (targets, made)), strict=True)
    ]
    assert 0.1 < np.mean(expected) < 0.95
    assert_allclose(MSSSIM().values(targets.astype("float32"), made.astype("float32")), expected, rtol=1e-3)
    assert MSSSIM().name == get_pair("ms_ssim").name == "ms_ssim"
    assert MSSSIM("coarse").get_config() == {"name": "coarse"}


@pytest.mark.parametrize("metric", [SSIM(), MSSSIM()], ids=["ssim", "ms_ssim"])
def test_small_images(metric):
    with pytest.raises(InputError, match=r"SSIM` is for sides from 11 pixels on. Received: images of \(10, 20, 3\)"):
        metric.values(tf.zeros((1, 10, 20, 3)), tf.zeros((1, 10, 20, 3)))


def test_psnr(pair):
    error = np.mean((pair[0] - pair[1]).astype("float64") ** 2, axis=(1, 2, 3))
    assert_allclose(PSNR().values(*pair), 10 * np.log10(2.0**2 / error), rtol=1e-5)
    # The same number as of 8 bits.
    eight = [np.round((x + 1) * 127.5) for x in pair]
    error = np.mean((eight[0] - eight[1]) ** 2, axis=(1, 2, 3))
    assert_allclose(PSNR().values(*pair), 10 * np.log10(255**2 / error), rtol=1e-2)
    assert_allclose(PSNR().values(pair[0], pair[0]), 100.0, rtol=1e-4)


def test_sides_that_are_not_known_are_an_error():
    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 1), tf.float32)], autograph=False)
    def of_any_side(images):
        return MSSSIM().values(images, images)

    with pytest.raises(InputError, match=r"`MSSSIM` must know the sides .* Received: images of \(None, None, 1\)"):
        of_any_side(tf.zeros((1, 32, 32, 1)))
