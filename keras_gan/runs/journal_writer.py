"""What writes the journal of a run while it is trained."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from keras_gan.callbacks import BestModel, HealthMonitor
from keras_gan.report import Journal, Stretch
from keras_gan.runs.machine import machine, versions
from keras_gan.runs.networks import networks, parameters
from keras_gan.runs.paced_writer import PacedWriter
from keras_gan.training.translation_model import TranslationModel
from keras_gan.utils.memory import peak_gpu_memory, peak_memory
from keras_gan.utils.validation import InputError, warn


class JournalWriter(PacedWriter):
    """Writes the journal of a run: what it is made of and runs on, its speed and memory, and what was found wrong.

    Args:
        file: where.
        pace: the steps at which it is written; see `PacedWriter`.
        batch_size: samples a step; `None` where it isn't known.
        steps: of the whole run; likewise.
        monitor: whose findings are written; `None` without one.
        best: what measures the training, and knows which way is better; `None` without one.
        compared: what it compares; see `Journal`.
    """

    def __init__(
        self,
        file: Path,
        pace: tuple[int, ...] | None,
        batch_size: int | None,
        steps: int | None,
        monitor: HealthMonitor | None,
        best: BestModel | None = None,
        compared: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(pace)
        self._file = file
        self._batch_size, self._steps, self._monitor = batch_size, steps, monitor
        self._best, self._compared = best, compared or {}
        self._journal = Journal()
        self._begun, self._session = 0.0, 0

    def begin(self) -> None:
        """Write what is known from the start on, after what earlier sessions have written."""
        earlier = self._earlier().until(self.step) if self.step else Journal()
        self._journal = replace(
            earlier,
            game=type(self.model).__name__,
            translates=isinstance(self.model, TranslationModel),
            networks={name: parameters(network) for name, network in networks(self.model).items()},
            batch_size=self._batch_size,
            steps=self._steps,
            versions=versions(),
            machine=machine(),
            directions=self._directions(),
            compared=self._compared,
            ended=False,
        )
        self._session, self._begun = earlier.next_session, time.monotonic()
        self.write()

    def _earlier(self) -> Journal:
        """Return what earlier sessions have written; what can't be read is set aside: training needs none of it."""
        try:
            return Journal.read(self._file)
        except InputError as error:
            names = (f"{self._file.name}.damaged{number or ''}" for number in itertools.count())
            aside = next(path for name in names if not (path := self._file.with_name(name)).exists())
            self._file.replace(aside)
            warn(f"{error} A new journal is begun, and the file is now {aside.name}.")
            return Journal()

    def write(self) -> None:
        """Write where training stands."""
        seconds = time.monotonic() - self._begun
        here = Stretch(self._session, self.step, round(seconds, 3), peak_memory(), peak_gpu_memory())
        journal = self._journal
        self._journal = replace(journal, stretches=(*journal.stretches, here), warnings=self._warnings())
        self._journal.write(self._file)

    def end(self) -> None:
        """Write that it has ended."""
        self._journal = replace(self._journal, ended=True)
        self.write()

    def _directions(self) -> dict[str, str]:
        chosen = {} if self._best is None else self._best.directions
        return {**chosen, **self.model.evaluator.directions}

    def _warnings(self) -> tuple[str, ...]:
        found = () if self._monitor is None else tuple(self._monitor.findings.values())
        found += () if self._best is None else tuple(self._best.warned)
        skipped = self.model.guard.skipped
        return (*found, f"{skipped:,} steps were not finite, and changed nothing.") if skipped else found
