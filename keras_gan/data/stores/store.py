"""What keeps rows, to be had by their indices."""

import functools
import hashlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import tensorflow as tf

from keras_gan.types import Tensor

_BLOCK = 2**24  # bytes that are read and digested together
_T = TypeVar("_T")


class Store(ABC):
    """Rows of one shape and type, wherever they are kept: the same rows have the same digest in all stores.

    Args:
        shape: of all rows, `(n, ...)`.
        dtype: of what is given out: uint8 or float32.
    """

    def __init__(self, shape: Sequence[int], dtype: np.dtype) -> None:
        self.shape = tuple(int(side) for side in shape)
        self.dtype = np.dtype(dtype)

    @abstractmethod
    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows, `(len(rows), ...)`; several threads may ask at once.

        Args:
            rows: indices in `[0, n)`, in any order.

        Raises:
            InputError: a row can't be read.
        """

    def gather(self, rows: Tensor) -> Tensor:
        """Return rows in the graph of a `tf.data` pipeline, which runs ahead of the training in threads of its own.

        Args:
            rows: int64 indices, `(k,)`.
        """
        found = tf.numpy_function(self.read, [rows], tf.as_dtype(self.dtype), stateful=False)
        return tf.ensure_shape(found, (rows.shape[0], *self.shape[1:]))

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """The rank, as of an array."""
        return len(self.shape)

    def __getitem__(self, rows: slice | Sequence[int] | np.ndarray) -> np.ndarray:
        if isinstance(rows, slice):
            return self.read(np.arange(*rows.indices(len(self))))
        return self.read(np.arange(len(self))[np.asarray(rows)])

    @functools.cached_property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest value; NaN if there is one."""
        found = np.array(self._of_blocks(lambda block: (block.min(), block.max())), np.float64)
        return float(found[:, 0].min()), float(found[:, 1].max())

    @functools.cached_property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of type, shape and rows."""
        return digest_of(self.shape, self.dtype, self._of_blocks(digest_block))

    def blocks(self) -> Iterator[slice]:
        """Yield the rows that are read and digested together."""
        size = block_rows(self.shape[1:], self.dtype)
        return (slice(first, first + size) for first in range(0, len(self), size))

    def _of_blocks(self, look: Callable[[np.ndarray], _T]) -> list[_T]:
        """Return what is seen in each block, looked at in parallel."""
        with ThreadPoolExecutor() as pool:
            return [*pool.map(lambda rows: look(self[rows]), self.blocks())]


def block_rows(shape: Sequence[int], dtype: np.dtype) -> int:
    """Return how many rows of this shape and type are a block: a rule, since digests are of blocks."""
    return max(_BLOCK // (math.prod(shape) * np.dtype(dtype).itemsize), 1)


def digest_block(block: np.ndarray) -> bytes:
    """Return the SHA-256 of the values of a block."""
    return hashlib.sha256(np.ascontiguousarray(block).data).digest()


def digest_of(shape: Sequence[int], dtype: np.dtype, blocks: Sequence[bytes]) -> str:
    """Return the digest of rows from those of their blocks, which can be had and checked in parallel."""
    digest = hashlib.sha256(f"{np.dtype(dtype).str}{tuple(shape)}".encode())
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
