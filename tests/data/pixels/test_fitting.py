import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.fitting import fit


def ramp(height, width):
    return Image.fromarray(np.arange(height * width, dtype=np.uint8).reshape(height, width))


@pytest.mark.parametrize(
    ("size", "left", "top", "width", "height"),
    [((4, 4), 3, 0, 4, 4), ((4, 8), 1, 0, 8, 4), ((2, 10), 0, 1, 10, 2), ((4, 10), 0, 0, 10, 4), ((4, 1), 4, 0, 1, 4)],
)
def test_crop_keeps_the_largest_part_of_these_proportions(size, left, top, width, height):
    image = ramp(4, 10)
    expected = np.asarray(image)[top : top + height, left : left + width]
    np.testing.assert_array_equal(fit(image, size, "crop", 0), expected)


def test_pad_keeps_all_in_the_middle():
    image = Image.new("RGB", (8, 4), (10, 20, 30))
    padded = np.asarray(fit(image, (8, 8), "pad", (255, 0, 0)))
    assert (padded[2:6] == (10, 20, 30)).all()
    assert (padded[[0, 1, 6, 7]] == (255, 0, 0)).all()
    assert (np.asarray(fit(image, (4, 12), "pad", (255, 0, 0)))[:, [0, 1, 10, 11]] == (255, 0, 0)).all()


def test_pad_enlarges_as_well():
    assert (np.asarray(fit(Image.new("L", (2, 1), 9), (16, 16), "pad", 0))[4:12] == 9).all()


def test_a_thin_image_keeps_a_pixel():
    assert (np.asarray(fit(Image.new("L", (1000, 1), 9), (8, 8), "pad", 0)) == 9).any()
    assert np.asarray(fit(Image.new("L", (1000, 1), 9), (8, 8), "crop", 0)).shape == (8, 8)


def test_stretch_changes_the_proportions():
    image = np.repeat(np.array([[0, 255]], np.uint8), 2, axis=0)
    stretched = np.asarray(fit(Image.fromarray(image), (2, 8), "stretch", 0))
    assert (stretched[:, :2] < 20).all()
    assert (stretched[:, -2:] > 235).all()


@pytest.mark.parametrize("how", ["crop", "pad", "stretch"])
def test_what_fits_is_not_resampled(how):
    image = ramp(5, 7)
    np.testing.assert_array_equal(fit(image, (5, 7), how, 0), image)


@pytest.mark.parametrize("how", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("mode", ["L", "RGBA", "F"])
def test_panels_are_fitted_one_by_one(how, mode):
    picture = ramp(10, 24).convert(mode)
    sheet = Image.new(mode, (48, 10))
    sheet.paste(picture, (0, 0))
    sheet.paste(picture, (24, 0))
    background = 0 if mode != "RGBA" else (1, 2, 3, 0)
    alone = np.asarray(fit(picture, (5, 6), how, background))
    np.testing.assert_array_equal(fit(sheet, (5, 6), how, background, panels=2), np.concatenate([alone, alone], axis=1))
