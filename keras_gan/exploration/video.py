"""Pictures one after another in a file."""

import importlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import to_pil
from keras_gan.utils.layout import MOST_SIDE
from keras_gan.utils.validation import InputError, check_integer, check_number


class _Format(ABC):
    """How a file holds pictures."""

    most_side: int

    @abstractmethod
    def write(self, path: Path, frames: Iterator[Image.Image], fps: float) -> None:
        """Write the pictures, which are of one size."""


class _Animation(_Format):
    """A file that Pillow writes, and browsers show again and again.

    Args:
        kind: its suffix, without the dot.
        options: further ones of Pillow's.
    """

    def __init__(self, kind: str, **options: Any) -> None:
        self.most_side, self._options = MOST_SIDE[kind], options

    def write(self, path: Path, frames: Iterator[Image.Image], fps: float) -> None:
        first = next(frames)
        duration = round(1000 / fps)  # milliseconds
        first.save(path, save_all=True, append_images=frames, duration=duration, loop=0, **self._options)


class _MP4(_Format):
    """H.264, by the ffmpeg that imageio-ffmpeg brings along."""

    most_side = 8192

    def write(self, path: Path, frames: Iterator[Image.Image], fps: float) -> None:
        try:
            ffmpeg = importlib.import_module("imageio_ffmpeg")
        except ImportError as error:
            raise InputError(
                "`path` may end in .mp4 where imageio-ffmpeg is installed: pip install 'keras_gan[video]'. "
                f"Received: a {path.suffix}"
            ) from error
        first = next(frames).convert("RGB")
        even = (first.width + first.width % 2, first.height + first.height % 2)  # as H.264 wants them
        writer = ffmpeg.write_frames(str(path), even, fps=fps, codec="libx264", macro_block_size=2)
        writer.send(None)
        for frame in (first, *frames):
            whole = Image.new("RGB", even)
            whole.paste(frame.convert("RGB"))
            writer.send(whole.tobytes())
        writer.close()


_WIDE = 128  # pixels that the longer side has at least, where no scale is given
_FORMATS = {".webp": _Animation("webp", quality=90, method=4), ".gif": _Animation("gif"), ".mp4": _MP4()}


def write_video(images: np.ndarray, path: str | os.PathLike[str], fps: float = 20.0, scale: int | None = None) -> None:
    """Write images one after another as an animated .webp or .gif, or as an .mp4; complete or not at all.

    Args:
        images: `(n, height, width, channels)` in [-1, 1], such as a way between points; of other than 1, 3 or 4
            channels the first ones are shown.
        path: its suffix says what is written. An .mp4 needs `pip install 'keras_gan[video]'`.
        fps: images a second, in (0, 100].
        scale: each pixel becomes a square of this side; `None` makes small images at least 128 pixels long.

    Raises:
        InputError: an argument is not as above, or the images are too large for such a file.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    way = exploration.between(space, space.points([3, 17]), steps=10, loop=True)
    exploration.write_video(space.images(way), "way.webp", fps=10)
    ```
    """
    path = Path(path)
    if path.suffix not in _FORMATS:
        raise InputError(f"`path` must end in one of {[*_FORMATS]}. Received: {path.name}")
    if images.ndim != 4 or not len(images):
        raise InputError(f"`images` must be of shape (n, height, width, channels). Received: shape {images.shape}")
    check_number("fps", fps, minimum=0.1, maximum=100.0)
    scale = max(1, -(-_WIDE // max(images.shape[1:3]))) if scale is None else check_integer("scale", scale)
    chosen = _FORMATS[path.suffix]
    side = scale * max(images.shape[1:3])
    if side > chosen.most_side:
        raise InputError(f"`scale` must make sides of at most {chosen.most_side:,} pixels. Received: {side:,} pixels")
    frames = (_frame(image, scale) for image in images)
    with atomic_write(path) as temporary:
        chosen.write(temporary, frames, fps)


def _frame(image: np.ndarray, scale: int) -> Image.Image:
    return to_pil(Depth().from_signed(image).repeat(scale, axis=0).repeat(scale, axis=1))
