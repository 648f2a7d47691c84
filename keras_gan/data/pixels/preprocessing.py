"""The one way in which an image of any size, depth and colours becomes what the networks are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageColor

from keras_gan.data.pixels import fitting
from keras_gan.data.pixels.colours import Colour, has_alpha, lightness, recolour, to_colours
from keras_gan.data.pixels.value_range import check_value_range
from keras_gan.utils.validation import InputError, check_choice, check_integer

MAX_CHANNELS = 64
_PICTURE = 4  # channels that pictures have at most: red, green, blue, alpha
_MAX_SIDE = 2**16
_NARROWEST = 0.75  # width by height of a picture beside others: half of a square picture is narrower
_FEW, _MANY = 4, 8  # no image has so few rows, and so many columns and channels


def check_channels_last(argument: str, shape: Sequence[int]) -> None:
    """Raise for images `(n, ...)` that seem to have their channels first.

    Raises:
        InputError: so few rows, and so many columns and channels, has no image.
    """
    if len(shape) == 4 and shape[1] <= _FEW and min(shape[2:]) >= _MANY:
        raise InputError(
            f"{argument} must be channels last, (n, height, width, channels), and seem to be channels first: "
            f"`np.moveaxis(x, 1, -1)`. Received: images of shape {tuple(shape)}"
        )


@dataclass(frozen=True)
class Preprocessing:
    """Size, channels and depth, as `keras_gan.data.load` is told.

    Attributes:
        image_size: a side of square images, `(height, width)`, or `None` to keep what the images have.
        fit: `"crop"`, `"pad"` or `"stretch"`.
        channels: 1 to 64, or `None` to keep what the images have: of pictures grey or RGB, without alpha.
        background: a colour by name or as `"#rrggbb"`.
        value_range: the values of more than 8 bits that become -1 and 1; `None` for the type's own.
        panels: pictures side by side in each image, equally wide: `image_size` is that of one of them.

    Raises:
        InputError: an attribute is not as above.
    """

    image_size: int | tuple[int, int] | None = None
    fit: str = "crop"
    channels: int | None = None
    background: str = "black"
    value_range: tuple[float, float] | None = None
    panels: int = 1

    def __post_init__(self) -> None:
        _ = self.size, self.colour
        check_choice("fit", self.fit, fitting.CHOICES)
        check_value_range(self.value_range)
        if self.channels is not None:
            check_integer("channels", self.channels, maximum=MAX_CHANNELS)

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width, of one panel; `None` where those of the images are kept."""
        given = self.image_size
        if given is None:
            return None
        sides = given if isinstance(given, Sequence) and not isinstance(given, str) else (given, given)
        if len(sides) != 2:
            raise InputError(
                f"`image_size` must be a side or (height, width), in pixels. Received: image_size={given!r}"
            )
        height, width = (check_integer("image_size", side, bound=_MAX_SIDE) for side in sides)
        return height, width

    def sides_of(self, name: str, height: int, width: int) -> tuple[int, int]:
        """Return the height and the width of what becomes of an image.

        Args:
            name: of its file, for messages.
            height: of the image, in pixels.
            width: likewise.

        Raises:
            InputError: it can't be so many pictures side by side.
        """
        if self.panels > 1 and (width % self.panels or width < _NARROWEST * self.panels * height):
            raise InputError(
                f"`path` must hold pictures of {self.panels} side by side, whose width is a multiple of {self.panels} "
                f"and at least {_NARROWEST * self.panels:g} times the height. "
                f"Received: {name!r} of {height}x{width} pixels"
            )
        if self.size is None:
            return height, width
        return self.size[0], self.panels * self.size[1]

    @property
    def colour(self) -> Colour:
        """Red, green and blue of the background."""
        try:
            return ImageColor.getrgb(self.background)[:3]
        except (ValueError, AttributeError, TypeError):
            raise InputError(
                "`background` must be a colour by name or as '#rrggbb', such as 'black' or '#ff8800'. "
                f"Received: background={self.background!r}"
            ) from None

    def channels_of(self, depth: int) -> int:
        """Return how many channels become of so many, which are grey, grey and alpha, RGB or RGBA."""
        return self.channels or depth - has_alpha(depth)

    def picture(self, image: Image.Image) -> np.ndarray:
        """Return a Pillow image of 8 bits as uint8, `(height, width, channels)`."""
        if self.channels is not None and self.channels > _PICTURE:
            raise InputError(
                f"`channels` must be 1 to {_PICTURE} for pictures: grey, grey and alpha, RGB or RGBA. "
                f"Received: channels={self.channels}"
            )
        image = to_colours(image, self.channels, self.colour)
        if self.size is not None:
            image = self._fit(image, self.size, self._padding(len(image.getbands())))
        pixels = np.asarray(image, np.uint8)
        return pixels[..., None] if pixels.ndim == 2 else pixels

    def array(self, values: np.ndarray, colours: bool = False) -> np.ndarray:
        """Return an image `(height, width, channels)` of uint8, or of float32 in [-1, 1], in the same type.

        Args:
            values: with any number of channels.
            colours: whether they are grey, grey and alpha, RGB or RGBA; otherwise channels are kept as they are, but
                that 1 makes 3 and 3 make 1.
        """
        depth = values.shape[-1]
        if depth == self.channels or (self.channels is None and not (colours and has_alpha(depth))):
            return self._fitted(values, colours)  # nothing is converted
        if not (colours and depth <= _PICTURE and (self.channels or 0) <= _PICTURE) and (depth, self.channels) not in (
            (1, 3),
            (3, 1),
        ):
            raise InputError(f"`channels` must be {depth}, as in the images. Received: channels={self.channels}")
        if values.dtype == np.uint8:
            return self.picture(Image.fromarray(values[..., 0] if depth == 1 else values))
        return self._fitted(recolour(values, self.channels, self.colour), colours)

    def _fitted(self, values: np.ndarray, colours: bool) -> np.ndarray:
        if self.size is None or values.shape[:2] == (self.size[0], self.panels * self.size[1]):
            return values
        alpha = colours and has_alpha(values.shape[-1])
        if alpha and values.dtype != np.uint8:
            return self._fitted_by_opacity(values)
        if values.dtype == np.uint8 and (alpha or values.shape[-1] == 3):
            padding = self._padding(values.shape[-1])
            return np.asarray(self._fit(Image.fromarray(values), self.size, padding))
        grey = lightness(self.colour)
        ground = grey if values.dtype == np.uint8 else grey / 127.5 - 1.0
        planes = [Image.fromarray(np.ascontiguousarray(values[..., index])) for index in range(values.shape[-1])]
        fitted = np.stack([np.asarray(self._fit(plane, self.size, ground)) for plane in planes], axis=-1)
        return fitted if values.dtype == np.uint8 else np.clip(fitted, -1.0, 1.0)  # Lanczos' filter overshoots

    def _fit(self, image: Image.Image, size: tuple[int, int], ground: tuple[int, ...] | float) -> Image.Image:
        return fitting.fit(image, size, self.fit, ground, self.panels)

    def _fitted_by_opacity(self, values: np.ndarray) -> np.ndarray:
        """Fit floats with an alpha channel as Pillow fits 8 bits: colours are weighed by their opacity."""
        opacity = (values[..., -1:] + 1.0) / 2.0
        weighed = np.concatenate([(values[..., :-1] + 1.0) * opacity - 1.0, values[..., -1:]], axis=-1)
        black = replace(self, channels=None, background="black")
        fitted = black._fitted(weighed, colours=False)
        opacity = (fitted[..., -1:] + 1.0) / 2.0
        colours = (fitted[..., :-1] + 1.0) / np.maximum(opacity, 1e-6) - 1.0
        ground = np.array(self._padding(values.shape[-1])[:-1], np.float32) / 127.5 - 1.0
        colours = np.where(opacity > 0.0, np.clip(colours, -1.0, 1.0), ground)
        return np.concatenate([colours, fitted[..., -1:]], axis=-1).astype(np.float32)

    def _padding(self, channels: int) -> tuple[int, ...]:
        """Return the background in 8 bits: transparent where there is an alpha channel."""
        ground = self.colour if channels > 2 else (lightness(self.colour),)
        return (*ground, 0) if has_alpha(channels) else ground
