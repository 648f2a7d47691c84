import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.colours import has_alpha, is_grey, lightness, recolour, to_colours

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@pytest.mark.parametrize("channels", [1, 2, 3, 4, None])
@pytest.mark.parametrize("given", [1, 2, 3, 4])
def test_the_two_depths_agree(given, channels):
    """What is done to floats is what Pillow does to 8 bits, to rounding."""
    pixels = np.random.default_rng(given).integers(0, 256, (6, 5, given), np.uint8)
    image = Image.fromarray(pixels[..., 0] if given == 1 else pixels, MODES[given])
    expected = np.asarray(to_colours(image, channels, (255, 128, 0)), np.float32)
    found = recolour((pixels / 127.5 - 1).astype(np.float32), channels, (255, 128, 0))
    assert found.dtype == np.float32
    # A grey image on a coloured background is laid on its lightness in both.
    np.testing.assert_allclose((found + 1) * 127.5, expected.reshape(found.shape), atol=2)


def test_grey_by_what_is_used_of_a_palette():
    image = Image.new("P", (2, 1))
    image.putpalette([5, 5, 5, 255, 0, 0])
    assert is_grey(image)
    image.putpixel((1, 0), 1)
    assert not is_grey(image)
    assert is_grey(Image.new("LA", (1, 1)))
    assert not is_grey(Image.new("RGB", (1, 1)))


def test_lightness():
    assert [lightness(colour) for colour in ((0, 0, 0), (255, 255, 255), (255, 0, 0))] == [0, 255, 76]


def test_alpha():
    assert [has_alpha(channels) for channels in (1, 2, 3, 4, 7)] == [False, True, False, True, False]


def test_a_transparent_palette_is_no_reason_to_warn(recwarn):
    image = Image.fromarray(np.zeros((2, 2), np.uint8), "P")
    image.putpalette([9, 99, 199])
    image.info["transparency"] = bytes([128])
    assert not is_grey(image)
    assert to_colours(image, None, (255, 255, 255)).getpixel((0, 0)) == (132, 177, 227)
    assert not recwarn.list
