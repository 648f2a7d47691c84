"""Rows of an array that is mapped from a file."""

import numpy as np

from keras_gan.data.stores.store import Store


class MappedStore(Store):
    """The rows of a memory-mapped array: read from its file as they are asked for, and never all at once.

    Args:
        array: uint8 or float, `(n, ...)`, as `numpy.load(file, mmap_mode="r")` returns it; floats are given out as
            float32.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.stores.mapped_store import MappedStore

    np.save("rows.npy", np.arange(8, dtype=np.uint8).reshape(4, 2))
    print(MappedStore(np.load("rows.npy", mmap_mode="r"))[[3, 0]])  # [[6 7] [0 1]]
    ```
    """

    def __init__(self, array: np.memmap) -> None:
        super().__init__(array.shape, np.dtype(np.uint8 if array.dtype == np.uint8 else np.float32))
        self._array = array

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows."""
        # A copy, and not a map: whoever gets it should have it in memory.
        with np.errstate(over="ignore"):
            return np.array(self._array[rows], self.dtype)
