"""What the values of images of more than 8 bits mean."""

import threading

import numpy as np

from keras_gan.utils.depth import DTYPES, Depth
from keras_gan.utils.uint8 import MOST
from keras_gan.utils.validation import InputError, check_number, warn

_OWN = {"uint8": (0.0, 255.0), "uint16": (0.0, 65535.0), "float32": (-1.0, 1.0)}  # where nothing else is said
_USED = 4  # a camera of 14 bits uses a quarter of the values of 16
_MANY = 16  # images, of which one would have a dark pixel if they were in [-1, 1]


def check_value_range(value_range: object) -> tuple[float, float] | None:
    """Return the two values as floats, or raise unless the second is above the first."""
    if value_range is None:
        return None
    if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
        raise InputError(
            "`value_range` must be two numbers, (low, high): the values that become -1 and 1. "
            f"Received: value_range={value_range!r}"
        )
    low, high = (check_number("value_range", value) for value in value_range)
    if not low < high:
        raise InputError(f"`value_range` must be (low, high), low below high. Received: value_range={value_range!r}")
    return low, high


def check_deep(value_range: tuple[float, float] | None, path: str) -> None:
    """Raise if a range is given of images of 8 bits."""
    if value_range is not None:
        raise InputError(
            "`value_range` is for images of more than 8 bits, of which 0 and 255 are -1 and 1. "
            f"Received: value_range={value_range!r} and {path!r} with 8 bits"
        )


class ValueRange:
    """Maps the values of files to [-1, 1], and remembers the extremes: 12 bits in 16 look all but black.

    Args:
        given: the values that become -1 and 1, as the user says; `None` for 0 and 65535 of uint16, and for floats that
            are in [-1, 1] already. Other integers need it. 8 bits are 0 and 255 whatever is said.
    """

    def __init__(self, given: tuple[float, float] | None = None) -> None:
        self._given = given
        self._lowest = (np.inf, "")
        self._largest = (-np.inf, "")
        self._count = 0
        self._dtype = "uint8"
        self._lock = threading.Lock()

    def depth(self, dtype: np.dtype) -> Depth:
        """Return the depth of files of this type.

        Raises:
            InputError: it needs a `value_range`, or has no meaning for pixels.
        """
        name = np.dtype(dtype).name
        name = "float32" if name in ("float16", "float64", "bfloat16") else name
        if name not in DTYPES:
            raise InputError(f"Pixels must be one of {list(DTYPES)}. Received: {name}")
        if name == "uint8" or (self._given is None and name in _OWN):
            return Depth(name, *_OWN[name])
        if self._given is None:
            raise InputError(
                f"`value_range` must say which values of {name} become -1 and 1. Received: value_range=None"
            )
        return Depth(name, *self._given)

    def to_signed(self, file: str, values: np.ndarray) -> np.ndarray:
        """Return the values of a file as float32 in [-1, 1]; several threads do.

        Raises:
            InputError: floats beyond [-1, 1], and there is no `value_range`.
        """
        depth = self.depth(values.dtype)
        low, high = float(values.min()), float(values.max())
        if values.dtype != np.uint8:
            if depth.dtype == "float32" and self._given is None and not max(-low, high) <= MOST:
                raise InputError(
                    "`value_range` must say which values become -1 and 1, unless floats are in [-1, 1]. Received: "
                    f"value_range=None and {file!r} with values from {low:g} to {high:g}"
                )
            with self._lock:
                self._lowest = min(self._lowest, (low, file))
                self._largest = max(self._largest, (high, file))
                self._count += 1
                self._dtype = depth.dtype
        return depth.to_signed(values)

    def check(self, path: str) -> None:
        """Warn of values that make all pictures dark, or that were cut off; refuse floats that seem to be in [0, 1]."""
        (low, darkest), (high, lightest) = self._lowest, self._largest
        if not lightest:
            return
        if self._given is not None:
            for value, file, beyond in ((low, darkest, low < self._given[0]), (high, lightest, high > self._given[1])):
                if beyond:
                    warn(f"`value_range` is {self._given}, and {file!r} in {path!r} goes to {value:g}: it is cut off")
        elif self._dtype == "uint16" and high < 65535 // _USED:
            white = 2 ** max(int(high).bit_length(), 1) - 1
            warn(
                f"The 16-bit images in {path!r} have values up to {high:g} of 65535 ({lightest!r}): they come out all "
                f"but black. If {white} is white, say so: `value_range=(0, {white})` (--value-range 0 {white})"
            )
        elif self._dtype == "float32" and self._count >= _MANY and 0.0 <= low < high:
            raise InputError(
                "`value_range` must say which values become -1 and 1: floats without one must be in [-1, 1], and these "
                f"seem to be in [0, 1]. Received: value_range=None and values from {low:g} to {high:g} in {path!r}"
            )
