"""What the directory of a run has to tell: read, and checked, before a word of it is shown."""

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np

from keras_gan.report.journal import Journal
from keras_gan.types import Config
from keras_gan.utils.validation import MAX_INTEGER, InputError

_PICTURE = re.compile(r"step_(\d{1,12})\.png")
_NO_QUANTITIES = ("epoch", "step")
_PROTOCOL = ("which", "average", "step", "data", "split", "data_digest", "sampling_seed")  # of an evaluation
_OF_METRIC = ("extractor", "extractor_digest", "seed")


class RunFiles(Protocol):
    """What is asked of a run."""

    @property
    def path(self) -> Path:
        """Its directory."""
        ...

    @property
    def options(self) -> Config:
        """What it was started with."""
        ...

    @property
    def log_file(self) -> Path:
        """The file of its log."""
        ...

    @property
    def journal_file(self) -> Path:
        """The file of its journal."""
        ...

    @property
    def samples(self) -> Path:
        """The directory of its pictures."""
        ...

    @property
    def measured_files(self) -> Sequence[Path]:
        """The files of its metrics."""
        ...


@dataclass(frozen=True)
class Measured:
    """A number that `keras-gan evaluate` has found.

    Attributes:
        name: of the metric.
        value: of it.
        is_floor: whether one half of the data was compared with the other.
        about: how many of what were compared, and by which features.
        protocol: what else makes the number comparable, in words, by name.
    """

    name: str
    value: float
    is_floor: bool
    about: str
    protocol: Mapping[str, str] = field(default_factory=dict)


class Best(NamedTuple):
    """The best that a metric found during a training."""

    metric: str
    value: float
    step: int


@dataclass(frozen=True)
class Record:
    """All that is told of a run.

    Attributes:
        name: of the directory.
        path: the directory.
        options: what it was started with.
        steps: those of the rows of the log.
        log: each quantity of the log, as many numbers as rows; NaN where a row has none.
        pictures: the grids of samples, by step, in ascending order.
        journal: what the training has met.
        measured: what was measured of it.

    Example:
    ```python
    run = keras_gan.runs.Run.create("runs", "mine", {"loss": "hinge"})
    record = keras_gan.report.Record.read(run)
    print(record.name, record.options)  # 0001-mine {'loss': 'hinge'}
    ```
    """

    name: str
    path: Path = Path()
    options: Config = field(default_factory=dict)
    steps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    log: Mapping[str, np.ndarray] = field(default_factory=dict)
    pictures: Mapping[int, Path] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    measured: Sequence[Measured] = ()

    @classmethod
    def read(cls, run: RunFiles) -> Self:
        """Return what a run's directory tells.

        Raises:
            InputError: a file in it is not as it was written.
        """
        steps, log = _read_log(run.log_file)
        # A link may lead to the pictures of somebody else: see `Pictures`.
        files = [] if run.samples.is_symlink() else run.samples.glob("*.png")
        found = {int(match[1]): path for path in files if (match := _PICTURE.fullmatch(path.name))}
        return cls(
            name=run.path.resolve().name,
            path=run.path.resolve(),
            options=run.options,
            steps=steps,
            log=log,
            pictures=dict(sorted(found.items())),
            journal=Journal.read(run.journal_file),
            measured=[each for file in run.measured_files if file.is_file() for each in _read_measured(file)],
        )

    @property
    def batch_size(self) -> int | None:
        """Samples a step; `None` where it isn't known."""
        settings = self.options.get("settings")
        told = settings.get("batch_size") if isinstance(settings, dict) else None
        return self.journal.batch_size or (told if isinstance(told, int) and 0 < told <= MAX_INTEGER else None)

    @property
    def step(self) -> int:
        """The last one that is known of."""
        last = [*self.steps[-1:].tolist(), *(each.step for each in self.journal.stretches[-1:]), *self.pictures]
        return max(last, default=0)

    @property
    def floors(self) -> dict[str, float]:
        """The floor of each metric that one is known of."""
        return {each.name: each.value for each in self.measured if each.is_floor}

    def best(self) -> Best | None:
        """Return the best value of the first metric of the log that knows which way is better, if there is one."""
        for name, direction in self.journal.directions.items():
            values = self.log.get(f"val_{name}", np.zeros(0))
            if np.isfinite(values).any():
                worst = np.inf if direction == "down" else -np.inf
                kept = np.where(np.isfinite(values), values, worst)
                best = int(np.argmin(kept) if direction == "down" else np.argmax(kept))
                return Best(name, float(values[best]), int(self.steps[best]))
        return None


def distinct(records: Sequence[Record]) -> list[Record]:
    """Return records whose names are told apart: where directories have the same, by those that they are in."""
    most = max(len(record.path.parts) for record in records)
    for length in range(1, most):
        names = ["/".join(record.path.parts[-length:]) or record.name for record in records]
        if len({*names}) == len(names):
            return [replace(record, name=name) for record, name in zip(records, names, strict=True)]
    return [*records]


def _read_log(file: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the steps of the rows, and each quantity."""
    if not file.is_file():
        return np.zeros(0, np.int64), {}
    try:
        with file.open(newline="") as opened:
            reader = csv.DictReader(opened)
            rows = list(reader)
            names = [name for name in reader.fieldnames or () if name not in _NO_QUANTITIES]
        steps = np.array([int(row["step"]) for row in rows], np.int64)
        log = {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}
    except (KeyError, OverflowError, TypeError, ValueError, csv.Error) as error:
        raise InputError(f"`log.csv` must be as it was written. Received: {file}") from error
    order = np.argsort(steps, kind="stable")
    return steps[order], {name: values[order] for name, values in log.items()}


def _read_measured(file: Path) -> Iterator[Measured]:
    """Yield what a file has that `keras-gan evaluate --json` wrote."""
    try:
        told = json.loads(file.read_text())
        is_floor = bool(told["real_vs_real"])
        protocol = {name: str(told[name]) for name in _PROTOCOL if told.get(name) is not None}
        for result in told["metrics"]:
            yield from _numbers(result, is_floor, protocol)
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise InputError(f"`{file.name}` must be what `evaluate --json` wrote. Received: {file}") from error


def compared(result: Config, is_floor: bool) -> str:
    """Return how many of what a metric has compared, and by which features, for people."""
    if "num_pairs" in result:
        return f"{int(result['num_pairs']):,} pairs"
    real, other = f"{int(result['num_real']):,} real", f"{int(result['num_fake']):,}"
    counts = f"{real} against {other} others" if is_floor else f"{real}, {other} generated"
    return f"{counts}, {result['extractor'] or 'no features'}"


def _numbers(result: Config, is_floor: bool, protocol: Mapping[str, str]) -> Iterator[Measured]:
    """Yield the numbers of one metric."""
    value: Any = result["value"]
    parts = value if isinstance(value, dict) else {str(result["name"]): value}
    about = compared(result, is_floor)
    own = {name: str(result[name]) for name in _OF_METRIC if result.get(name) is not None}
    for name, number in parts.items():
        if number is not None and math.isfinite(number):
            yield Measured(str(name), float(number), is_floor, about, {**protocol, **own})
