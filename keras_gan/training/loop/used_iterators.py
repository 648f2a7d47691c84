"""Iterators over data that are used up: let go of where nobody waits for it."""

import contextlib
import threading
from collections.abc import Iterator

from keras_gan.types import Batch


class UsedIterators:
    """Holds the iterator that is in use, and lets go of it in a thread of its own.

    TensorFlow tunes a pipeline in a thread that sleeps for 10 ms x 2^k between two looks, and the destruction of an
    iterator waits until it wakes: up to seconds, at the end of each epoch and of `fit`. It does not hold Python's lock
    meanwhile, so a thread that has the last reference waits alone. A process that ends waits for it; and at the turn of
    an epoch the buffers of two pipelines exist, for as long as the wait.
    """

    def __init__(self) -> None:
        self._used: list[Iterator[Batch]] = []

    def keep(self, iterator: Iterator[Batch]) -> None:
        """Hold an iterator, and let go of another that was held before.

        To be called when nobody else holds the other any more: who had the last reference would wait.
        """
        if not (self._used and self._used[0] is iterator):
            self.let_go()
            self._used = [iterator]

    def let_go(self) -> None:
        """Let go of what is held."""
        used, self._used = self._used, []
        if used:
            thread = threading.Thread(target=used.clear, name="keras_gan: an iterator is let go")
            with contextlib.suppress(RuntimeError):  # no thread can be had: whoever returns last waits
                thread.start()
