"""Files of images: what their headers announce, and their pixels.

Pillow reads pictures of 8 bits, and of more where they have one channel. Of 16 bits a colour it would keep 8: such PNGs
are for TensorFlow's decoder, and such TIFFs, or those of other channels, for tifffile.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import tensorflow as tf
import tifffile
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from keras_gan.data.pixels import array_file, png_header
from keras_gan.data.pixels.colours import has_alpha, is_grey

# What they find wrong becomes an error of ours; without a handler Python would print it as well.
for _name in ("PIL", "tifffile"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

PICTURES = (
    *(".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm"),
    *(".tga", ".tif", ".tiff", ".webp"),
)
ARRAYS = (".npy", ".npz")
SUFFIXES = (*PICTURES, *ARRAYS)
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TGA", "TIFF", "WEBP")
MAX_PIXELS = 2**26
_MAX_BYTES = 2**29  # of an image's values
_LARGE = 2**22  # pixels from which images are decoded one at a time: one of the largest takes up to 0.9 GB
_one_at_a_time = threading.Lock()
_ORIENTATION = 0x0112  # the tag of EXIF and of TIFF
_WIDTH, _HEIGHT, _PHOTOMETRIC = 0x0100, 0x0101, 0x0106  # tags of TIFF
_ALPHA = (1, 2)  # what a TIFF calls it, multiplied into the colours or not
_SINGLE = ("bool", "uint8", "uint16", "int16", "int32", "float32")  # what Pillow reads of one channel in a TIFF
_TURNS = {  # how each orientation is undone: mirror the columns or not, then quarter turns to the left
    **{1: (False, 0), 2: (True, 0), 3: (False, 2), 4: (True, 2)},
    **{5: (True, 1), 6: (False, 3), 7: (True, 3), 8: (False, 1)},
}


class Header(NamedTuple):
    """What an image file announces.

    Attributes:
        height: in pixels, upright.
        width: in pixels.
        channels: those that it has where none are asked for: of pictures without alpha, which is laid on a background.
        dtype: of its values.
        colours: whether its channels are grey, grey and alpha, RGB or RGBA.
    """

    height: int
    width: int
    channels: int
    dtype: np.dtype
    colours: bool


class Unreadable(ValueError):  # noqa: N818 (told of as a bad image, with the name of the file)
    """A file is no image, or one that can't be used: the message says why, and not of which file."""


def read_header(file: BinaryIO, suffix: str) -> Header:
    """Return what a file announces; nothing is decoded but palettes, which may be grey.

    Args:
        file: open at its beginning, seekable.
        suffix: of its name, in lower case.

    Raises:
        Unreadable: it is no image, or announces more than 2^26 pixels.
    """
    with _told():
        if suffix in ARRAYS:
            return _array_header(*array_file.announced(file))
        png = png_header.read(file.read(png_header.FIRST))
        if png is not None:
            _check_pixels(png.width, png.height)
            return Header(png.height, png.width, 1 if png.grey else 3, np.dtype(np.uint8), colours=True)
        file.seek(0)
        page = _tiff_page(file)
        if page is not None:
            return _page_header(page)
        with Image.open(file, formats=FORMATS) as image:
            return _picture_header(image)


def decode(file: BinaryIO, suffix: str) -> Image.Image | np.ndarray:
    """Return a whole image, upright: a Pillow image of 8 bits, or its values `(height, width, channels)`.

    Args:
        file: open at its beginning, seekable.
        suffix: of its name, in lower case.

    Raises:
        Unreadable: it is no image, is damaged, or announces more than 2^26 pixels.
    """
    with _told():
        if suffix in ARRAYS:
            _array_header(*array_file.announced(file))
            return _finite(array_file.read(file))
        page = _tiff_page(file)
        if page is not None:
            return _finite(_page_values(page))
        image = Image.open(file, formats=FORMATS)
        _check_pixels(*image.size)
        with _one_at_a_time if image.width * image.height >= _LARGE else contextlib.nullcontext():
            return _pillow_values(image, file)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what decoders raise into one error."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error and others.
        told = "" if isinstance(error, LookupError) else " ".join(str(error).split())
        if isinstance(error, UnidentifiedImageError):  # which shows an object of Python's
            told = "its contents are of no format that is read"
        raise Unreadable(f"no readable image ({told or type(error).__name__})") from error


def _pillow_values(image: Image.Image, file: BinaryIO) -> Image.Image | np.ndarray:
    if image.format == "PNG" and _is_deep(image) and not image.mode.startswith("I"):
        file.seek(0)
        values = tf.io.decode_png(file.read(), dtype=tf.uint16).numpy()
        return _upright(values, _orientation(image))
    single, dtype = image.mode == "F" or image.mode.startswith("I"), _dtype_of(image)
    image.load()  # all of it: `Image.verify` passes files that are cut off
    if _orientation(image) != 1:
        ImageOps.exif_transpose(image, in_place=True)
    if not single:
        return image
    white = isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == tifffile.PHOTOMETRIC.MINISWHITE
    values = np.asarray(image).astype(dtype)[..., None]
    return _finite(_of_black(values, 8 * dtype.itemsize) if white else values)


