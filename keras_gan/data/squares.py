"""The one way in which an image of any size and mode becomes a square of uint8."""

from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from keras_gan.data.bit_depth import WHITE
from keras_gan.utils.validation import InputError, check_integer

_BAND = 2**21  # pixels that are converted at once


def to_square(image: Image.Image, image_size: int | None, channels: int | None, white: int = WHITE) -> np.ndarray:
    """Return a Pillow image as uint8, `(size, size, channels)`.

    Transparency is laid on black, 16 bits are scaled and rounded to 8, palettes and CMYK become RGB, the centre is
    cropped to a square, and that is resized by Lanczos' antialiased filter if its size is another.

    Args:
        image: of any mode.
        image_size: pixels a side; `None` keeps those of the image.
        channels: 1, 3, or `None` to keep grey images grey and coloured ones coloured.
        white: the value of 16 bits that becomes 255, with all above it.
    """
    image = _to_grey_or_rgb(image, white)
    if channels is not None:
        image = image.convert("L" if channels == 1 else "RGB")
    width, height = image.size
    side = min(width, height)
    if width != height:
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    if image_size is not None and image_size != side:
        image = image.resize((image_size, image_size), Image.Resampling.LANCZOS)
    pixels = np.asarray(image, np.uint8)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def check_options(image_size: int | None, channels: int | None, white_level: int | None = None) -> None:
    """Raise unless these are options of `to_square`."""
    if white_level is not None:
        check_integer("white_level", white_level, maximum=WHITE)
    if image_size is not None:
        check_integer("image_size", image_size)
    if channels is not None and check_integer("channels", channels) not in (1, 3):
        raise InputError(f"`channels` must be 1, 3 or None. Received: channels={channels!r}")


def squares(images: Iterable[np.ndarray], image_size: int | None, channels: int | None) -> Iterator[np.ndarray]:
    """Yield uint8 images `(height, width, 1, 3 or 4)` through `to_square`, except those that fit."""
    for image in images:
        height, width, depth = image.shape
        if image_size is None and height != width:
            raise not_square(f"one image has {height}x{width}")
        if height == width == (image_size or height) and depth in (1, 3) and depth == (channels or depth):
            yield image
        else:
            yield to_square(Image.fromarray(image[..., 0] if depth == 1 else image), image_size, channels)


def stack(images: Iterable[np.ndarray]) -> np.ndarray:
    """Return images `(size, size, 1 or 3)` as one array; grey ones get three channels if others have them."""
    found = list(images)
    sizes = {image.shape[0] for image in found}
    if len(sizes) > 1:
        raise not_square(f"images of {min(sizes)} to {max(sizes)} pixels a side")
    depth = max(image.shape[-1] for image in found)
    result = np.empty((len(found), *found[0].shape[:2], depth), np.uint8)
    for index, image in enumerate(found):
        result[index] = image
    return result


def not_square(received: str) -> InputError:
    """Return the error for images that need an `image_size`."""
    return InputError(
        "`image_size` must be given unless all images are squares of the same size. "
        f"Received: image_size=None and {received}"
    )


def _to_grey_or_rgb(image: Image.Image, white: int) -> Image.Image:
    """Return the image in mode L or RGB, converted in bands: whole, a large one would take several copies of itself."""
    grey = image.mode.startswith("I") or image.mode in ("1", "L", "LA", "La")
    grey = grey or (image.mode in ("P", "PA") and all(_is_grey(band) for _, band in _bands(image)))
    result = Image.new("L" if grey else "RGB", image.size)
    for top, band in _bands(image):
        result.paste(_converted(band, grey, white), (0, top))
    return result


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(_BAND // image.width, 1)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _converted(image: Image.Image, grey: bool, white: int) -> Image.Image:
    if image.mode.startswith("I"):
        # Converted by Pillow, all above 255 would be white.
        levels = np.clip(np.asarray(image), 0, white).astype(np.uint32)
        return Image.fromarray(((levels * 255 + white // 2) // white).astype(np.uint8))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        colours = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), colours)
    # A palette goes by way of RGB, so that equal channels are kept and not weighted.
    return image.convert("RGB").getchannel(0) if grey else image.convert("RGB")


def _is_grey(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGB"))
    return bool((pixels == pixels[..., :1]).all())
