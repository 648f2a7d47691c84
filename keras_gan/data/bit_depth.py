"""What the values of images of 16 bits mean."""

import threading
from pathlib import Path

import numpy as np
from PIL import Image

from keras_gan.data.bad_images import BadImage
from keras_gan.utils.validation import warn

WHITE = 65535  # where nothing else is said
_USED = 4  # a camera of 14 bits uses a quarter of the values


class BitDepth:
    """Which value of 16 bits is white, and the largest that was seen: 12 bits in such a file look all but black.

    Args:
        white_level: what the user says is white; `None` is all that 16 bits hold.

    Attributes:
        white: the value that becomes 255.
    """

    def __init__(self, white_level: int | None = None) -> None:
        self._given = white_level is not None
        self.white = white_level or WHITE
        self._largest = (0, "")
        self._lock = threading.Lock()

    def look_at(self, file: Path, image: Image.Image, colours: bool = False) -> None:
        """Look at the values of an image, if it has 16 bits; several threads do.

        Args:
            file: where it is from.
            image: decoded.
            colours: whether it has 16 bits for each of several channels, of which Pillow keeps the upper 8 alone.
        """
        if colours and self._given:
            raise BadImage(file, "16 bits for each colour, of which 8 can be read: `white_level` is for grey images")
        if colours or image.mode.startswith("I"):
            largest = int(np.asarray(image).max()) * (257 if colours else 1)
            with self._lock:
                self._largest = max(self._largest, (largest, file.name))

    def check(self, folder: Path) -> None:
        """Warn of values that make all pictures dark, or that are cut off."""
        largest, name = self._largest
        if largest > self.white:
            warn(
                f"`white_level` is {self.white}, and {name!r} in {str(folder)!r} goes to {largest}: "
                "what is above is white"
            )
        elif name and not self._given and largest < WHITE // _USED:
            white = 2 ** max(largest.bit_length(), 1) - 1  # of grey images; those in colour have to be saved anew
            warn(
                f"The 16-bit images in {str(folder)!r} have values up to {largest} of {WHITE} ({name!r}): they come "
                f"out all but black. If {white} is white, say so: `white_level={white}` (--white-level {white})"
            )