def _page_values(page: tifffile.TiffPage) -> np.ndarray:
    _page_header(page)
    tag = page.tags.get(_ORIENTATION)
    planes = np.moveaxis(page.asarray(), 0, -1) if page.axes == "SYX" else page.asarray()
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        planes = _of_black(planes, page.bitspersample)
    return _upright(planes.reshape(*planes.shape[:2], -1), int(tag.value) if tag else 1)


def _of_black(values: np.ndarray, bits: int) -> np.ndarray:
    """Return values of which 0 was white as those of which 0 is black; Pillow does so itself for 8 bits."""
    return (values.dtype.type(2**bits - 1) - values) if values.dtype.kind == "u" else values


def _picture_header(image: Image.Image) -> Header:
    _check_pixels(*image.size)
    width, height = image.size
    if isinstance(image, TiffImageFile):  # of which some versions of Pillow tell the upright size
        width, height = image.tag_v2[_WIDTH], image.tag_v2[_HEIGHT]
    if _orientation(image) >= 5:
        width, height = height, width
    single = image.mode.startswith("I") or image.mode == "F"
    deep = image.format == "PNG" and _is_deep(image)
    grey = single or (deep and "LA;16" in str(getattr(image, "tile", ""))) or is_grey(image)
    dtype = _dtype_of(image) if single else np.dtype(np.uint16 if deep else np.uint8)
    return Header(height, width, 1 if grey else 3, dtype, colours=True)


def _orientation(image: Image.Image) -> int:
    """Return the orientation, without decoding: of a PNG Pillow would, in case that EXIF data come at its end."""
    if image.format == "PNG" and image.info.keys().isdisjoint(("exif", "XML:com.adobe.xmp")):
        return 1
    return int(image.getexif().get(_ORIENTATION, 1))


def _is_deep(image: Image.Image) -> bool:
    """Return whether a file has 16 bits for a value, though Pillow may keep the upper 8 alone."""
    return any(";16" in str(tile) for tile in getattr(image, "tile", ()))


def _dtype_of(image: Image.Image) -> np.dtype:
    """Return the type of the values of an image that Pillow holds in one deep channel."""
    if image.mode == "F":
        return np.dtype(np.float32)
    if image.mode.startswith("I;16") or image.format != "TIFF":  # a .pgm of 16 bits is I, and scaled to 65535
        return np.dtype(np.uint16)
    return np.dtype(np.int16 if ";16S" in str(getattr(image, "tile", "")) else np.int32)


def _array_header(shape: tuple[int, ...], dtype: np.dtype) -> Header:
    height, width, channels = (*shape, 1)[:3]
    _check_pixels(width, height)
    _check_bytes(height * width * channels * dtype.itemsize)
    return Header(height, width, channels, dtype, colours=False)


def _tiff_page(file: BinaryIO) -> tifffile.TiffPage | None:
    """Return the first page of a TIFF that Pillow does not read, or not whole; `None` of all else."""
    begin = file.read(4)
    file.seek(0)
    if begin not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return None
    pages = tifffile.TiffFile(file).pages
    page, several = pages.first, sum(not getattr(one, "is_reduced", False) for one in pages)  # thumbnails are no pages
    file.seek(0)
    if several > 1:
        raise Unreadable(
            f"a TIFF of {several} pages: write each into a file of its own, or bands as samples of a pixel"
        )
    samples, dtype = page.samplesperpixel, page.dtype
    single = samples == 1 and (dtype is None or dtype.name in _SINGLE)
    return None if single or (samples in (3, 4) and dtype == np.uint8) else page


def _page_header(page: tifffile.TiffPage) -> Header:
    if page.axes not in ("YX", "YXS", "SYX"):
        raise Unreadable(f"a TIFF of the axes {page.axes}, which must be YX, YXS or SYX")
    if page.dtype is None:
        raise Unreadable(f"a TIFF of {page.bitspersample} bits of another kind than integers or floats")
    height, width = page.imagelength, page.imagewidth
    _check_pixels(width, height)
    _check_bytes(height * width * page.samplesperpixel * page.dtype.itemsize)
    tag = page.tags.get(_ORIENTATION)
    if tag is not None and int(tag.value) >= 5:
        height, width = width, height
    samples = page.samplesperpixel
    alpha = has_alpha(samples) and not {*map(int, page.extrasamples)}.isdisjoint(_ALPHA)
    rgb = samples == 3 and page.photometric == tifffile.PHOTOMETRIC.RGB
    return Header(height, width, samples - alpha, page.dtype, colours=samples == 1 or rgb or alpha)


def _upright(values: np.ndarray, orientation: int) -> np.ndarray:
    mirrored, turns = _TURNS.get(orientation, (False, 0))
    return np.rot90(values[:, ::-1] if mirrored else values, turns)


def _check_pixels(width: int, height: int) -> None:
    # Before anything is decoded: a file of a megabyte can hold a gigapixel.
    if width * height > MAX_PIXELS:
        raise Unreadable(f"an image of {width}x{height} pixels, more than the {MAX_PIXELS} allowed")
    if width * height == 0:
        raise Unreadable("an image without pixels")


def _check_bytes(count: int) -> None:
    if count > _MAX_BYTES:
        raise Unreadable(f"an image of {count:,} bytes, more than the {_MAX_BYTES:,} allowed")


def _finite(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise Unreadable("NaN or infinity among its values")
    return values
