"""The language of splits."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError

_PART = re.compile(r"\s*([\w-]+)\s*(?:\[\s*([^:\[\]]*?)\s*:\s*([^:\[\]]*?)\s*\])?\s*")
_PERCENT = re.compile(r"-?\d+(\.\d+)?%")
_NUMBER = re.compile(r"-?\d+")


class Part(NamedTuple):
    """The examples `start` to `stop` of the split `name`."""

    name: str
    start: int
    stop: int


def parse_split(split: str, sizes: Mapping[str, int]) -> list[Part]:
    """Return what `split` selects, in the language of TensorFlow Datasets.

    Args:
        split: `"train"`, `"train[:80%]"`, `"train[-100:]"`, or several of these joined by `+`. A percentage
            is rounded to the nearest example.
        sizes: the splits that there are, and how many examples each has.

    Raises:
        InputError: `split` is none of these, names a split that isn't there, or selects nothing.
    """
    if not isinstance(split, str):
        raise _error(split, sizes)
    parts = [_parse_part(part, split, sizes) for part in split.split("+")]
    if any(part.start >= part.stop for part in parts):
        raise InputError(f"`split` must select at least one example of {dict(sizes)}. Received: split={split!r}")
    return parts


def _parse_part(part: str, split: str, sizes: Mapping[str, int]) -> Part:
    match = _PART.fullmatch(part)
    if not match or match[1] not in sizes:
        raise _error(split, sizes, match[1] if match else part)
    size = sizes[match[1]]
    start = _bound(match[2], 0, size)
    stop = _bound(match[3], size, size)
    if start is None or stop is None:
        raise _error(split, sizes)
    return Part(match[1], start, stop)


def _bound(text: str | None, default: int, size: int) -> int | None:
    """Return one bound as an index in 0..size, `None` if it is no number or beyond the split."""
    if not text:
        return default
    if _PERCENT.fullmatch(text):
        index = round(float(text[:-1]) * size / 100)
    elif _NUMBER.fullmatch(text):
        index = int(text)
    else:
        return None
    index += size if text.startswith("-") else 0
    return index if 0 <= index <= size else None


def _error(split: object, sizes: Mapping[str, int], name: str = "") -> InputError:
    valid = {name: f"{size} examples" for name, size in sizes.items()}
    return InputError(
        "`split` must be a split or a part of one, such as 'train[:80%]' or 'train[100:200]', within "
        f"{valid}.{nearest(name, list(sizes)) if name not in sizes else ''} Received: split={split!r}"
    )
