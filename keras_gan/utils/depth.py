"""The depth of pixels: what files hold, and how it lies in [-1, 1]."""

from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from keras_gan.types import Config
from keras_gan.utils.validation import InputError, check_choice, check_number

DTYPES = ("float32", "int16", "int32", "uint16", "uint8", "uint32")


@dataclass(frozen=True)
class Depth:
    """The type of the values that pictures have in files, and the two that are -1 and 1 to the networks.

    Attributes:
        dtype: `"uint8"`, `"uint16"`, `"int16"`, `"int32"`, `"uint32"` or `"float32"`.
        low: the value that is -1.
        high: the value that is 1, above `low`.

    Raises:
        InputError: an attribute is not as above.

    Example:
    ```python
    from keras_gan.utils.depth import Depth

    camera = Depth("uint16", 0, 4095)
    print(camera.to_signed(np.array([0, 4095], np.uint16)))  # [-1.  1.]
    print(camera.from_signed(np.array([-1.0, 0.0])))  # [   0 2048]
    ```
    """

    dtype: str = "uint8"
    low: float = 0.0
    high: float = 255.0

    def __post_init__(self) -> None:
        check_choice("dtype", self.dtype, DTYPES)
        if not check_number("low", self.low) < check_number("high", self.high):
            raise InputError(f"`low` must be below `high`. Received: low={self.low!r}, high={self.high!r}")

    def to_signed(self, values: np.ndarray) -> np.ndarray:
        """Return values of files as float32 in [-1, 1]; what is beyond `low` and `high` is clipped to them."""
        # In float64: of 32 bits a float32 would lose some before the range is taken off.
        scaled = (values.astype(np.float64) - self.low) * (2.0 / (self.high - self.low)) - 1.0
        return np.clip(scaled, -1.0, 1.0).astype(np.float32)

    def from_signed(self, samples: np.ndarray) -> np.ndarray:
        """Return samples in [-1, 1] as values of files: clipped, integers rounded to the nearest."""
        values = (np.clip(samples.astype(np.float64), -1.0, 1.0) + 1.0) * ((self.high - self.low) / 2.0) + self.low
        if self.dtype == "float32":
            return values.astype(np.float32)
        bounds = np.iinfo(self.dtype)
        return np.clip(np.round(values), bounds.min, bounds.max).astype(self.dtype)

    def get_config(self) -> Config:
        """Return the attributes, as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the depth of a config."""
        return cls(**config)
