import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
import tifffile
from PIL import Image

from keras_gan.data.pixels.decoding import PICTURES, Unreadable, decode, read_header

CONTIGUOUS = {1: None, 3: "contig", 7: "contig"}
KINDS = {".jfif": "JPEG", ".jpe": "JPEG", ".apng": "PNG", ".pnm": "PPM"}


def draw(*shape, dtype=np.uint16):
    random = np.random.default_rng(0)
    if np.dtype(dtype).kind == "f":
        return random.normal(size=shape).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, shape).astype(dtype)


def tiff(values, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


def pillow(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def both(data, suffix):
    return read_header(io.BytesIO(data), suffix), decode(io.BytesIO(data), suffix)


@pytest.mark.parametrize("suffix", [suffix for suffix in PICTURES if suffix not in (".pbm", ".pgm")])
def test_pictures(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (6, 4), (255, 0, 0)).save(path, KINDS.get(suffix))
    header, image = both(path.read_bytes(), suffix)
    assert header == (4, 6, 3, np.uint8, True)
    np.testing.assert_allclose(np.asarray(image.convert("RGB"))[0, 0], (255, 0, 0), atol=8)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_of_16_bits_keeps_them(channels):
    values = draw(4, 6, channels)
    header, found = both(tf.io.encode_png(values).numpy(), ".png")
    assert header == (4, 6, 1 if channels < 3 else 3, np.uint16, True)
    np.testing.assert_array_equal(found, values)
    assert found.dtype == np.uint16


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.uint32, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3, 7])
def test_tiffs(dtype, channels):
    values = draw(4, 6, channels, dtype=dtype)
    given = values[..., 0] if channels == 1 else values
    header, found = both(
        tiff(given, photometric="rgb" if channels == 3 else "minisblack", planarconfig=CONTIGUOUS[channels]), ".tif"
    )
    found = np.asarray(found).reshape(4, 6, -1)
    assert header == (4, 6, channels, dtype, channels < 4)
    np.testing.assert_array_equal(found, values)
    assert found.dtype == dtype


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_planes_one_after_another(compression):
    values = draw(7, 4, 6)
    header, found = both(
        tiff(values, planarconfig="separate", photometric="minisblack", compression=compression), ".tif"
    )
    assert header[:3] == (4, 6, 7)
    np.testing.assert_array_equal(found, np.moveaxis(values, 0, -1))


def test_a_tiff_with_alpha():
    values = draw(4, 6, 4)
    header, found = both(tiff(values, photometric="rgb", extrasamples=["unassalpha"]), ".tif")
    assert header == (4, 6, 3, np.uint16, True)
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("extra", [["unspecified"] * 2, ["unspecified", "unassalpha"]])
def test_a_tiff_of_more_than_colours_and_alpha_keeps_all(extra):
    values = draw(4, 6, 5)
    header, found = both(tiff(values, photometric="rgb", planarconfig="contig", extrasamples=extra), ".tif")
    assert header == (4, 6, 5, np.uint16, False)
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_to_all_depths(orientation):
    values = draw(4, 6, 3, dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    header, image = both(pillow(Image.fromarray(values), exif=exif), ".png")
    expected = np.asarray(image)
    assert header[:2] == expected.shape[:2]
    options = {"photometric": "rgb", "extratags": [(0x0112, 3, 1, orientation, True)]}
    deep_header, deep = both(tiff(values.astype(np.uint16) * 257, **options), ".tif")
    np.testing.assert_array_equal(deep, expected.astype(np.uint16) * 257)
    assert deep_header[:2] == expected.shape[:2]
    grey_header, grey = both(tiff(values[..., 0], extratags=options["extratags"]), ".tif")
    assert grey_header[:2] == expected.shape[:2]
    np.testing.assert_array_equal(grey, expected[..., 0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_0_is_black_though_the_file_has_it_white(dtype):
    """Pillow reads the first two, and turns the first alone."""
    values = draw(4, 6, dtype=dtype)
    _, found = both(tiff(values, photometric="miniswhite"), ".tif")
    np.testing.assert_array_equal(np.asarray(found).reshape(4, 6), np.iinfo(dtype).max - values)
    _, several = both(tiff(draw(4, 6, 5, dtype=dtype), photometric="miniswhite", planarconfig="contig"), ".tif")
    np.testing.assert_array_equal(several, np.iinfo(dtype).max - draw(4, 6, 5, dtype=dtype))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pages_are_told_of(dtype):
    """Seven bands are written as seven pages by default."""
    with pytest.raises(Unreadable, match="a TIFF of 7 pages"):
        both(tiff(draw(7, 16, 16, dtype=dtype)), ".tif")


def test_a_pgm_of_16_bits():
    values = draw(4, 6)
    header, found = both(b"P5 6 4 65535\n" + values.astype(">u2").tobytes(), ".pgm")
    assert header == (4, 6, 1, np.uint16, True)
    np.testing.assert_array_equal(found[..., 0], values)


def test_arrays():
    file = io.BytesIO()
    np.save(file, draw(4, 6, 5, dtype=np.float32))
    header, found = both(file.getvalue(), ".npy")
    assert header == (4, 6, 5, np.float32, False)
    np.testing.assert_array_equal(found, draw(4, 6, 5, dtype=np.float32))


def test_nan():
    values = np.zeros((2, 2), np.float32)
    values[0, 0] = np.nan
    with pytest.raises(Unreadable, match="NaN or infinity among its values"):
        decode(io.BytesIO(tiff(values)), ".tif")


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", [np.uint16, np.float64])
def test_a_tiff_that_is_cut_off(dtype, compression):
    data = tiff(draw(64, 64, 3, dtype=dtype), photometric="rgb", compression=compression)
    with pytest.raises(Unreadable, match="no readable image"):
        decode(io.BytesIO(data[: len(data) // 2]), ".tif")


def test_a_deep_png_that_is_cut_off():
    data = tf.io.encode_png(draw(64, 64, 3)).numpy()
    with pytest.raises(Unreadable, match="no readable image"):
        decode(io.BytesIO(data[: len(data) // 2]), ".png")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_bombs_of_every_kind():
    """Each announces more pixels than are allowed, and holds next to nothing."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8193, 8192, 16, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    page = bytearray(tiff(draw(2, 2, 7), photometric="minisblack", planarconfig="contig"))
    for tag in (256, 257):  # its width and its length
        at = page.index(struct.pack("<HH", tag, 4))
        page[at + 8 : at + 12] = struct.pack("<I", 65000)
    array = io.BytesIO()
    np.lib.format.write_array_header_1_0(array, {"descr": "|u1", "fortran_order": False, "shape": (8193, 8192)})
    for data, suffix in ((png, ".png"), (bytes(page), ".tif"), (array.getvalue(), ".npy")):
        for look in (read_header, decode):
            with pytest.raises(Unreadable, match=r"more than the|must be whole"):
                look(io.BytesIO(data), suffix)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".npy", ".npz", ".jpg"])
@pytest.mark.parametrize("data", [b"", b"hello", b"II*\0" + bytes(20), b"PK\x03\x04", b"\x93NUMPY\x01\0"])
def test_what_is_no_image(suffix, data):
    for look in (read_header, decode):
        with pytest.raises(Unreadable, match="no readable image"):
            look(io.BytesIO(data), suffix)
