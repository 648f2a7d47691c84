import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.utils.validation import InputError


def to_square(image, image_size, channels):
    return Preprocessing(image_size, channels=channels).picture(image)


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


def test_other_modes():
    assert to_square(Image.new("CMYK", (2, 2), (0, 255, 255, 0)), None, None)[0, 0].tolist() == [255, 0, 0]
    assert to_square(Image.new("1", (2, 2), 1), None, None)[0, 0].tolist() == [255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_bands_change_nothing(mode, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (23, 7, 4), np.uint8)
    image = Image.fromarray(noise)
    if mode != "RGBA":
        image = image.convert("RGB").quantize(16).convert(mode) if mode == "PA" else image.convert("RGB").convert(mode)
    assert image.mode == mode
    if mode == "P":
        image.info["transparency"] = 3
    whole = to_square(image, None, None)
    monkeypatch.setattr("keras_gan.data.pixels.colours._BAND", 14)
    np.testing.assert_array_equal(to_square(image, None, None), whole)


def test_channels_as_asked_for():
    assert to_square(Image.new("L", (2, 2), 9), None, 3)[0, 0].tolist() == [9, 9, 9]
    assert to_square(Image.new("RGB", (2, 2), (255, 0, 0)), None, 1)[0, 0].tolist() == [76]  # 0.299 * 255


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7, 64])
def test_arrays_keep_their_channels(channels, dtype):
    values = np.random.default_rng(0).integers(0, 256, (9, 6, channels), np.uint8)
    values = values if dtype == np.uint8 else (values / 127.5 - 1).astype(np.float32)
    assert Preprocessing().array(values) is values
    small = Preprocessing((3, 4)).array(values)
    assert (small.shape, small.dtype) == ((3, 4, channels), dtype)
    alone = [Preprocessing((3, 4)).array(values[..., index : index + 1]) for index in range(channels)]
    np.testing.assert_array_equal(small, np.concatenate(alone, axis=-1))


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_the_depths_agree(fit):
    """What is resized as floats is what is resized in 8 bits, to rounding; it is padded with the same grey."""
    values = np.random.default_rng(0).integers(64, 192, (20, 30, 7), np.uint8)
    prepare = Preprocessing((11, 9), fit, background="#808080")
    deep = prepare.array((values / 127.5 - 1).astype(np.float32))
    np.testing.assert_allclose((deep + 1) * 127.5, prepare.array(values), atol=1.5)
    assert (prepare.array(values)[0, 0] == 128).all() == (fit == "pad")


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_alpha_is_kept_if_it_is_asked_for(dtype):
    values = np.full((4, 4, 4), (200, 100, 50, 128), np.uint8)
    values = values if dtype == np.uint8 else (values / 127.5 - 1).astype(np.float32)
    assert Preprocessing(channels=4).array(values, colours=True) is values
    laid = Preprocessing(background="white").array(values, colours=True)
    laid = laid if dtype == np.uint8 else (laid + 1) * 127.5
    np.testing.assert_allclose(laid[0, 0], [227, 177, 152], atol=1)  # x a + 255 (1 - a), a = 128 / 255
    assert Preprocessing(channels=4).picture(Image.new("RGB", (2, 2)))[0, 0].tolist() == [0, 0, 0, 255]
    assert Preprocessing(channels=2).picture(Image.new("RGBA", (2, 2), (9, 9, 9, 7)))[0, 0].tolist() == [9, 7]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_what_is_hidden_by_transparency_does_not_show(dtype):
    """Halved, the clear green beside opaque red gives half clear red."""
    values = np.zeros((8, 8, 4), np.uint8)
    values[:, ::2] = (255, 0, 0, 255)
    values[:, 1::2] = (0, 255, 0, 0)
    values = values if dtype == np.uint8 else (values / 127.5 - 1).astype(np.float32)
    small = Preprocessing(4, channels=4).array(values, colours=True)
    small = small if dtype == np.uint8 else (small + 1) * 127.5
    np.testing.assert_allclose(small[1, 1, :3], [255, 0, 0], atol=2)
    np.testing.assert_allclose(small[1, 1, 3], 127, atol=8)  # of the filter's shape


def test_padding_is_transparent_where_there_is_alpha():
    padded = Preprocessing((4, 2), "pad", channels=4, background="red").picture(Image.new("RGB", (2, 2), "blue"))
    assert padded[0, 0].tolist() == [255, 0, 0, 0]
    assert padded[1, 0].tolist() == [0, 0, 255, 255]


def test_the_background_of_an_image_that_is_grey():
    assert Preprocessing(background="white").picture(Image.new("LA", (1, 1), (0, 0)))[0, 0].tolist() == [255]
    assert Preprocessing(background="red").picture(Image.new("LA", (1, 1), (0, 0)))[0, 0].tolist() == [76]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image_size": 0}, r"`image_size` must be an integer >= 1\. Received: image_size=0"),
        ({"image_size": 8.0}, r"`image_size` must be an integer >= 1\. Received: image_size=8\.0"),
        ({"image_size": (8, 8, 3)}, r"`image_size` must be a side or \(height, width\)"),
        ({"image_size": "64x64"}, r"`image_size` must be an integer"),
        ({"fit": "fill"}, r"`fit` must be one of \['crop', 'pad', 'stretch'\]"),
        ({"channels": 65}, r"`channels` must be an integer from 1 to 64\. Received: channels=65"),
        ({"channels": "rgb"}, r"`channels` must be an integer .*Received: channels='rgb'"),
        ({"background": "blak"}, r"`background` must be a colour .*Received: background='blak'"),
        ({"background": 0}, r"`background` must be a colour .*Received: background=0"),
        ({"value_range": 5}, r"`value_range` must be two numbers"),
        ({"value_range": (1, 1)}, r"`value_range` must be \(low, high\), low below high"),
        ({"value_range": (0, float("nan"))}, r"`value_range` must be a finite number"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(InputError, match=message):
        Preprocessing(**options)


def test_channels_that_can_not_be_made():
    with pytest.raises(InputError, match=r"`channels` must be 1 to 4 for pictures.*Received: channels=5"):
        Preprocessing(channels=5).picture(Image.new("RGB", (2, 2)))
    with pytest.raises(InputError, match=r"`channels` must be 7, as in the images\. Received: channels=3"):
        Preprocessing(channels=3).array(np.zeros((2, 2, 7), np.uint8))
