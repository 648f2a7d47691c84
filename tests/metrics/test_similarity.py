"""PSNR and structural similarity by the definitions of scikit-image."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from scipy.ndimage import gaussian_filter

from keras_gan import InputError
from keras_gan.metrics import PSNR, SSIM


@pytest.fixture
def pair():
    generator = np.random.default_rng(0)
    smooth = gaussian_filter(generator.normal(size=(3, 24, 30, 2)), (0, 2, 2, 0))
    targets = np.clip(4 * smooth, -1, 1).astype("float32")
    return targets, np.clip(targets + 0.2 * generator.normal(size=targets.shape), -1, 1).astype("float32")


def structural_similarity(x, y, data_range):
    """scikit-image 0.24, `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`, of one channel."""
    x, y = x.astype("float64"), y.astype("float64")
    blur = lambda image: gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    ux, uy = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - ux * ux, blur(y * y) - uy * uy, blur(x * y) - ux * uy
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    value = (2 * ux * uy + c1) * (2 * vxy + c2) / ((ux**2 + uy**2 + c1) * (vx + vy + c2))
    return value[5:-5, 5:-5].mean()


def test_ssim(pair):
    expected = [
        np.mean([structural_similarity(x[..., c], y[..., c], 2.0) for c in range(2)])
        for x, y in zip(*pair, strict=True)
    ]
    assert 0.1 < np.mean(expected) < 0.9
    assert_allclose(SSIM().values(*pair), expected, rtol=1e-4)


def test_ssim_of_small_images():
    with pytest.raises(InputError, match=r"sides from 11 pixels on. Received: images of \(10, 20, 3\)"):
        SSIM().values(tf.zeros((1, 10, 20, 3)), tf.zeros((1, 10, 20, 3)))


def test_psnr(pair):
    error = np.mean((pair[0] - pair[1]).astype("float64") ** 2, axis=(1, 2, 3))
    assert_allclose(PSNR().values(*pair), 10 * np.log10(2.0**2 / error), rtol=1e-5)
    # The same number as of 8 bits.
    eight = [np.round((x + 1) * 127.5) for x in pair]
    error = np.mean((eight[0] - eight[1]) ** 2, axis=(1, 2, 3))
    assert_allclose(PSNR().values(*pair), 10 * np.log10(255**2 / error), rtol=1e-2)
    assert_allclose(PSNR().values(pair[0], pair[0]), 100.0, rtol=1e-4)
