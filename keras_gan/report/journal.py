"""What a training has met: kept beside its log, for whoever wants to know how the run went."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from keras_gan.types import Config
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import MAX_COUNT, InputError


@dataclass(frozen=True)
class Stretch:
    """Where a training stood at a time.

    Attributes:
        session: the number of the process, from 0: each resumption is another.
        step: of the training.
        seconds: since this session's training began.
        memory: the most bytes that the process had held.
        gpu_memory: of the first GPU, likewise; `None` without one.

    Example:
    ```python
    here = keras_gan.report.Stretch(session=0, step=100, seconds=2.5, memory=800_000_000)
    ```
    """

    session: int
    step: int
    seconds: float
    memory: int
    gpu_memory: int | None = None

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return what JSON held."""
        gpu, seconds = config["gpu_memory"], float(config["seconds"])
        if not 0.0 <= seconds < math.inf:
            raise ValueError(seconds)
        whole = {name: _count(config[name]) for name in ("session", "step", "memory")}
        return cls(**whole, seconds=seconds, gpu_memory=None if gpu is None else _count(gpu))


@dataclass(frozen=True)
class Journal:
    """What a training is made of, what it runs on, how fast it is, and what was found wrong.

    Attributes:
        game: the class of what is trained.
        translates: whether it makes images of images.
        networks: their trainable numbers, by name.
        batch_size: samples a step; `None` where it isn't known.
        steps: of the whole training; `None` where it isn't known.
        versions: of what it was trained with, by name.
        machine: what it was trained on, in words, by what is told.
        directions: which way is better, `"down"` or `"up"`, by the name of a metric.
        compared: how many of what is compared, and by which features, in words, by the name of a metric.
        warnings: what was found wrong, in words.
        stretches: where it stood, in the order in which it did.
        ended: whether the last session came to its end.

    Example:
    ```python
    journal = keras_gan.report.Journal(game="GAN", networks={"generator": 1000}, batch_size=64, steps=500)
    journal.write("journal.json")
    assert keras_gan.report.Journal.read("journal.json") == journal
    ```
    """

    game: str = ""
    networks: Mapping[str, int] = field(default_factory=dict)
    batch_size: int | None = None
    steps: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    compared: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    ended: bool = False
    translates: bool = False

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Return the journal of a file; an empty one where there is no file.

        Raises:
            InputError: the file is not as it was written.
        """
        file = Path(path)
        if not file.is_file():
            return cls()
        try:
            config = json.loads(file.read_text())
            return cls(
                game=str(config["game"]),
                networks={str(name): _count(count) for name, count in config["networks"].items()},
                batch_size=_positive(config["batch_size"]),
                steps=_positive(config["steps"]),
                versions=_texts(config["versions"]),
                machine=_texts(config["machine"]),
                directions=_texts(config["directions"]),
                compared=_texts(config.get("compared", {})),  # which were not always told
                warnings=tuple(map(str, config["warnings"])),
                stretches=tuple(map(Stretch.from_config, config["stretches"])),
                ended=bool(config["ended"]),
                translates=bool(config["translates"]),
            )
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise InputError(f"`{file.name}` must be as it was written. Received: {file}") from error

    def write(self, path: str | Path) -> None:
        """Write the file, complete or not at all."""
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(asdict(self), indent=1) + "\n")

    def until(self, step: int) -> Self:
        """Return this journal without what was written of later steps, which an interrupted run has left."""
        return replace(self, stretches=tuple(each for each in self.stretches if each.step <= step))

    @property
    def next_session(self) -> int:
        """The number of a session that begins now."""
        return self.stretches[-1].session + 1 if self.stretches else 0

    @property
    def seconds(self) -> float:
        """How long all sessions took, as far as was written."""
        return sum({each.session: each.seconds for each in self.stretches}.values())

    def steps_per_second(self) -> list[tuple[int, float]]:
        """Return steps of the training, and how many were played in a second up to each of them.

        At distances of a sixtieth of the training at least: of a few steps alone the clock says little.
        """
        rates: list[tuple[int, float]] = []
        if not self.stretches:
            return rates
        between = max((self.stretches[-1].step - self.stretches[0].step) // 60, 1)
        begun = self.stretches[0]
        for each in self.stretches[1:]:
            if each.session != begun.session:
                begun = each
            elif each.step - begun.step >= between and each.seconds > begun.seconds:
                rates.append((each.step, (each.step - begun.step) / (each.seconds - begun.seconds)))
                begun = each
        return rates

    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the speed of the last steps; `None` where that can't be known."""
        rates = self.steps_per_second()
        if self.steps is None or not rates:
            return None
        return max(self.steps - self.stretches[-1].step, 0) / rates[-1][1]


def _count(value: Any, least: int = 0) -> int:
    number = int(value)
    if not least <= number <= MAX_COUNT:
        raise ValueError(number)
    return number


def _positive(value: Any) -> int | None:
    return None if value is None else _count(value, least=1)


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()}
