"""Grey, colours and transparency: from what a file has to the channels that are asked for."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

_BAND = 2**21  # pixels that are converted at once
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""


def to_colours(image: Image.Image, channels: int | None, background: Colour = (0, 0, 0)) -> Image.Image:
    """Return a Pillow image of 8 bits in mode L, LA, RGB or RGBA: of 1, 2, 3 or 4 channels.

    Palettes and CMYK become RGB. Without an alpha channel in the result, what is transparent is laid on the background,
    of which grey images take the lightness. An image that has no alpha channel is opaque.

    It is converted in bands: whole, a large one would take several copies of itself.

    Args:
        image: of any mode of 8 bits or less.
        channels: 1 to 4, or `None` to keep grey images grey and coloured ones coloured, on the background.
        background: what transparent images are laid on.
    """
    grey = is_grey(image)
    if image.mode == _MODES[channels or (1 if grey else 3)] and "transparency" not in image.info:
        return image
    if channels in (2, 4):
        result = Image.new(_MODES[channels], image.size)
        for top, band in _bands(image):
            result.paste(band.convert("RGBA").convert(_MODES[channels]), (0, top))
        return result
    result = Image.new("L" if grey else "RGB", image.size)
    for top, band in _bands(image):
        result.paste(_laid(band, grey, background), (0, top))
    return result if channels is None else result.convert(_MODES[channels])


def is_grey(image: Image.Image) -> bool:
    """Return whether an image has nothing but greys by its mode, or because all colours of its palette that it uses."""
    if image.mode in ("P", "PA"):
        return all(_all_grey(band) for _, band in _bands(image))
    return image.mode in ("1", "L", "LA", "La")


def has_alpha(channels: int) -> bool:
    """Return whether the last of so many channels is alpha: of 2 (grey) and 4 (RGB)."""
    return channels in (2, 4)


def recolour(values: np.ndarray, channels: int | None, background: Colour = (0, 0, 0)) -> np.ndarray:
    """Return an image of floats with the channels that are asked for, as `to_colours` does.

    Args:
        values: float32 in [-1, 1], `(height, width, 1 to 4)`.
        channels: 1 to 4, or `None` for what it has but alpha.
        background: what transparent images are laid on.
    """
    colours, alpha = values, np.ones_like(values[..., :1])
    if has_alpha(values.shape[-1]):
        colours, alpha = values[..., :-1], values[..., -1:]
    channels = channels or colours.shape[-1]
    if not has_alpha(channels):
        ground = np.array(background, np.float32) / 127.5 - 1.0
        opacity = (alpha + 1.0) / 2.0
        colours = colours * opacity + (1.0 - opacity) * (ground @ _LUMA if colours.shape[-1] == 1 else ground)
    wanted = channels - has_alpha(channels)
    if wanted < colours.shape[-1]:
        colours = (colours @ _LUMA)[..., None]
    colours = np.repeat(colours, 3, axis=-1) if wanted > colours.shape[-1] else colours
    parts = [colours, alpha] if has_alpha(channels) else [colours]
    return np.concatenate(parts, axis=-1).astype(np.float32, copy=False)


def lightness(colour: Colour) -> int:
    """Return the grey of a colour, 0..255."""
    return int(Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0)))  # type: ignore[arg-type]


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(_BAND // image.width, 1)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _laid(image: Image.Image, grey: bool, background: Colour) -> Image.Image:
    """Return a band as L or RGB, on the background where it is transparent."""
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        ground = (lightness(background),) * 3 if grey else background
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*ground, 255)), image.convert("RGBA"))
    # A palette goes by way of RGB, so that equal channels are kept and not weighted.
    return image.convert("RGB").getchannel(0) if grey else image.convert("RGB")


def _all_grey(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGBA"))[..., :3]  # of a transparent palette Pillow warns on the way to RGB
    return bool((pixels == pixels[..., :1]).all())
