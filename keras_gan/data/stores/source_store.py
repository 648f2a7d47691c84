"""Rows of somebody else's object that gives any of them by its index."""

import functools
import threading
from typing import Protocol

import numpy as np

from keras_gan.data.stores.store import Store, block_rows, digest_block, digest_of
from keras_gan.utils.validation import InputError


class RandomAccess(Protocol):
    """A map-style data set of PyTorch, a source of Grain, or anything of your own that has these two."""

    def __len__(self) -> int:
        """Return how many items there are."""

    def __getitem__(self, index: int) -> object:
        """Return a sample, or a pair of it and its label."""


class SourceStore(Store):
    """The samples of a random access source, asked for one at a time: a source need not allow for threads.

    Args:
        source: its items are samples, `(...)`, or pairs of a sample and a label (an integer, or a vector of numbers);
            anything that NumPy makes an array of: tensors of PyTorch, pictures of Pillow. The same index has to give
            the same item: what is random about them belongs into `augmentation`.

    Raises:
        InputError: it is empty, or an item is something else, or of another shape or type than the first.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.stores.source_store import SourceStore

    store = SourceStore([(np.zeros((4, 4, 1), np.uint8), 0), (np.ones((4, 4, 1), np.uint8), 1)])
    print(store.shape, store.targets)  # (2, 4, 4, 1) [0 1]
    ```
    """

    def __init__(self, source: RandomAccess) -> None:
        self._source = source
        self._lock = threading.Lock()
        if not len(source):
            raise InputError("The data set must not be empty. Received: no data")
        first, target = self._parts(0)
        if 0 in first.shape:
            raise InputError(f"Samples must have values. Received: shape {first.shape}, of item 0")
        if first.dtype != np.uint8 and first.dtype.kind != "f":
            raise InputError(f"Samples must be uint8 or floating point. Received: dtype {first.dtype}, of item 0")
        super().__init__((len(source), *first.shape), np.dtype(np.uint8 if first.dtype == np.uint8 else np.float32))
        self._kind = first.dtype
        self._labelled = target is not None
        self._target_shape = None if target is None else target.shape

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return samples."""
        return self._read(rows)[0]

    @functools.cached_property
    def targets(self) -> np.ndarray | None:
        """The labels, `(n,)` or `(n, k)`, for which all items are read once; `None` if they are samples alone."""
        if not self._labelled:
            return None
        targets, digests, bounds = [], [], []
        size = block_rows(self.shape[1:], self.dtype)
        for first in range(0, len(self), size):
            block, some = self._read(np.arange(first, min(first + size, len(self))))
            targets += some
            digests.append(digest_block(block))
            bounds += [float(block.min()), float(block.max())]
        self.digest = digest_of(self.shape, self.dtype, digests)
        self.bounds = float(np.min(bounds)), float(np.max(bounds))
        return np.stack(targets)

    def _read(self, rows: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        targets = []
        for place, row in enumerate(rows.tolist()):
            sample, target = self._parts(row)
            if sample.shape != self.shape[1:] or sample.dtype != self._kind or (target is not None) != self._labelled:
                first = f"{self._kind} {self.shape[1:]}{' with a label' * self._labelled}"
                raise InputError(
                    f"All items must be like the first, {first}. Received: item {row}, "
                    f"{sample.dtype} {sample.shape}{' with a label' * (target is not None)}"
                )
            if target is not None and target.shape != self._target_shape:
                raise InputError(
                    f"All labels must be like the first, of shape {self._target_shape}. "
                    f"Received: item {row}, with a label of shape {target.shape}"
                )
            found[place] = sample
            targets += [] if target is None else [target]
        return found, targets

    def _parts(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the sample and the label of an item."""
        try:
            with self._lock:
                item = self._source[index]
        except Exception as error:
            raise InputError(
                f"The data must be readable to their end. Received: {type(error).__name__}: {error}, at item {index}"
            ) from error
        sample, target = item if isinstance(item, (tuple, list)) and len(item) == 2 else (item, None)
        array, label = np.asarray(sample), None if target is None else np.asarray(target)
        if array.dtype.kind not in "fiub" or array.ndim < 1 or (label is not None and label.dtype.kind not in "fiu"):
            kind = type(item).__name__ if target is None else f"({type(sample).__name__}, {type(target).__name__})"
            raise InputError(f"An item must be a sample or (sample, label). Received: {kind}, at item {index}")
        return array, label
