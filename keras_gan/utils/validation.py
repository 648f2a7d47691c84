"""Checks of what a user hands over: each returns the checked value or raises `InputError`.

Every message has the same three parts: the argument, what was expected, what came.
"""

import math
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Integral, Real

import numpy as np

from keras_gan.utils.nearest_name import nearest

MAX_SEED = MAX_INTEGER = 2**31 - 1
MAX_CLASSES = 2**20
MAX_COUNT = 2**53  # which JSON and floats hold exactly
_ENOUGH = 24
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}


class InputError(ValueError):
    """Something that the user handed over is wrong: the message says which argument, and what to hand over.

    It is a `ValueError`, so code that expects what Keras raises catches it too. The command line turns it into one
    line and exit code 2.
    """


def check_integer(
    name: str, value: object, minimum: int = 1, maximum: int | None = None, bound: int = MAX_INTEGER
) -> int:
    """Return `value` as an `int` within `minimum..maximum`, or raise.

    Without a `maximum` there is still a `bound`, past which nobody means it: a message tells of it there alone.
    """
    most = bound if maximum is None else maximum
    if isinstance(value, bool) or not isinstance(value, Integral) or not minimum <= int(value) <= most:
        absurd = isinstance(value, Integral) and int(value) > most
        wanted = f"an integer from {minimum} to {most}" if absurd or maximum is not None else f"an integer >= {minimum}"
        raise InputError(f"`{name}` must be {wanted}. Received: {name}={_short(value)}")
    return int(value)


def _short(value: object) -> str:
    """Return the value as Python writes it, which it refuses to for integers of thousands of digits."""
    return (
        f"an integer of {value.bit_length()} bits"
        if isinstance(value, int) and value.bit_length() > 1000
        else repr(value)
    )


def check_seed(name: str, value: object) -> int:
    """Return `value` as a seed: an integer from 0 to 2^31 - 1."""
    return check_integer(name, value, minimum=0, maximum=MAX_SEED)


def check_seeds(seeds: Sequence[int]) -> list[int]:
    """Return a list of at least one seed, or raise."""
    if isinstance(seeds, (str, bytes)) or not isinstance(seeds, Sequence | np.ndarray) or not len(seeds):
        raise InputError(f"`seed` must be an integer from 0 to {MAX_SEED}, or a list of such. Received: seed={seeds!r}")
    return [check_seed("seed", seed) for seed in seeds]


def check_number(
    name: str, value: object, minimum: float = -math.inf, maximum: float = math.inf, open_maximum: bool = False
) -> float:
    """Return `value` as a finite `float` within `minimum..maximum` (the maximum excluded if `open_maximum`)."""
    closing = ")" if open_maximum else "]"
    wanted = f"a finite number in [{minimum:g}, {maximum:g}{closing}"
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"`{name}` must be {wanted}. Received: {name}={value!r}")
    number = float(value)
    if not minimum <= number <= maximum or (open_maximum and number == maximum):
        raise InputError(f"`{name}` must be {wanted}. Received: {name}={value!r}")
    return number


def check_count(name: str, value: object) -> int:
    """Return a count of at least 1: an integer, or text such as `"400k"` and `"1.5M"`."""
    if isinstance(value, str):
        given = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)([kKmM]?)", value.replace(",", "").replace("_", ""))
        count = Decimal(given[1]) * _THOUSANDS[given[2].lower()] if given else Decimal("0.5")
        if count != int(count) or not 1 <= count <= MAX_COUNT:
            raise InputError(f"`{name}` must be an integer >= 1, as 400000, 400k or 1.5M. Received: {name}={value!r}")
        return int(count)
    return check_integer(name, value, bound=MAX_COUNT)


def check_bool(name: str, value: object) -> bool:
    """Return `value` if it is `True` or `False`, else raise."""
    if not isinstance(value, bool):
        raise InputError(f"`{name}` must be True or False. Received: {name}={value!r}")
    return value


def check_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`; else raise with the choices and the nearest of them."""
    valid = sorted(choices)
    if isinstance(value, str) and value in valid:
        return value
    raise InputError(f"`{name}` must be one of {valid}.{nearest(value, valid)} Received: {name}={value!r}")


def check_class_logits(wanted: str, logits: np.ndarray) -> None:
    """Raise for class logits that have been through a softmax or a sigmoid.

    Args:
        wanted: what the message begins with.
        logits: `(n, classes)`.
    """
    if logits.shape[-1] < 2 or len(logits) < 2:
        return
    # A few honest logits may all lie there by chance.
    inside = logits.size >= _ENOUGH and bool(np.all((logits > 0.0) & (logits < 1.0)))
    whole = bool(np.all(logits >= 0.0)) and np.allclose(logits.sum(axis=-1), 1.0, atol=1e-3)
    if inside or whole:
        what = "rows that are positive and add up to 1" if whole else "numbers between 0 and 1 alone"
        raise InputError(f"{wanted}: take the softmax or the sigmoid off its last layer. Received: {what}")


def warn(message: str) -> None:
    """Warn, at the line outside of the package and of Keras that led here."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in ("keras_gan", "keras"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
