import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.metrics.statistics.pyramid import content_bits, laplacian_pyramid, patches

IMAGES = np.random.default_rng(0).normal(size=(3, 32, 32, 2)).astype(np.float32)


@pytest.mark.parametrize(("side", "smallest", "sides"), [(32, 8, [32, 16, 8]), (28, 16, [28]), (28, 7, [28, 14, 7])])
def test_levels(side, smallest, sides):
    levels = laplacian_pyramid(IMAGES[:, :side, :side], smallest)
    assert [level.shape[1:3] for level in levels] == [(side, side) for side in sides]


def test_a_constant_is_in_the_coarsest_level_alone():
    levels = laplacian_pyramid(np.full((1, 32, 32, 1), 3.0, np.float32), 8)
    for level, value in zip(levels, (0, 0, 3), strict=True):
        assert_allclose(level, value, atol=1e-5)


def test_one_pixel_by_hand():
    """An impulse is smoothed to (6 / 16)^2 of itself, which the coarse level keeps and spreads by 4 (6 / 16)^2."""
    image = np.zeros((1, 32, 32, 1), np.float32)
    image[0, 16, 16] = 1.0
    fine, coarse = laplacian_pyramid(image, 16)
    assert_allclose(coarse[0, 8, 8], (6 / 16) ** 2)
    assert_allclose(coarse[0, 8, 7], (6 / 16) * (1 / 16))
    spread = (6 / 16) ** 2 * (6 / 8) ** 2 + 4 * (6 / 16) / 16 * (6 / 8) * (1 / 8) + 4 / 16**2 * (1 / 8) ** 2
    assert_allclose(fine[0, 16, 16], 1 - spread, rtol=1e-6)


def test_bits_are_of_the_image_and_the_seed():
    images = np.random.default_rng(0).integers(0, 256, (50, 4, 4, 1), dtype=np.uint8)
    bits = content_bits(images, 40, seed=0)
    assert bits.shape == (50, 40)
    assert_array_equal(content_bits(images[::-1], 40, seed=0), bits[::-1])
    assert len(np.unique(bits)) == bits.size
    assert not np.any(bits == content_bits(images, 40, seed=1))
    assert_allclose(bits.mean() / 2**32, 0.5, atol=4 / np.sqrt(12 * bits.size))


def test_patches_are_of_their_image():
    images = np.arange(3 * 32 * 32 * 2, dtype=np.float32).reshape(3, 32, 32, 2)
    bits = np.zeros((3, 10), np.uint32)
    bits[1, 2], bits[1, 7] = 26 * 5 + 3, 26 * 7 + 20  # of 26 places each way
    whole = patches(images, bits, 7)
    assert whole.shape == (3, 5, 2 * 49)
    assert_array_equal(whole[1, 2].reshape(2, 7, 7), images[1, 3:10, 20:27].transpose(2, 0, 1))
    assert_array_equal(whole[2, 4].reshape(2, 7, 7), images[2, :7, :7].transpose(2, 0, 1))


def test_patches_are_everywhere():
    places = np.arange(64, dtype=np.float32).reshape(1, 8, 8, 1).repeat(400, axis=0)
    contents = np.arange(400, dtype=np.int32).reshape(400, 1, 1, 1)
    corners = patches(places, content_bits(contents, 8, seed=0), 7)[..., 0]
    assert sorted(np.unique(corners)) == [0, 1, 8, 9]
    assert_allclose(np.unique(corners, return_counts=True)[1], 400, atol=70)


def test_patches_must_fit():
    with pytest.raises(InputError, match=r"`patch_size` must fit into images of \(4, 4\). Received: patch_size=7"):
        patches(np.zeros((1, 4, 4, 1), np.float32), np.zeros((1, 2), np.uint32), 7)
