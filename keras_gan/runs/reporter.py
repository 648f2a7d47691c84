"""What keeps the report of a run up to date while it is trained."""

import time
from pathlib import Path

from keras_gan import report
from keras_gan.report.pictures import Pictures
from keras_gan.report.record import RunFiles
from keras_gan.runs.paced_writer import PacedWriter
from keras_gan.utils.validation import warn

_SHARE = 0.01  # of a training's time that its reports take, but for the last of them


class Reporter(PacedWriter):
    """Keeps the report of a run up to date: at its pace, but never for more than a hundredth of the time.

    A report that can't be written is one warning: training goes on.

    Args:
        run: whose.
        file: where.
        pace: the steps at which it is written; see `PacedWriter`.
    """

    def __init__(self, run: RunFiles, file: Path, pace: tuple[int, ...] | None) -> None:
        super().__init__(pace)
        self._run, self._file, self._pictures = run, file, Pictures()
        self._written = self._took = 0.0
        self._warned = False

    def begin(self) -> None:
        """Write the first one, so that there is one to look at from the start on."""
        self._warned = False
        self.end()

    def write(self) -> None:
        """Write another, if enough time has passed."""
        if time.monotonic() - self._written >= self._took / _SHARE:
            self.end()

    def end(self) -> None:
        """Write the last one."""
        begun = time.monotonic()
        try:
            report.write([report.Record.read(self._run)], self._file, self._pictures)
        except Exception as error:
            if not self._warned:
                warn(
                    f"Reporter: the report could not be written, and training goes on. {type(error).__name__}: {error}"
                )
            self._warned = True
        self._written = time.monotonic()
        self._took = self._written - begun
