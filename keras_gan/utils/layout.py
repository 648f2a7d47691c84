"""How many images a picture shows, and how large: as many as its file can hold."""

import math
from dataclasses import dataclass, replace

from PIL import Image

MOST_SIDE = {"gif": 65_535, "webp": 16_383, "none": 65_535}
"""Pixels a side that a format can hold; a .png could hold more, which little can show."""

_MOST_ANIMATED = 2**28  # pixels of all frames of an animation, which Pillow holds in memory
_WIDE = 32  # pixels that the longer side of an image has at least, where no scale is given


@dataclass(frozen=True)
class Layout:
    """The rows and the columns of a picture, and its scale.

    Args:
        shape: of one image, `(height, width, channels)`.
        rows: of images.
        columns: of images.
        scale: each pixel becomes a square of this side.
        margin: pixels at the left of all images.
    """

    shape: tuple[int, ...]
    rows: int
    columns: int
    scale: int
    margin: int = 0

    @property
    def gap(self) -> int:
        """Pixels between neighbours."""
        return max(1, self.scale // 2)

    @property
    def size(self) -> tuple[int, int]:
        """The height and the width in pixels."""
        height, width = (side * self.scale + self.gap for side in self.shape[:2])
        return self.rows * height - self.gap, self.columns * width - self.gap + self.margin

    def fits(self, side: int) -> bool:
        """Return whether sides of `side` pixels, and the pixels that Pillow opens, are enough."""
        return max(self.size) <= side and math.prod(self.size) <= _most_pixels()

    def within(self, side: int) -> "Layout":
        """Return the largest layout that fits: a smaller scale, then fewer columns, then fewer rows."""
        if self.fits(side):
            return self
        scale = next((s for s in range(self.scale, 1, -1) if self._but(scale=s).fits(side)), 1)
        small = self._but(scale=scale)
        height, width = (length + 1 for length in self.shape[:2])
        if not small.fits(side):  # at scale 1
            small = small._but(columns=max(1, min(small.columns, (side + 1 - self.margin) // width)))
            rows = min((side + 1) // height, int(_most_pixels() // (small.size[1] * height)))
            small = small._but(rows=max(1, min(small.rows, rows)))
        return small

    def frames(self, count: int) -> list[int]:
        """Return which of `count` pictures an animation shows: all, or as many as memory holds, evenly spread."""
        most = min(count, max(2, _MOST_ANIMATED // math.prod(self.size)))
        return [round(index * (count - 1) / max(1, most - 1)) for index in range(most)]

    def _but(self, rows: int | None = None, columns: int | None = None, scale: int | None = None) -> "Layout":
        return replace(self, rows=rows or self.rows, columns=columns or self.columns, scale=scale or self.scale)

    def __str__(self) -> str:
        height, width = self.size
        return f"{self.rows:,} rows, {self.columns:,} columns, scale {self.scale}: {width:,} x {height:,} pixels"


def default_scale(shape: tuple[int, ...]) -> int:
    """Return the scale that makes small images large enough to be seen."""
    return max(1, -(-_WIDE // max(shape[:2])))


def _most_pixels() -> float:
    return Image.MAX_IMAGE_PIXELS or math.inf
