"""Pictures of images: many in one, with what is written beside them, and as Pillow shows them."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_gan.utils.validation import InputError

_LETTERS = 14  # pixels that a line of a caption is high, or less where rows are lower
_LONGEST = 24  # letters of a caption


def grid(images: np.ndarray, columns: int | None = None, gap: int = 1, scale: int = 1) -> np.ndarray:
    """Arrange images in rows on a black ground.

    Args:
        images: `(n, height, width, channels)`, of any depth.
        columns: images a row; the default makes the grid about square.
        gap: pixels between neighbours, after scaling.
        scale: each pixel becomes a square of `scale` x `scale`.

    Returns:
        `(height, width, channels)`, of the type of the images.
    """
    if images.ndim != 4 or images.dtype.kind not in "fiu" or not len(images):
        raise InputError(
            "`images` must be numbers of shape (n, height, width, channels), n >= 1. "
            f"Received: images of dtype {images.dtype} and shape {images.shape}"
        )
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    height, width = height * scale, width * scale
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), images.dtype)
    for index, image in enumerate(images.repeat(scale, axis=1).repeat(scale, axis=2)):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def captions(texts: Sequence[str], height: int, gap: int, channels: int) -> np.ndarray:
    """Return what is written at the left of a grid, white on black: a text for each row.

    Args:
        texts: of the rows; long ones are cut off.
        height: pixels of a row.
        gap: pixels between rows, and beside the texts.
        channels: of the picture.

    Returns:
        uint8, as high as the grid, `channels` deep.
    """
    font = ImageFont.load_default(min(height, _LETTERS))
    texts = [" ".join(text.split()) for text in texts]
    shown = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..." for text in texts]
    width = 2 * gap + math.ceil(max((font.getlength(text) for text in shown), default=0.0))
    page = Image.new("L", (width, len(shown) * (height + gap) - gap))
    for row, text in enumerate(shown):
        ImageDraw.Draw(page).text((gap, row * (height + gap) + height // 2), text, fill=255, font=font, anchor="lm")
    written = np.asarray(page)[..., None].repeat(channels, axis=2)
    if channels == 4:  # the ground too can be seen
        written[..., 3] = 255
    return written


def to_pil(image: np.ndarray) -> Image.Image:
    """Return one uint8 image `(height, width, channels)` as a Pillow image: of its visible channels."""
    image = image[..., : visible_channels(image.shape[-1])]
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else np.ascontiguousarray(image))


def visible_channels(channels: int) -> int:
    """Return how many of so many channels a picture shows, the first ones: 1 as grey, 3 as RGB, 4 as RGBA."""
    return {1: 1, 2: 1, 3: 3, 4: 4}.get(channels, 3)
