"""Run directories: one numbered directory a training run, with everything that belongs to it."""

import contextlib
import csv
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_gan import distribution
from keras_gan.callbacks import Checkpoint, HealthMonitor
from keras_gan.data import PairedData, UnpairedData
from keras_gan.runs.grids import grids
from keras_gan.runs.journal_writer import JournalWriter
from keras_gan.runs.pace import distance, drawn, paced
from keras_gan.runs.reporter import Reporter
from keras_gan.runs.run_writer import RunWriter
from keras_gan.runs.selection import Prepared
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.types import Config, Logs
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import InputError


@dataclass(frozen=True)
class Run:
    """The directory of one training run.

    It holds `options.json` (what the run was started with), `log.csv`, `samples/` (grids and their animation),
    `checkpoints/` (from which it goes on after an interruption), `gan.keras` (from the start on; `keras_gan.load` reads
    it, and the newest checkpoint where that is newer), `journal.json` (networks, machine, speed, memory, warnings) and
    `report.html`, which shows all of it; with a `Selection` also `best.keras` and `floor.json`. Each is written whole
    or not at all.

    A row of `log.csv` is written at each end of an epoch, and between them about fifty times a run, or less often in
    short ones. It has the epoch, from 1, the step, and the means over that epoch up to that step.

    Attributes:
        path: the directory.
    """

    path: Path

    @classmethod
    def create(cls, root: str | os.PathLike[str], name: str, options: Mapping[str, Any]) -> Self:
        """Make the next numbered directory under `root`, e.g. `runs/0007-digits`, and write the options to it.

        Of several workers the first one makes it; to be called in the strategy's scope.

        Args:
            root: made if it is missing.
            name: what is trained; characters that don't belong in a file name become `_`.
            options: anything that JSON can hold.
        """
        root = Path(root)
        label = re.sub(r"[^A-Za-z0-9.-]+", "_", Path(name).name).strip("._")[:64] or "run"
        number = distribution.from_chief(_take_number(root, label) if distribution.is_chief() else 0)
        run = cls(root / f"{number:04d}-{label}")
        if distribution.is_chief():
            run.write_options(options)
        return run

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Return the run of a directory that `create` made.

        Raises:
            InputError: it is none.
        """
        run = cls(Path(path))
        if not run.options_file.is_file():
            raise InputError(f"`path` must be the directory of a run, with an options.json. Received: {path}")
        return run

    @property
    def options(self) -> dict[str, Any]:
        """What the run was started with."""
        try:
            options = json.loads(self.options_file.read_text())
        except (RecursionError, ValueError) as error:
            raise InputError(f"`options.json` must be as it was written. Received: {self.options_file}") from error
        if not isinstance(options, dict):
            raise InputError(f"`options.json` must hold an object. Received: {self.options_file}")
        return options

    def write_options(self, options: Mapping[str, Any]) -> None:
        """Write what the run was started with, or goes on with."""
        with atomic_write(self.options_file) as temporary:
            temporary.write_text(json.dumps(dict(options), indent=2) + "\n")

    @property
    def options_file(self) -> Path:
        """The file of the options."""
        return self.path / "options.json"

    @property
    def log_file(self) -> Path:
        """The file of the log."""
        return self.path / "log.csv"

    @property
    def model_file(self) -> Path:
        """The file of the GAN."""
        return self.path / "gan.keras"

    @property
    def checkpoints(self) -> Path:
        """The directory of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def samples(self) -> Path:
        """The directory of the pictures."""
        return self.path / "samples"

    @property
    def journal_file(self) -> Path:
        """The file of what the training has met; see `report.Journal`."""
        return self.path / "journal.json"

    @property
    def report_file(self) -> Path:
        """The file of the report."""
        return self.path / "report.html"

    @property
    def best_file(self) -> Path:
        """The file of the GAN whose samples were best; see `Selection`."""
        return self.path / "best.keras"

    @property
    def floor_file(self) -> Path:
        """The file of what the metrics of a perfect generator would be."""
        return self.path / "floor.json"

    @property
    def measured_files(self) -> tuple[Path, ...]:
        """The files that a report looks for results of `keras-gan evaluate --json` in."""
        return self.path / "metrics.json", self.floor_file

    def callbacks(
        self,
        gan: GenerativeModel,
        every: str | int | timedelta = "epoch",
        steps: int | None = None,
        options: Mapping[str, Any] | None = None,
        real: np.ndarray | None = None,
        pairs: PairedData | UnpairedData | None = None,
        batch_size: int | None = None,
        selected: Prepared | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Any]:
        """Return what writes this directory while `gan` is trained.

        Args:
            gan: what is trained.
            every: of the checkpoints.
            steps: of the whole run, which has about fifty pictures, and as many rows of the log besides those of the
                epochs, some of them early; of samples fewer, where less than 640 images would be between the later
                ones. `None` for one an epoch.
            options: what takes the place of the run's options when training begins; `None` to leave them.
            real: some of the data, for the `HealthMonitor`, and for a row above the samples.
            pairs: the data of a translation, whose pictures show what is made of them.
            batch_size: samples a step, by which the report counts, and grids of samples are paced; `None` if it
                should count steps.
            selected: what is measured to find the best moment; there is a picture of each. `None` for nothing.
            names: of the classes, which are written beside their samples.
        """
        pace, between = None, 1
        if steps is not None:
            pace, between = paced(steps, drawn(gan, batch_size, pairs)), distance(steps)
        best, compared = (None, {}) if selected is None else (selected.callback(self.best_file), selected.compared)
        if pace is not None and selected is not None:
            pace = tuple(sorted({*pace, *selected.steps}))
        monitor = None if pairs is not None else HealthMonitor(every=between, real=real)
        shown: list[Any] = grids(self.samples, gan, pace, real, pairs, names)
        journal = JournalWriter(self.journal_file, pace, batch_size, steps, monitor, best, compared)
        reporter = Reporter(self, self.report_file, pace)  # after all that it tells of
        first = [] if best is None else [best]  # what it measures is logged by those after it
        writers = [RunWriter(self, pace, options), journal, reporter, Checkpoint(self.checkpoints, every=every)]
        return [*first, *shown, *([] if monitor is None else [monitor]), *writers]

    def log(self, gan: GenerativeModel, epoch: int, logs: Logs) -> None:
        """Add a row to `log.csv`: the epoch from 1, the step, and the means of the epoch so far.

        Rows of this step or later ones, which an interrupted run has left, are replaced.
        """
        row = {"epoch": epoch + 1, "step": int(gan.step.numpy()), **logs}
        rows: list[dict[str, Any]] = []
        names: list[str] = []
        if self.log_file.exists():
            with self.log_file.open(newline="") as file:
                try:
                    reader = csv.DictReader(file)
                    rows = [earlier for earlier in reader if int(earlier["step"]) < row["step"]]
                    names = [*(reader.fieldnames or ())] if rows else []
                except (KeyError, TypeError, ValueError) as error:
                    raise InputError(f"`log.csv` must be as it was written. Received: {self.log_file}") from error
        # Not Keras's CSVLogger, which adds an empty column `val_...` for each quantity where nothing is validated.
        with atomic_write(self.log_file) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, [*dict.fromkeys([*names, *row])])
            writer.writeheader()
            writer.writerows([*rows, row])

    def write_floor(self, results: Sequence[Config]) -> None:
        """Write what the metrics of a perfect generator would be, as `keras-gan evaluate --real-vs-real` does."""
        with atomic_write(self.floor_file) as temporary:
            temporary.write_text(json.dumps({"real_vs_real": True, "metrics": [*results]}, indent=1) + "\n")

    def save(self, gan: GenerativeModel) -> None:
        """Write `gan.keras`."""
        with atomic_write(self.model_file) as temporary:
            gan.save(temporary)


