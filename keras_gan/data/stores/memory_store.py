"""Rows in memory."""

import functools

import numpy as np
import tensorflow as tf

from keras_gan.data.stores.store import Store
from keras_gan.types import Tensor


class MemoryStore(Store):
    """The rows of an array, which all are in memory.

    Args:
        array: uint8 or float, `(n, ...)`; floats are given out as float32.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.stores.memory_store import MemoryStore

    print(MemoryStore(np.arange(8.0).reshape(4, 2))[[3, 0]])  # [[6. 7.] [0. 1.]]
    ```
    """

    def __init__(self, array: np.ndarray) -> None:
        super().__init__(array.shape, np.dtype(np.uint8 if array.dtype == np.uint8 else np.float32))
        self._array = array

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows."""
        with np.errstate(over="ignore"):  # 1e300 is finite until it is a float32: who checks finds an infinity
            return self._array[rows].astype(self.dtype, copy=False)

    def gather(self, rows: Tensor) -> Tensor:
        """Return rows in a graph."""
        return tf.gather(self._tensor, rows)

    @functools.cached_property
    def _tensor(self) -> Tensor:
        # One eager tensor, which the map functions capture: a constant made inside them would be copied into
        # each graph, and a tensor on an accelerator would be copied back for each batch.
        with tf.init_scope(), tf.device("CPU:0"):
            return tf.constant(self[:])
