"""Rows in a file of nothing else."""

import math
import os
import weakref
from collections.abc import Sequence

import numpy as np

from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError


class FileStore(Store):
    """The rows of a file in which they lie one after another: read as they are asked for.

    They are not mapped: pages of a map count as memory of the process, all of them in the end, and a file that is cut
    off beneath a map kills it without a word. The file may be removed while it is read.

    Args:
        path: of the file.
        shape: of all rows, `(n, ...)`.
        dtype: of the values, little-endian.
        offset: the bytes before the first row.
        chosen: the indices of the rows that it has, in order; `None` for all.

    Raises:
        InputError: the file can't be opened, or is shorter or longer than the rows.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.stores.file_store import FileStore

    np.arange(8, dtype=np.uint8).tofile("rows")
    print(FileStore("rows", (4, 2), np.dtype(np.uint8))[[3, 0]])  # [[6 7] [0 1]]
    ```
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        shape: Sequence[int],
        dtype: np.dtype,
        offset: int = 0,
        chosen: np.ndarray | None = None,
    ) -> None:
        super().__init__(shape if chosen is None else (len(chosen), *shape[1:]), dtype)
        self._offset, self._chosen = offset, chosen
        self.path = os.fspath(path)
        self._row = math.prod(self.shape[1:]) * self.dtype.itemsize  # bytes
        try:
            self._file = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise InputError(
                f"`path` must be a file that can be read. Received: path={self.path!r} ({error.strerror})"
            ) from error
        weakref.finalize(self, os.close, self._file)
        wanted, found = offset + shape[0] * self._row, os.fstat(self._file).st_size
        if found != wanted:
            raise InputError(f"`path` must hold {wanted:,} bytes. Received: path={self.path!r} with {found:,}")

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows."""
        rows = rows if self._chosen is None else self._chosen[rows]
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        into = found.reshape(-1).view(np.uint8)
        # Neighbours are read together: a pass in order takes one call a block.
        first = 0
        for last in [*(np.flatnonzero(np.diff(rows) != 1) + 1), len(rows)]:
            if last > first:
                self._read(into[first * self._row : last * self._row], self._offset + int(rows[first]) * self._row)
            first = last
        return found

    def _read(self, into: np.ndarray, offset: int) -> None:
        done = 0
        while done < len(into):
            count = os.preadv(self._file, [into[done:].data], offset + done)
            if not count:
                raise InputError(
                    f"`path` must stay as long as it was. Received: path={self.path!r}, which was cut off "
                    f"at byte {offset + done:,}"
                )
            done += count
