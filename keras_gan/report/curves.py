"""Which quantities are drawn together, and what is said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keras_gan.report.record import Record

_MOST_POINTS = 1000  # of the curves of a quantity: more than pixels
_WIDE = 100.0  # times the least, from which positive numbers are drawn by their logarithms
_VALIDATION = "val_"


@dataclass(frozen=True)
class Family:
    """Quantities that belong together.

    Attributes:
        title: of their plot.
        about: what is seen in it.
        names: of the quantities.
        group: the heading that it is under.
    """

    title: str
    about: str
    names: tuple[str, ...]
    group: str


LOSSES, DIAGNOSTICS, METRICS, TERMS, MACHINE = "Losses", "Diagnostics", "Metrics", "Penalties and terms", "Machine"
GROUPS = (METRICS, LOSSES, TERMS, DIAGNOSTICS, MACHINE)
_FAMILIES = (
    Family("Losses", "The adversarial losses alone, without terms.", ("d_loss", "g_loss"), LOSSES),
    Family("What is minimised", "The losses with their terms.", ("d_total", "g_total"), LOSSES),
    Family(
        "Logits",
        "What the discriminator says of real and of generated samples, and the gap between them: as it grows, the "
        "discriminator wins.",
        ("d_real", "d_fake", "gap"),
        DIAGNOSTICS,
    ),
    Family("Accuracy", "The share of samples that the discriminator judges rightly.", ("d_accuracy",), DIAGNOSTICS),
    Family(
        "Overfitting",
        "The mean sign of the logits of real samples; near 1 the discriminator knows them by heart.",
        ("r_t", "ada_target"),
        DIAGNOSTICS,
    ),
    Family("Augmentation", "The probability with which ADA augments.", ("ada_p",), DIAGNOSTICS),
    Family(
        "Gradient norms",
        "Of each player, before clipping.",
        ("d_gradient_norm", "g_gradient_norm"),
        DIAGNOSTICS,
    ),
    Family(
        "Learning rates",
        "As schedules and callbacks have set them.",
        ("learning_rate_generator", "learning_rate_discriminator"),
        DIAGNOSTICS,
    ),
)
_UNINTERESTING = ("ada_speed",)  # a setting, in the log for whoever changes it meanwhile


@dataclass(frozen=True)
class Curve:
    """A line of a plot.

    Attributes:
        run: the number of its record.
        quantity: its name.
        x: samples seen, or steps where a step's samples aren't known.
        y: the values, NaN where there are none.
        validates: whether it was found on the data of a validation.
        floor: the value that a perfect generator would have, if it is known.
    """

    run: int
    quantity: str
    x: np.ndarray
    y: np.ndarray
    validates: bool = False
    floor: float | None = None


@dataclass(frozen=True)
class Plot:
    """Curves over the same axes.

    Attributes:
        group: the heading that it is under.
        title: of it.
        about: what is seen in it.
        curves: the lines.
    """

    group: str
    title: str
    about: str
    curves: Sequence[Curve]

    @property
    def is_logarithmic(self) -> bool:
        """Whether the values are positive, and so far from each other that their logarithms show more."""
        values = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in self.curves])
        return bool(len(values) and values.min() > 0.0 and values.max() > _WIDE * values.min())


def plots(records: Sequence[Record]) -> list[Plot]:
    """Return all that the logs of runs have, drawn over each other: in the order of their groups."""
    quantities = {name: None for record in records for name in [*record.log, *_derived(record)]}
    made = [*_of_metrics(records, [*quantities]), *_of_families(records, [*quantities]), *_of_machine(records)]
    return sorted(made, key=lambda plot: GROUPS.index(plot.group))


def unit(records: Sequence[Record]) -> str:
    """Return what the curves are drawn over."""
    return "images" if all(record.batch_size for record in records) else "steps"


def seen(records: Sequence[Record], record: Record, steps: np.ndarray) -> np.ndarray:
    """Return the places of steps of a record on the axis that all share."""
    return steps * (record.batch_size or 1) if unit(records) == "images" else steps


def _derived(record: Record) -> dict[str, np.ndarray]:
    """Return what follows from what was logged."""
    log = record.log
    return {"gap": log["d_real"] - log["d_fake"]} if {"d_real", "d_fake"} <= log.keys() else {}


def _of_metrics(records: Sequence[Record], quantities: Sequence[str]) -> Iterator[Plot]:
    """Yield a plot for each metric of the validations."""
    for name in quantities:
        metric = name.removeprefix(_VALIDATION)
        if name.startswith(_VALIDATION) and metric not in quantities:
            told = next((each for record in records if (each := record.journal.directions.get(metric))), None)
            about = {None: "", "down": "Lower is better."}.get(told, "Higher is better.")
            curves = [*_curves(records, name)]
            about += " The line across is the floor: what half of the data has against the other half." * any(
                curve.floor is not None for curve in curves
            )
            counts = dict.fromkeys(text for record in records if (text := record.journal.compared.get(metric)))
            about += f" Compared: {'; or '.join(counts)}." * bool(counts)
            yield Plot(METRICS, metric, about.strip(), curves)


def _of_families(records: Sequence[Record], quantities: Sequence[str]) -> Iterator[Plot]:
    known = {name for family in _FAMILIES for name in family.names}
    rest = [name for name in quantities if not name.startswith(_VALIDATION) and name not in {*known, *_UNINTERESTING}]
    others = [Family(name, "As it is logged, unweighted.", (name,), TERMS) for name in rest]
    for family in (*_FAMILIES, *others):
        names = [name for own in family.names for name in (own, _VALIDATION + own) if name in quantities]
        curves = [curve for name in names for curve in _curves(records, name)]
        if curves and not _says_nothing_new(family, records):
            yield Plot(family.group, family.title, family.about, curves)


def _says_nothing_new(family: Family, records: Sequence[Record]) -> bool:
    """Return whether no term is added to the losses, so that they are what is minimised."""
    return family.names == ("d_total", "g_total") and all(
        np.array_equal(record.log[f"{player}_total"], record.log[f"{player}_loss"], equal_nan=True)
        for record in records
        for player in "dg"
        if {f"{player}_total", f"{player}_loss"} <= record.log.keys()
    )


def _of_machine(records: Sequence[Record]) -> Iterator[Plot]:
    """Yield a plot of the speed and one of the memory."""
    speed, memory = [], []
    for index, record in enumerate(records):
        size = record.batch_size if unit(records) == "images" else 1
        rates = np.array(record.journal.steps_per_second()).reshape(-1, 2)
        if len(rates):
            x = seen(records, record, rates[:, 0])
            speed.append(Curve(index, f"{unit(records)} per second", x, rates[:, 1] * (size or 1)))
        stretches = record.journal.stretches
        for name, held in (("memory", [s.memory for s in stretches]), ("GPU", [s.gpu_memory for s in stretches])):
            values = np.array([np.nan if value is None else value / 1e9 for value in held])
            if np.isfinite(values).any():
                steps = np.array([each.step for each in stretches])
                memory.append(Curve(index, name, seen(records, record, steps), values))
    if speed:
        yield Plot(MACHINE, "Speed", f"How many {unit(records)} a second, pictures and checkpoints included.", speed)
    if memory:
        yield Plot(MACHINE, "Memory", "The most gigabytes that the process has held.", memory)


def _curves(records: Sequence[Record], name: str) -> Iterator[Curve]:
    """Yield the curve of a quantity for each run that has it."""
    for index, record in enumerate(records):
        values = {**record.log, **_derived(record)}.get(name)
        if values is None or not np.isfinite(values).any():
            continue
        kept = _thinned(values, _MOST_POINTS // len(records))
        metric = name.removeprefix(_VALIDATION)
        validates = metric != name
        floor = record.floors.get(metric) if validates else None
        x = seen(records, record, record.steps[kept])
        yield Curve(index, metric, x, values[kept], validates, floor)


def _thinned(values: np.ndarray, most: int) -> np.ndarray:
    """Return the places of what is drawn: where there are values, and of very many the extremes of neighbours."""
    places = np.flatnonzero(np.isfinite(values))
    if len(places) <= most:
        return places
    parts = np.array_split(places, most // 2 - 1)
    extremes = [part[[np.argmin(values[part]), np.argmax(values[part])]] for part in parts]
    return np.unique(np.concatenate([places[[0, -1]], *extremes]))
