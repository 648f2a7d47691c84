"""How an image of any size becomes one of a given size: cropped, padded or stretched."""

from PIL import Image

CHOICES = ("crop", "pad", "stretch")


def fit(
    image: Image.Image, size: tuple[int, int], how: str, background: tuple[int, ...] | float, panels: int = 1
) -> Image.Image:
    """Return a Pillow image of `size`, resized by Lanczos' antialiased filter if what is left has another.

    Args:
        image: of mode L, LA, RGB, RGBA or F. Colours are weighed by their opacity, so that what lies hidden under
            transparency does not show at its edges.
        size: `(height, width)`.
        how: `"crop"` cuts what is beyond the proportions of `size`, equally on both sides; `"pad"` keeps all and adds
            `background` on both sides; `"stretch"` changes the proportions.
        background: what is added, one value a channel.
        panels: pictures side by side in `image`, equally wide: each is fitted to `size` by itself, and they come out
            side by side.
    """
    height, width = size
    if panels > 1:
        # As one picture they would lose their outer edges alone, and the filter would reach across the seams.
        sheet, across = Image.new(image.mode, (panels * width, height)), image.width // panels
        for index in range(panels):
            panel = image.crop((index * across, 0, (index + 1) * across, image.height))
            sheet.paste(fit(panel, size, how, background), (index * width, 0))
        return sheet
    if how == "crop":
        image = _cropped(image, height, width)
    if how == "pad":
        return _padded(image, height, width, background)
    return _resized(image, height, width)


def _cropped(image: Image.Image, height: int, width: int) -> Image.Image:
    """Return the largest part about the centre that has the proportions of the size, to the pixel."""
    have_width, have_height = image.size
    if have_width * height > have_height * width:
        across, down = max(round(have_height * width / height), 1), have_height
    else:
        across, down = have_width, max(round(have_width * height / width), 1)
    if (across, down) == image.size:
        return image
    left, top = (have_width - across) // 2, (have_height - down) // 2
    return image.crop((left, top, left + across, top + down))


def _padded(image: Image.Image, height: int, width: int, background: tuple[int, ...] | float) -> Image.Image:
    scale = min(height / image.height, width / image.width)
    image = _resized(image, *(max(round(side * scale), 1) for side in (image.height, image.width)))
    sheet = Image.new(image.mode, (width, height), background)
    sheet.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return sheet


def _resized(image: Image.Image, height: int, width: int) -> Image.Image:
    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)
