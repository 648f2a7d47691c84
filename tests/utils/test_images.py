import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.utils.images import captions, grid, to_pil


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
    [np.zeros((1, 2, 2, 1), bool), np.zeros((2, 2, 1), np.uint8), np.zeros((0, 2, 2, 1), np.uint8)],
    ids=["bool", "rank 3", "none"],
)
def test_a_grid_refuses(bad):
    with pytest.raises(InputError, match=r"`images` must be numbers of shape .* Received: images of dtype .* and sh"):
        grid(bad)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_grid_keeps_the_depth_and_the_channels(dtype):
    images = np.random.default_rng(0).integers(1, 200, (4, 3, 5, 7)).astype(dtype)
    sheet = grid(images)
    assert (sheet.shape, sheet.dtype) == ((7, 11, 7), dtype)
    assert_array_equal(sheet[4:, 6:], images[3])


@pytest.mark.parametrize(("channels", "kind"), [(1, "L"), (3, "RGB")])
def test_pillow_sees_the_same_pixels(channels, kind):
    image = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), channels, axis=-1)
    picture = to_pil(image)
    assert picture.mode == kind
    assert_array_equal(np.asarray(picture).reshape(image.shape), image)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_captions_are_as_high_as_the_grid(channels):
    page = captions(["", "cat", "a name that is far longer than others"], 20, 2, channels)
    assert page.shape[0] == grid(np.zeros((3, 20, 5, channels), np.uint8), 1, 2).shape[0]
    assert page.shape[2] == channels
    rows = [page[first : first + 20, :, 0] for first in (0, 22, 44)]
    assert [int(row.max()) > 100 for row in rows] == [False, True, True]
    assert np.nonzero(rows[1].max(axis=0))[0].max() < np.nonzero(rows[2].max(axis=0))[0].max() < page.shape[1]
    assert page.shape[1] < 24 * 14
    if channels == 4:
        assert page[..., 3].min() == 255
