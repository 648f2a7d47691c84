"""Telling people how far something is: on a terminal in a line that moves, elsewhere in plain lines, not too many."""

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence

import keras

from keras_gan.utils.validation import InputError

_REDRAW = 0.1  # seconds between two states of a line that moves
_FIRST, _LONGEST = 5.0, 600.0  # seconds between two plain lines: a twentieth of the time that has passed, within these
_SHARE = 0.05
_INDENT = "    "


_moving: list["Display"] = []  # the one whose line moves now: a terminal has one


def make_room() -> None:
    """Leave a line that moves as it is, so that something else can be said below it."""
    for display in [*_moving]:
        display.close()


class Display:
    """Lines for people, never wider than the terminal.

    Where stdout is a terminal, or a notebook, one line moves. Elsewhere, as in a file, there are plain lines, without
    characters that move a cursor: the first after 5 seconds, then fewer and fewer.

    Args:
        verbose: as in Keras: 0 shows nothing; 1 or `"auto"` as above; 2 only what is `kept`.
        clock: what tells the seconds.
    """

    def __init__(self, verbose: int | str = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.verbose = check_verbose(verbose) if keras.config.is_interactive_logging_enabled() else 0
        self.moves = self.verbose == 1 and _can_move()
        self._clock = clock
        self._begun = self._last = clock()
        self._drawn = 0

    def is_due(self) -> bool:
        """Return whether it is time to `show` something: all that may be asked at every step."""
        if self.verbose != 1:
            return False
        now = self._clock()
        if self.moves:
            return now - self._last >= _REDRAW
        return now - self._last >= min(max(_FIRST, _SHARE * (now - self._begun)), _LONGEST)

    def show(self, *parts: str) -> None:
        """Show a state that the next one replaces: a line that moves, or else a plain one."""
        if self.verbose != 1:
            return
        line = joined(parts, columns())
        if self.moves:
            _moving[:] = [self]
            sys.stdout.write("\r" + line.ljust(self._drawn))
            _flush()
            self._drawn, self._last = len(line), self._clock()
        else:
            self._write(line)

    def keep(self, *parts: str, then: Sequence[str] = ()) -> None:
        """Write a line that stays, in place of one that moves, and further parts below it."""
        if not self.verbose:
            return
        width = columns()
        self._write(joined(parts, width), *wrapped(then, width))

    def _write(self, *lines: str) -> None:
        first, *rest = lines
        if self._drawn:
            first = "\r" + first.ljust(self._drawn)
        sys.stdout.write("\n".join([first, *rest]) + "\n")
        _flush()
        self._drawn, self._last = 0, self._clock()
        _moving.clear()

    def close(self) -> None:
        """Leave a line that moved as it is, so that what comes next begins below it."""
        if self._drawn:
            sys.stdout.write("\n")
            _flush()
        self._drawn = 0
        _moving.clear()


class Progress:
    """How far an evaluation is, over samples or steps, which ends with the results.

    Args:
        verbose: as in Keras: 0 shows nothing, 1 how far it is, 2 only the results.
        unit: what is counted.
        doing: what is done, in a word or two.
    """

    def __init__(self, verbose: int | str, unit: str = "samples", doing: str = "evaluating") -> None:
        self.display = Display(verbose)
        self._unit, self._doing = unit, doing
        self._seen, self._target = 0, 0
        self._begun = time.monotonic()

    def expect(self, more: int) -> None:
        """Say how many are still to come."""
        self._target = self._seen + more

    def add(self, number: int) -> None:
        """Move on by a number of samples."""
        self._seen += number
        if self.display.is_due():
            spent = time.monotonic() - self._begun
            left = [f"{duration(spent / self._seen * (self._target - self._seen))} left"] if self._target else []
            self.display.show(*self._counted(), rate(self._seen / spent, self._unit), *left)

    def finish(self, results: Mapping[str, float]) -> None:
        """Show the results, by name, in lines that stay."""
        self._target = self._seen
        spent = duration(time.monotonic() - self._begun)
        self.display.keep(*self._counted(), spent, then=[numbered(*result) for result in results.items()])

    def _counted(self) -> tuple[str, str]:
        target = f"/{self._target:,}" if self._target else ""
        return self._doing, f"{self._seen:,}{target} {self._unit}"


def joined(parts: Sequence[str], width: int) -> str:
    """Return parts in a line: as many of the first ones as fit."""
    line = ""
    for part in parts:
        longer = f"{line}  {part}" if line else part[:width]
        if len(longer) <= width:
            line = longer
    return line


def wrapped(parts: Sequence[str], width: int) -> list[str]:
    """Return parts in as many indented lines as they need, none of them broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 2 + len(part) <= width:
            lines[-1] += f"  {part}"
        else:
            lines.append(textwrap.shorten(_INDENT + part, width) if len(_INDENT + part) > width else _INDENT + part)
    return lines


def numbered(name: str, value: float, digits: int = 4) -> str:
    """Return a quantity and its value."""
    return f"{name} {value:.{digits}g}"


def check_verbose(verbose: int | str) -> int:
    """Return Keras's `verbose` as 0, 1 or 2, or raise."""
    if verbose not in ("auto", 0, 1, 2):
        raise InputError(f'`verbose` must be "auto", 0, 1 or 2. Received: verbose={verbose!r}')
    return 1 if verbose == "auto" else int(verbose)


def rate(per_second: float, unit: str) -> str:
    """Return how many in a second, or how many seconds one takes."""
    if per_second >= 10.0:
        return f"{per_second:,.0f} {unit}/s"
    return f"{per_second:.2g} {unit}/s"


def duration(seconds: float) -> str:
    """Return a time that people can read: `4 s`, `1:05`, `2:03:04`, `3 d 04 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days:
        return f"{days} d {left:02d} h"
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def columns() -> int:
    """Return the width of a line: one less than the terminal's, some of which break a line that is full."""
    return max(20, shutil.get_terminal_size().columns - 1)


def _flush() -> None:
    flush = getattr(sys.stdout, "flush", None)
    if flush is not None:
        flush()


def _can_move() -> bool:
    """Return whether a line can be drawn again where stdout goes."""
    if type(sys.stdout).__module__.startswith("ipykernel"):  # a notebook, which says that it is no terminal
        return True
    is_terminal = getattr(sys.stdout, "isatty", lambda: False)  # whatever takes its place may have no more than `write`
    return bool(is_terminal()) and os.environ.get("TERM") != "dumb"
