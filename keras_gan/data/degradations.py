"""What a picture loses, to be given back: sources that are made of the targets."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.utils.validation import InputError, check_integer, check_number

MAX_SCALE = 64
_MIDDLE = 127.5  # of 8 bits: 0 in [-1, 1]


class Degradation(ABC):
    """A pure function from a picture, and a seed for each, to what is left of it.

    It takes and returns one image `(height, width, channels)`, uint8 or float32 in [-1, 1], of the same type.

    ```python
    class Edges(keras_gan.data.Degradation):
        def __call__(self, image, random):
            return np.abs(np.diff(image.astype(np.int16), axis=0, append=0)).astype(image.dtype)
    ```
    """

    @abstractmethod
    def __call__(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return what is left of an image; all that is random about it is drawn from `random`."""


@dataclass(frozen=True)
class Grey(Degradation):
    """The colours are lost: grey of one channel, from RGB.

    Example:
    ```python
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    print(keras_gan.data.Grey()(image, np.random.default_rng(0)).shape)  # (8, 8, 1)
    ```
    """

    def __call__(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the image in grey."""
        return Preprocessing(channels=1).array(image, colours=True)


@dataclass(frozen=True)
class Downsampled(Degradation):
    """Details are lost: sides are divided by an integer, by Lanczos' filter with antialiasing.

    Args:
        scale: 2 to 64, which divides the sides.

    Example:
    ```python
    data = keras_gan.data.load_pairs(keras_gan.data.Downsampled(4), "pictures", image_size=64)  # 16 pixels to 64
    ```
    """

    scale: int

    def __post_init__(self) -> None:
        check_integer("scale", self.scale, minimum=2, maximum=MAX_SCALE)

    def __call__(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the image with smaller sides."""
        height, width = image.shape[:2]
        if height % self.scale or width % self.scale:
            raise InputError(f"`scale` must divide the sides. Received: scale={self.scale} and {height}x{width} pixels")
        size = (height // self.scale, width // self.scale)
        return Preprocessing(image_size=size, fit="stretch").array(image)


@dataclass(frozen=True)
class Masked(Degradation):
    """A rectangle is lost: the middle grey hides it, somewhere, of half to all of the largest sides.

    Pathak et al. 2016, arXiv:1604.07379.

    Args:
        share: the longest sides of the rectangle, as a share of those of the image, in (0, 1].

    Example:
    ```python
    data = keras_gan.data.load_pairs(keras_gan.data.Masked(0.5), "pictures", image_size=64)
    ```
    """

    share: float = 0.5

    def __post_init__(self) -> None:
        if check_number("share", self.share, minimum=0.0, maximum=1.0) == 0:
            raise InputError("`share` must be above 0. Received: share=0")

    def __call__(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the image with a part that is grey."""
        hidden = image.copy()
        sides = [max(1, round(side * self.share * random.uniform(0.5, 1.0))) for side in image.shape[:2]]
        top, left = (random.integers(whole - side + 1) for whole, side in zip(image.shape[:2], sides, strict=True))
        hidden[top : top + sides[0], left : left + sides[1]] = 127 if image.dtype == np.uint8 else 0.0
        return hidden


@dataclass(frozen=True)
class Noisy(Degradation):
    """Normal noise is added to each number, and what leaves the range is cut off.

    Args:
        deviation: of images in [-1, 1], above 0 and up to 2.

    Example:
    ```python
    data = keras_gan.data.load_pairs(keras_gan.data.Noisy(0.2), "pictures", image_size=64)
    ```
    """

    deviation: float = 0.2

    def __post_init__(self) -> None:
        if check_number("deviation", self.deviation, minimum=0.0, maximum=2.0) == 0:
            raise InputError("`deviation` must be above 0. Received: deviation=0")

    def __call__(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the image with noise."""
        noise = self.deviation * random.normal(size=image.shape)
        if image.dtype == np.uint8:
            return np.clip(np.round(image + _MIDDLE * noise), 0, 255).astype(np.uint8)
        return np.clip(image + noise, -1.0, 1.0).astype(image.dtype)
