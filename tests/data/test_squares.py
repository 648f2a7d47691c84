import numpy as np
import pytest
from PIL import Image

from keras_gan.data.squares import check_options, squares, stack, to_square
from keras_gan.utils.validation import InputError


def test_the_centre_is_cropped():
    wide = np.arange(15, dtype=np.uint8).reshape(3, 5)
    np.testing.assert_array_equal(to_square(Image.fromarray(wide), 3, None)[..., 0], wide[:, 1:4])
    np.testing.assert_array_equal(to_square(Image.fromarray(wide.T.copy()), 3, None)[..., 0], wide.T[1:4])


def test_resizing_is_antialiased():
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))  # 64 pixels of a frequency that 8 can't hold
    small = to_square(Image.fromarray(stripes), 8, None)
    np.testing.assert_allclose(small, 127.5, atol=8)


def test_a_fitting_size_is_not_resampled():
    noise = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    np.testing.assert_array_equal(to_square(Image.fromarray(noise), 9, 3), noise)
    np.testing.assert_array_equal(to_square(Image.fromarray(noise), None, None), noise)


@pytest.mark.parametrize(("alpha", "expected"), [(0, [0, 0, 0]), (128, [100, 50, 25]), (255, [200, 100, 50])])
def test_transparency_is_laid_on_black(alpha, expected):
    coloured = to_square(Image.new("RGBA", (2, 2), (200, 100, 50, alpha)), None, None)
    np.testing.assert_allclose(coloured[0, 0], expected, atol=alpha == 128)
    grey = to_square(Image.new("LA", (2, 2), (200, alpha)), None, None)
    assert grey.shape == (2, 2, 1)
    np.testing.assert_allclose(grey, expected[0], atol=alpha == 128)


def palette(colours):
    image = Image.new("P", (2, 1))
    image.putpalette([value for colour in colours for value in colour])
    image.putdata([0, 1])
    return image


def test_palettes_become_rgb_or_grey():
    coloured = to_square(palette([(255, 0, 0), (0, 0, 255)]).resize((2, 2)), None, None)
    assert coloured[0].tolist() == [[255, 0, 0], [0, 0, 255]]
    grey = to_square(palette([(7, 7, 7), (9, 9, 9)]).resize((2, 2)), None, None)
    assert grey[0].tolist() == [[7], [9]]


def test_a_transparent_palette_entry_becomes_black():
    image = palette([(255, 0, 0), (0, 0, 255)]).resize((2, 2))
    image.info["transparency"] = 0
    assert to_square(image, None, None)[0].tolist() == [[0, 0, 0], [0, 0, 255]]


def test_sixteen_bits_are_rounded_and_not_clipped():
    levels = np.array([[0, 257], [32768, 65535]], np.uint16)
    assert to_square(Image.fromarray(levels), None, None)[..., 0].tolist() == [[0, 1], [128, 255]]


def test_other_modes():
    assert to_square(Image.new("CMYK", (2, 2), (0, 255, 255, 0)), None, None)[0, 0].tolist() == [255, 0, 0]
    assert to_square(Image.new("1", (2, 2), 1), None, None)[0, 0].tolist() == [255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I", "I;16", "YCbCr"])
def test_bands_change_nothing(mode, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (23, 7, 4), np.uint8)
    image = Image.fromarray(noise)
    if mode.startswith("I"):
        image = Image.fromarray(noise[..., 0].astype(np.uint16 if mode == "I;16" else np.int32) * 256)
    elif mode != "RGBA":
        image = image.convert("RGB").quantize(16).convert(mode) if mode == "PA" else image.convert("RGB").convert(mode)
    assert image.mode == mode
    if mode == "P":
        image.info["transparency"] = 3
    whole = to_square(image, None, None)
    monkeypatch.setattr("keras_gan.data.squares._BAND", 14)
    np.testing.assert_array_equal(to_square(image, None, None), whole)


def test_channels_as_asked_for():
    assert to_square(Image.new("L", (2, 2), 9), None, 3)[0, 0].tolist() == [9, 9, 9]
    assert to_square(Image.new("RGB", (2, 2), (255, 0, 0)), None, 1)[0, 0].tolist() == [76]  # 0.299 * 255


def test_squares_leaves_alone_what_fits():
    fitting = np.zeros((4, 4, 1), np.uint8)
    assert next(squares([fitting], 4, None)) is fitting
    assert next(squares([fitting], None, 1)) is fitting
    assert next(squares([fitting], 2, 3)).shape == (2, 2, 3)
    assert next(squares([np.zeros((4, 4, 4), np.uint8)], None, None)).shape == (4, 4, 3)


def test_a_size_is_asked_for():
    with pytest.raises(InputError, match=r"`image_size` must be given .*Received: image_size=None and .*4x6"):
        list(squares([np.zeros((4, 6, 3), np.uint8)], None, None))
    with pytest.raises(InputError, match=r"`image_size` must be given .* 2 to 4 pixels"):
        stack([np.zeros((4, 4, 1), np.uint8), np.zeros((2, 2, 1), np.uint8)])


def test_grey_among_coloured_gets_three_channels():
    images = stack([np.full((2, 2, 1), 5, np.uint8), np.zeros((2, 2, 3), np.uint8)])
    assert images.shape == (2, 2, 2, 3)
    assert images[0, 0, 0].tolist() == [5, 5, 5]


@pytest.mark.parametrize(
    ("image_size", "channels", "message"),
    [
        (0, None, r"`image_size` must be an integer >= 1\. Received: image_size=0"),
        (8.0, None, r"`image_size` must be an integer >= 1\. Received: image_size=8\.0"),
        (None, 2, r"`channels` must be 1, 3 or None\. Received: channels=2"),
        (None, "rgb", r"`channels` must be an integer .*Received: channels='rgb'"),
    ],
)
def test_options_are_checked(image_size, channels, message):
    with pytest.raises(InputError, match=message):
        check_options(image_size, channels)
