"""Rows that are made of another store's rows when they are asked for."""

from collections.abc import Callable

import numpy as np

from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError


class DerivedStore(Store):
    """What a pure function makes of each row of another store: nothing is kept, and nothing is written.

    Args:
        store: of the rows.
        function: from a row and a generator of random numbers to a row; all results have one shape, and the type of
            the store.
        seed: of the random numbers, which belong to the row: it has the same ones whenever it is read.

    Raises:
        InputError: what is made of a row is no array of the type of the store, or of another shape than the first.

    Example:
    ```python
    import numpy as np
    from keras_gan.data.stores.derived_store import DerivedStore
    from keras_gan.data.stores.memory_store import MemoryStore

    store = MemoryStore(np.arange(8, dtype=np.uint8).reshape(4, 2))
    print(DerivedStore(store, lambda row, random: row[::-1])[[3, 0]])  # [[7 6] [1 0]]
    ```
    """

    def __init__(
        self, store: Store, function: Callable[[np.ndarray, np.random.Generator], np.ndarray], seed: int = 0
    ) -> None:
        self._store, self._function, self._seed = store, function, seed
        first = self._made(0, store.read(np.array([0]))[0])
        super().__init__((len(store), *np.shape(first)), store.dtype)
        self._check(0, first)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return rows."""
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for place, (row, given) in enumerate(zip(rows.tolist(), self._store.read(rows), strict=True)):
            found[place] = self._check(row, self._made(row, given))
        return found

    def _made(self, row: int, given: np.ndarray) -> np.ndarray:
        return self._function(given, np.random.default_rng([self._seed, row]))

    def _check(self, row: int, made: np.ndarray) -> np.ndarray:
        """Return what was made of a row, or raise: NumPy would cut floats off to integers, and repeat what is short."""
        if not isinstance(made, np.ndarray) or (made.shape, made.dtype) != (self.shape[1:], self.dtype):
            told = f"{made.dtype} of shape {made.shape}" if isinstance(made, np.ndarray) else repr(made)
            raise InputError(
                f"What is made of a row must be {self.dtype} of shape {self.shape[1:]}, the type of the rows and the "
                f"shape of what is made of the first. Received: {told} of row {row}"
            )
        return made
