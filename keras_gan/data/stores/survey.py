"""What is known of a reader's rows once all of them were seen: it is little, and is kept where the rows are not."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_gan.data.readers.reader import Reader
from keras_gan.data.stores.store import Store, block_rows, digest_block, digest_of
from keras_gan.utils.progress import Progress

_VERSION = 1  # of this file, and of the rows beside it


@dataclass(frozen=True)
class Survey:
    """What one pass over a reader has found.

    Attributes:
        name: what the data were called, for people.
        shape: of all rows that can be read, `[n, ...]`.
        dtype: of their values.
        left_out: the rows of the reader that can't be read.
        skipped: the names of the files that can't be.
        digest: of the rows; see `Store.digest`.
        bounds: the smallest and the largest value.
        depth: of the files, the arguments of `Depth`.
        with_rows: whether the rows are in a file beside this.
    """

    name: str
    shape: list[int]
    dtype: str
    left_out: list[int]
    skipped: list[str]
    digest: str
    bounds: list[float]
    depth: dict[str, Any]
    with_rows: bool

    @classmethod
    def of(cls, reader: Reader, name: str, write: Callable[[np.ndarray], object] | None = None) -> Self:
        """Return what a pass finds, with the warnings and the errors of `reader.rows`.

        Args:
            reader: all of it is read.
            name: of the data.
            write: called with each block of rows, in order; its array is that of the next one. `None` keeps none.
        """
        digests: list[bytes] = []
        kept: list[int] = []
        bounds = [math.inf, -math.inf]
        progress = Progress(1, "images", "looking at" if write is None else "preparing")
        progress.expect(len(reader))
        for block in _blocks(reader, kept):
            digests.append(digest_block(block))
            bounds = [min(bounds[0], float(block.min())), max(bounds[1], float(block.max()))]
            if write is not None:
                write(block)
            progress.add(len(block))
        progress.finish({})
        shape = [len(kept), *reader.shape]
        digest = digest_of(shape, reader.dtype, digests)
        left_out = sorted({*range(len(reader))} - {*kept})
        skipped, depth = [*reader.skipped], asdict(reader.depth)
        return cls(name, shape, reader.dtype.str, left_out, skipped, digest, bounds, depth, write is not None)

    @property
    def nbytes(self) -> int:
        """How many bytes the rows take."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    @property
    def count(self) -> int:
        """How many rows the reader had, those that can't be read included."""
        return self.shape[0] + len(self.left_out)

    @property
    def rows(self) -> np.ndarray:
        """The rows of the reader that can be read, in order."""
        return np.delete(np.arange(self.count), self.left_out)

    def tell(self, store: Store) -> Store:
        """Return a store that need not look for its bounds and its digest."""
        store.bounds = (self.bounds[0], self.bounds[1])
        store.digest = self.digest
        return store

    def write(self, path: Path) -> None:
        """Write it, with what shows whether it is whole."""
        told = json.dumps(asdict(self))
        path.write_text(json.dumps({"version": _VERSION, "digest": _digest(told), "survey": told}))

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what was written; `None` if that is not there, not whole, or of another version."""
        try:
            read = json.loads(path.read_text())
            whole = read["version"] == _VERSION and read["digest"] == _digest(read["survey"])
            return cls(**json.loads(read["survey"])) if whole else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _blocks(reader: Reader, kept: list[int]) -> Iterator[np.ndarray]:
    """Yield the rows that can be read in blocks as `Store.blocks` has them, one array for all; append their indices."""
    size = min(block_rows(reader.shape, reader.dtype), len(reader))
    block = np.empty((size, *reader.shape), reader.dtype)  # the same for all: fresh memory costs as much as a digest
    filled = 0
    for index, row in reader.rows():
        kept.append(index)
        block[filled] = row
        filled += 1
        if filled == size:
            yield block
            filled = 0
    if filled:
        yield block[:filled]


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()
