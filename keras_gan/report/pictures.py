"""The grids of a run, small enough for a page that holds all of them."""

import io
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

MOST = 200  # pictures of a page
_BYTES = 3_400_000  # of all pictures: 4.5 MB as the text that a page holds, which leaves half a megabyte to the rest
_LARGEST = 120_000  # bytes of one
_SIDE = 640  # pixels
_QUALITIES = (85, 70, 50, 30, 10)
_EFFORT = 2  # of 0 to 6: half the time of Pillow's own, for a tenth more bytes


@dataclass(frozen=True)
class Picture:
    """A grid as a page holds it.

    Attributes:
        step: of the training.
        webp: the file.
        size: width and height in pixels.
    """

    step: int
    webp: bytes
    size: tuple[int, int]


@dataclass
class Pictures:
    """Makes the pictures of pages, and remembers them: a page that is written again needs only the new ones.

    They are WebP: of a hundred samples in colour a sixteenth of the PNG's bytes. A picture that can't be read is left
    out, and so is a symbolic link.

    Attributes:
        unreadable: those that could not be read, the last time.
    """

    unreadable: list[Path] = field(default_factory=list)
    _made: dict[tuple[Path, int, int, int], tuple[bytes, tuple[int, int]] | None] = field(default_factory=dict)

    def of(self, grids: Sequence[Mapping[int, Path]], wanted: Sequence[int | None]) -> list[list[Picture]]:
        """Return the pictures of several runs, thinned out where they are more than a page holds.

        Args:
            grids: of each run the files by step.
            wanted: of each run the step whose picture has to stay, or the last before it; `None` for any.
        """
        most = max(MOST // max(len(grids), 1), 3)
        chosen = [_spread([*grid], most, step) for grid, step in zip(grids, wanted, strict=True)]
        count = sum(map(len, chosen))
        # In steps of two: as a run gets longer its pictures stay as they are, until there are twice as many.
        limit = min(_BYTES // max(1 << (count - 1).bit_length(), 1), _LARGEST) if count < MOST // 2 else _BYTES // MOST
        self.unreadable = []
        made = [
            [picture for step in steps if (picture := self._picture(grid[step], step, limit)) is not None]
            for grid, steps in zip(grids, chosen, strict=True)
        ]
        self.unreadable += [key[0] for key, picture in self._made.items() if picture is None]
        return made

    def _picture(self, path: Path, step: int, limit: int) -> Picture | None:
        try:
            state = os.lstat(path)  # a link of a foreign run may lead to any picture of whoever makes the page
        except OSError:
            return None
        key = (path, state.st_mtime_ns, state.st_size, limit)
        if not stat.S_ISREG(state.st_mode):  # reading from a pipe would never end
            if stat.S_ISLNK(state.st_mode):
                self._made[key] = None
            return None
        if key not in self._made:
            self._made = {old: kept for old, kept in self._made.items() if old[0] != path}
            try:
                with Image.open(path, formats=["PNG"]) as image:
                    self._made[key] = _encoded(image, limit)
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow raises of bad files
                self._made[key] = None
        made = self._made[key]
        return None if made is None else Picture(step, *made)


def _encoded(image: Image.Image, limit: int) -> tuple[bytes, tuple[int, int]]:
    """Return a WebP of at most so many bytes, as good as they allow, and its size."""
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    image = image.convert("RGBA" if "A" in image.mode else "RGB")
    content = _webp(image, lossless=True) if image.width * image.height <= limit else b""
    if 0 < len(content) <= limit // 2:  # flat colours, which need no more without loss
        return content, image.size
    while True:
        for quality in _QUALITIES:
            content = _webp(image, quality=quality)
            if len(content) <= limit or min(image.size) < 16:
                return content, image.size
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


def _webp(image: Image.Image, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", method=_EFFORT, **options)
    return file.getvalue()


def _spread(steps: Sequence[int], most: int, wanted: int | None) -> list[int]:
    """Return so many of the steps at equal distances, the first, the last and the wanted one among them."""
    if len(steps) <= most:
        return [*steps]
    kept = {steps[index * (len(steps) - 1) // (most - 2)] for index in range(most - 1)}
    earlier = [step for step in steps if wanted is not None and step <= wanted]
    return sorted({*kept, *earlier[-1:]})
