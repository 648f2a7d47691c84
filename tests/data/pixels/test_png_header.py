import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from keras_gan.data.pixels import png_header
from keras_gan.data.pixels.decoding import read_header


def png(mode="RGB", size=(6, 4), **options):
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG", **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind, data):
    """Return a PNG with one more chunk behind the header."""
    whole = png()
    return whole[:33] + chunk(kind, data) + whole[33:]


@pytest.mark.parametrize(("mode", "grey"), [("L", True), ("LA", True), ("RGB", False), ("RGBA", False)])
def test_it_says_what_pillow_says(mode, grey, monkeypatch):
    data = png(mode)
    assert png_header.read(data[: png_header.FIRST]) == (4, 6, grey)
    quick = read_header(io.BytesIO(data), ".png")
    monkeypatch.setattr(png_header, "read", lambda begin: None)
    assert read_header(io.BytesIO(data), ".png") == quick == (4, 6, 1 if grey else 3, np.uint8, True)


@pytest.mark.parametrize("mode", ["1", "P", "I;16"])
def test_other_kinds_need_a_closer_look(mode):
    assert png_header.read(png(mode)) is None


def test_what_changes_nothing_is_passed_by():
    data = png(dpi=(72, 72))
    assert png_header.read(data) == (4, 6, False)
    for place in range(33, 54):  # the chunk that tells the resolution
        assert png_header.read(data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]) is None


def test_an_orientation_in_a_text_needs_a_closer_look():
    told = PngInfo()
    told.add_text("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>')
    data = png(pnginfo=told)
    assert png_header.read(data) is None
    assert read_header(io.BytesIO(data), ".png")[:2] == (6, 4)


@pytest.mark.parametrize("kind", [b"eXIf", b"iTXt", b"zTXt", b"acTL", b"tRNS", b"PLTE", b"tEXt", b"what"])
def test_what_may_change_the_image_needs_a_closer_look(kind):
    assert png_header.read(with_chunk(kind, b"")) is None


def test_an_orientation_is_seen(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = png(exif=exif)
    assert png_header.read(data) is None
    assert read_header(io.BytesIO(data), ".png")[:2] == (6, 4)  # upright


def test_what_is_cut_off_or_damaged_needs_a_closer_look():
    data = png()
    for end in range(41):
        assert png_header.read(data[:end]) is None
    for place in range(33):  # in the signature, the length, the kind, the header and its checksum
        assert png_header.read(data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]) is None
    assert png_header.read(with_chunk(b"sBIT", bytes(600))[: png_header.FIRST]) is None


@pytest.mark.parametrize(
    "header", [(6, 4, 8, 2, 1, 0, 0), (6, 4, 8, 2, 0, 1, 0), (6, 4, 8, 2, 0, 0, 2), (6, 4, 8, 5, 0, 0, 0)]
)
def test_methods_that_do_not_exist_need_a_closer_look(header):
    data = png()
    assert png_header.read(data[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", *header)) + data[33:]) is None
