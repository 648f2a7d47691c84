import warnings

import numpy as np
import pytest
from PIL import Image

from keras_gan import InputError
from keras_gan.data import load
from keras_gan.data.bit_depth import BitDepth


def folder(path, largest, dtype=np.uint16, suffix="png"):
    """Two images of 16 bits, from 0 to `largest`."""
    ramp = np.linspace(0, largest, 16).reshape(4, 4).astype(dtype)
    for name in ("a", "b"):
        Image.fromarray(ramp).save(path / f"{name}.{suffix}")
    return path


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_twelve_bits_in_sixteen_are_told_of_and_become_light(tmp_path, suffix):
    path = folder(tmp_path, 4095, suffix=suffix)
    message = r"values up to 4095 of 65535 \('b\.(png|tif)'\): they come out all but black\. .*`white_level=4095` "
    with pytest.warns(UserWarning, match=message):
        dark = load(path, batch_size=1).examples
    assert dark.max() == 16
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        light = load(path, batch_size=1, white_level=4095).examples
    assert (light.min(), light.max()) == (0, 255)
    assert light[0, 0, 1, 0] == 17  # 273 / 4095 * 255


@pytest.mark.parametrize(("largest", "told"), [(65535, False), (16384, False), (16000, True), (0, True)])
def test_what_is_dark(tmp_path, largest, told):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(folder(tmp_path, largest), batch_size=1)
    assert any("all but black" in str(warning.message) for warning in caught) == told


def test_what_is_above_white(tmp_path):
    with pytest.warns(UserWarning, match=r"`white_level` is 1000, and 'b\.png' in .* goes to 4095"):
        examples = load(folder(tmp_path, 4095), batch_size=1, white_level=1000).examples
    assert examples.max() == 255


def test_eight_bits_are_not_asked(tmp_path):
    depth = BitDepth()
    depth.look_at(tmp_path / "a.png", Image.new("L", (2, 2), 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        depth.check(tmp_path)


@pytest.mark.parametrize("level", [0, 65536, 1.5])
def test_bad_levels(level, tmp_path):
    with pytest.raises(InputError, match="`white_level` must be an integer from 1 to 65535"):
        load(tmp_path, white_level=level)


def rgb16(path, largest):
    """A PNG of 16 bits for each of three colours, which Pillow reads and does not write."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    values = np.linspace(0, largest, 48).reshape(4, 4, 3).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("largest", "told"), [(4095, True), (65535, False)])
def test_colours_of_sixteen_bits_are_looked_at_too(tmp_path, largest, told):
    rgb16(tmp_path / "a.png", largest)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert load(tmp_path, batch_size=1).examples.shape == (1, 4, 4, 3)
    assert any("all but black" in str(warning.message) for warning in caught) == told
    with pytest.raises(InputError, match=r"a\.png', 16 bits for each colour.*`white_level` is for grey images"):
        load(tmp_path, batch_size=1, white_level=4095)
