"""How far an evaluation is."""

from collections.abc import Mapping

import keras


class Progress:
    """A bar of Keras's over samples, which ends with the results.

    Args:
        verbose: as in Keras: 0 shows nothing, 1 a bar that moves, 2 one line at the end.
    """

    def __init__(self, verbose: int) -> None:
        self._bar = keras.utils.Progbar(None, verbose=verbose, unit_name="sample")
        self._seen = 0

    def expect(self, more: int) -> None:
        """Say how many samples are still to come."""
        self._bar.target = self._seen + more

    def add(self, samples: int) -> None:
        """Move on by a number of samples."""
        self._seen += samples
        self._bar.update(self._seen, finalize=False)

    def finish(self, results: Mapping[str, float]) -> None:
        """Show the results, by name, in the last line."""
        self._bar.target = self._seen
        self._bar.update(self._seen, [*results.items()], finalize=True)