def class_names(path: str | os.PathLike[str]) -> list[str]:
    """Return the names of the classes that a run was trained on; none for a file, or where they have no names.

    Example:
    ```python
    print(keras_gan.runs.class_names("gan.keras"))  # []
    ```
    """
    return _names(path, "class_names")


def condition_names(path: str | os.PathLike[str]) -> list[str]:
    """Return the names of the numbers that a run was told of each sample; none for a file, or where they have no names.

    Example:
    ```python
    print(keras_gan.runs.condition_names("gan.keras"))  # []
    ```
    """
    return _names(path, "condition_names")


def _names(path: str | os.PathLike[str], option: str) -> list[str]:
    run = Run(Path(path))
    names = run.options.get(option) if run.options_file.is_file() else None
    return [str(name) for name in names] if isinstance(names, list) else []


def load_options(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the further options by which a run has read its data, see `recipes.Recipe`; none for a file.

    Example:
    ```python
    print(keras_gan.runs.load_options("gan.keras"))  # {}
    ```
    """
    run = Run(Path(path))
    options = run.options.get("load_options") if run.options_file.is_file() else None
    return options if isinstance(options, dict) else {}


def depth(path: str | os.PathLike[str]) -> Depth | None:
    """Return the depth of the files that a run was trained on; `None` for a file, or where it is not known.

    Example:
    ```python
    print(keras_gan.runs.depth("gan.keras"))  # None
    ```
    """
    run = Run(Path(path))
    config = run.options.get("depth") if run.options_file.is_file() else None
    return Depth.from_config(config) if isinstance(config, dict) else None


def _take_number(root: Path, label: str) -> int:
    """Make the directory of the next free number, and return this."""
    root.mkdir(parents=True, exist_ok=True)
    while True:
        taken = [int(match[1]) for path in root.iterdir() if (match := re.match(r"(\d{4,})-", path.name))]
        number = max(taken, default=0) + 1
        with contextlib.suppress(FileExistsError):  # another run took the number since
            (root / f"{number:04d}-{label}").mkdir()
            return number
