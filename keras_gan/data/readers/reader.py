"""What a reader of images is: it scans first, and then gives any row by its index."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np

from keras_gan.data.stores.store import Store
from keras_gan.utils.depth import Depth

VERSION = 1  # of what becomes of a source's pixels; part of the identity of every reader


class Targets(NamedTuple):
    """What the data say of each image beside its pixels: a class, or a vector, or nothing.

    Attributes:
        labels: classes, int32 `(n,)`.
        class_names: one a class.
        conditions: float32 `(n, k)`, where there are no labels.
        condition_names: one a column of the conditions.
    """

    labels: np.ndarray | None = None
    class_names: Sequence[str] | None = None
    conditions: np.ndarray | None = None
    condition_names: Sequence[str] | None = None

    def take(self, rows: Sequence[int] | np.ndarray) -> Self:
        """Return those of some images."""
        labels, conditions = (None if array is None else array[rows] for array in (self.labels, self.conditions))
        return self._replace(labels=labels, conditions=conditions)


class Images(NamedTuple):
    """What `ImageData` is made of.

    Attributes:
        images: `(n, height, width, channels)`, uint8 or float32 in [-1, 1], in memory or in another store.
        targets: classes or conditions.
        depth: of the files that the images are from.
        skipped: names of files that could not be read.
    """

    images: np.ndarray | Store
    targets: Targets = Targets()
    depth: Depth = Depth()
    skipped: Sequence[str] = ()


class Reader(ABC):
    """Images on disk, of which the headers were read and nothing else: any row can be had by its index.

    What is known after the scan, before a pixel is decoded:

    Attributes:
        shape: of a row, `(height, width, channels)`.
        dtype: of a row: uint8, or float32 in [-1, 1].
        targets: classes or conditions of all rows.
        depth: of the files.
        skipped: names of files that were left out.
        in_place: all rows as they lie in a file, where nothing has to be done to them; else `None`.
    """

    in_place: Store | None = None
    shape: tuple[int, int, int]
    dtype: np.dtype
    targets: Targets
    depth: Depth
    skipped: Sequence[str]

    @abstractmethod
    def __len__(self) -> int:
        """Return how many rows there are."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """A digest of what is read and how, in hexadecimal: another one where a row could be another."""

    @abstractmethod
    def read(self, index: int) -> np.ndarray:
        """Return one row; several threads may do so at once.

        Raises:
            InputError: the file can't be read.
        """

    def rows(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield index and row of all that can be read, in order."""
        for index in range(len(self)):
            yield index, self.read(index)


def fill(reader: Reader) -> Images:
    """Return all rows of a reader in memory, but for those that it skips."""
    images = np.empty((len(reader), *reader.shape), reader.dtype)
    kept: list[int] = []
    for index, row in reader.rows():
        images[len(kept)] = row
        kept.append(index)
    return Images(images[: len(kept)], reader.targets.take(kept), reader.depth, reader.skipped)
