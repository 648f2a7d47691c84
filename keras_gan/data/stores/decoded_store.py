"""Rows that are kept nowhere: decoded from their files whenever they are asked for."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_gan.data.readers.reader import Reader
from keras_gan.data.stores.store import Store


class DecodedStore(Store):
    """The rows of a reader, decoded in parallel when they are asked for: it takes neither memory nor room on the disk.

    Args:
        reader: of the files.
        rows: the indices of those that can be read, in order.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.pixels.preprocessing import Preprocessing
    from keras_gan.data.readers.array_rows import ArrayRows
    from keras_gan.data.stores.decoded_store import DecodedStore

    np.save("images.npy", np.arange(64, dtype=np.uint8).reshape(4, 4, 4))
    reader = ArrayRows("images.npy", Preprocessing(image_size=2))
    print(DecodedStore(reader, np.arange(4))[:2].shape)  # (2, 2, 2, 1)
    ```
    """

    def __init__(self, reader: Reader, rows: np.ndarray) -> None:
        super().__init__((len(rows), *reader.shape), reader.dtype)
        self._reader = reader
        self._rows = rows
        self._pool = ThreadPoolExecutor()  # threads start when they have something to do, and end with the store

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows."""
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(self._pool.map(self._reader.read, self._rows[rows].tolist())):
            found[place] = row
        return found
