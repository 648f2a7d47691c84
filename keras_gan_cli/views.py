"""What there is to look at with `keras-gan explore`: which files, seeds and options each view takes."""

import math
from typing import NamedTuple


class View(NamedTuple):
    """A view.

    Attributes:
        suffixes: that its file may end in; the first is that of the default.
        seeds: those where none are given.
        takes: the options that are for it.
        least: seeds.
        most: seeds.
    """

    suffixes: tuple[str, ...]
    seeds: range
    takes: frozenset[str]
    least: int = 1
    most: float = math.inf


_DRAWN = frozenset({"seeds", "label", "condition"})
_SHOWN = _DRAWN | {"truncation", "space", "scale"}
_POINTS = _SHOWN | {"points"}
VIEWS = {
    "wall": View((".html",), range(200), _DRAWN | {"truncation"}),
    "interpolation": View((".webp", ".gif", ".mp4"), range(4), _POINTS | {"steps"}, least=2),
    "grid": View((".png",), range(4), _POINTS | {"steps"}, least=4, most=4),
    "truncation": View((".png",), range(8), _SHOWN - {"truncation"}),  # which it goes through
    "mixing": View((".png",), range(8), _POINTS | {"places"}, least=2),
    "directions": View((".png",), range(1), _POINTS, most=1),
    "nearest": View((".png",), range(8), _POINTS | {"data"}),
    "projection": View((".png",), range(1), _SHOWN - {"seeds", "truncation"} | {"steps", "data"}),
}
