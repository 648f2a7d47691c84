"""Pictures of what a translation makes, as it learns."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.callbacks.sample_grid import SampleGrid
from keras_gan.data import PairedData, UnpairedData
from keras_gan.utils.images import grid
from keras_gan.utils.layout import Layout, default_scale
from keras_gan.utils.uint8 import eight_bits
from keras_gan.utils.validation import InputError, check_integer

_A_WAY = 3  # columns: source, result, target, or what comes back


class TranslationGrid(SampleGrid):
    """Saves a grid of sources, what is made of them, and their targets, again and again, and an animation at the end.

    Each row is a pair: the source, the result by the moving average where there is one, and the target (without pairs,
    one of those that it is to look like). In a game that goes both ways it is the source, the result and what comes
    back of it, and then the target, what is made of that, and what comes back. Smaller images are enlarged to the sides
    of the larger ones. The files, and what is done about a full disk, are those of `SampleGrid`.

    Args:
        directory: where the pictures go; made if it is missing.
        pairs: `(sources, targets)`, two arrays of images as `fit` takes them, or a `PairedData`, or `UnpairedData`.
        every: `"epoch"`, a number of steps, or a list of steps.
        rows: how many pairs are shown, from all over the data: neighbours are often alike.
        scale: each pixel becomes a square of `scale` x `scale`; `None` makes small images at least 32 pixels long.
        animation: `"gif"`, `"webp"` or `"none"`.
        log_dir: also write the grids to TensorBoard in this directory (needs `pip install 'keras_gan[tensorboard]'`).

    Raises:
        InputError: an argument is not as above, or the model translates nothing.

    Example:
    ```python
    pairs = (np.zeros((8, 16, 16, 1), np.uint8), np.zeros((8, 16, 16, 3), np.uint8))
    grid = keras_gan.callbacks.TranslationGrid("samples", pairs, every=500)
    ```
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        pairs: tuple[ArrayLike, ArrayLike] | PairedData | UnpairedData,
        every: str | int | Sequence[int] = "epoch",
        rows: int = 8,
        scale: int | None = None,
        animation: str = "gif",
        log_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        shown = check_integer("rows", rows)
        if isinstance(pairs, (PairedData, UnpairedData)):
            pairs = pairs.some(_spread(shown, len(pairs)))
        if not isinstance(pairs, tuple) or len(pairs) != 2 or len(np.shape(pairs[0])) != 4:
            raise InputError(f"`pairs` must be (sources, targets), arrays of images. Received: {type(pairs).__name__}")
        sources, targets = (np.asarray(images) for images in pairs)
        rows_shown = _spread(shown, min(len(sources), len(targets)))
        self.sources, self.targets = sources[rows_shown], targets[rows_shown]
        super().__init__(directory, every, _A_WAY, len(self.sources), 0, scale, animation, log_dir)

    def _check_game(self) -> None:
        if not hasattr(self.model, "side_by_side"):
            kind = type(self.model).__name__
            raise InputError(f"`TranslationGrid` is for games that translate images. Received: a {kind}")
        signature = self.model.signature
        for name, images, shape in (
            ("sources", self.sources, signature.data_shape),
            ("targets", self.targets, signature.sample_shape),
        ):
            if images.ndim != 4 or images.shape[-1] != shape[-1]:
                raise InputError(
                    f"`pairs` must have {name} of {shape[-1]} channels, as the game has. Received: shape {images.shape}"
                )

    def picture(self) -> np.ndarray:
        """Return the grid as it is now: uint8, `(height, width, channels)`."""
        layout, shape = self._layout(), self._shape()
        columns = self.model.side_by_side(self.sources[: layout.rows], self.targets[: layout.rows])
        images = np.stack([_alike(eight_bits(images), shape) for images in columns], axis=1).reshape(-1, *shape)
        return grid(images, columns=len(columns), gap=layout.gap, scale=layout.scale)

    def _shape(self) -> tuple[int, ...]:
        """Return the shape of one image of the grid, which all can be shown in."""
        shapes = [images.shape[1:] for images in (self.sources, self.targets)]
        return tuple(max(sides) for sides in zip(*shapes, strict=True))

    def _asked(self) -> Layout:
        shape = self._shape()
        return Layout(shape, len(self.sources), _A_WAY * len(self.model.ways), self.scale or default_scale(shape))


def _spread(shown: int, count: int) -> np.ndarray:
    """Return the numbers of so many rows, or of all, at equal distances from the first to the last."""
    return np.linspace(0, count - 1, min(shown, count)).round().astype(np.int64)


def _alike(images: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return images of this shape: enlarged by whole numbers, and grey in all colours."""
    for axis in (1, 2):
        images = images.repeat(max(shape[axis - 1] // images.shape[axis], 1), axis=axis)
        missing = [(0, 0)] * 4
        missing[axis] = (0, shape[axis - 1] - images.shape[axis])
        images = np.pad(images, missing)
    if images.shape[3] == 1:
        images = images.repeat(shape[2], axis=3)
    return np.pad(images, [(0, 0)] * 3 + [(0, shape[2] - images.shape[3])], constant_values=255)
