"""What options are made of: sizes and seeds, as people write them, and the options that all commands have."""

import re
from collections.abc import Callable
from pathlib import Path

import click

MAX_SEED = 2**31 - 1


class Size(click.ParamType):  # type: ignore[type-arg]  # which older versions of click do not have
    """A side of square images, or `HEIGHTxWIDTH`.

    Args:
        least: pixels a side.
        most: pixels a side.
    """

    name = "side or HEIGHTxWIDTH"

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | tuple[int, int]:
        """Return the side, or the height and the width."""
        sides = str(value).lower().split("x")
        numbers = [int(side) if side.isdecimal() and side.isascii() else 0 for side in sides]
        if len(sides) > 2 or not all(self.least <= number <= self.most for number in numbers):
            self.fail(f"{value!r} is no side from {self.least} to {self.most}, nor HEIGHTxWIDTH of such.", param, ctx)
        return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


class Count(click.ParamType):  # type: ignore[type-arg]
    """A count as people write it, as `400000`, `400k` or `1.5M`: it stays text, which the library reads."""

    name = "count"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, if it is a count."""
        text = str(value).replace(",", "").replace("_", "")
        if not re.fullmatch(r"\d{1,12}|\d{1,12}(\.\d{1,6})?[kKmM]", text) or not re.search("[1-9]", text):
            self.fail(f"{value!r} is no count, as 400000, 400k or 1.5M.", param, ctx)
        return str(value)


class Seeds(click.ParamType):  # type: ignore[type-arg]
    """Seeds and ranges of seeds, as `3,17,20-25`."""

    name = "seeds"
    _MOST = 1_000_000

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """Return the seeds in their order."""
        if isinstance(value, list):
            return value
        seeds: list[int] = []
        for part in str(value).split(","):
            first, dash, last = (side.strip() for side in part.partition("-"))
            ends = [first, last] if dash else [first, first]
            if not all(end.isdecimal() and end.isascii() and int(end[:11]) <= MAX_SEED for end in ends):
                self.fail(f"{value!r} is no list of seeds from 0 to {MAX_SEED}, as 3,17,20-25.", param, ctx)
            begin, end = map(int, ends)
            if begin > end or len(seeds) + end - begin >= self._MOST:
                self.fail(f"{value!r} must have ranges that go up, and at most {self._MOST:,} seeds.", param, ctx)
            seeds += range(begin, end + 1)
        return seeds


_QUIET = click.option("--quiet", is_flag=True, help="Tell nothing but errors and warnings.")
_JSON = click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="What is found and written, for programs; - for stdout.  [default: none]",
)


def answers(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how a command answers."""
    return _QUIET(_JSON(command))
