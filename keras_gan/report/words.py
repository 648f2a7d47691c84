"""What a report says of a run in words and in numbers that people read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan.report.record import Record
from keras_gan.utils.memory import readable
from keras_gan.utils.progress import duration, rate

_NAMED = ("recipe", "data", "seed")  # options that say what a run is
_MOST_NAMES = 3  # of files
_MOST_TEXT = 300  # characters of an option


def state(record: Record) -> str:
    """Return what is trained on what, and how far it is."""
    told = [f"{name} {record.options[name]}" for name in _NAMED if record.options.get(name) is not None]
    return " · ".join([*told, *_progress(record)])


def _progress(record: Record) -> list[str]:
    journal = record.journal
    if not journal.stretches:
        return []
    if journal.ended and (journal.steps is None or record.step >= journal.steps):
        return ["finished"]
    if journal.ended:
        return ["ended early"]
    return ["not finished"]


def amount(record: Record, step: int) -> str:
    """Return how much was seen up to a step."""
    size = record.batch_size
    return f"{step * size:,} images" if size else f"{step:,} steps"


def numbers(record: Record) -> dict[str, str]:
    """Return what stands at the top, by what it is."""
    journal = record.journal
    told = {"seen": amount(record, record.step)}
    if journal.steps and record.step < journal.steps:
        told["seen"] += f", {record.step / journal.steps:.0%}"
    if journal.seconds and record.step:
        told["speed"] = rate(
            record.step * (record.batch_size or 1) / journal.seconds, "images" if record.batch_size else "steps"
        )
    if journal.seconds:
        told["took"] = duration(journal.seconds)
    left = journal.seconds_left()
    if left is not None and not journal.ended:
        told["left"] = duration(left)
    if journal.stretches:
        last = journal.stretches[-1]
        told["memory"] = readable(last.memory) + (f", GPU {readable(last.gpu_memory)}" if last.gpu_memory else "")
    if journal.networks:
        told["parameters"] = f"{sum(journal.networks.values()):,}"
    return told


def warnings(record: Record, unreadable: Sequence[Path] = ()) -> list[str]:
    """Return what is wrong with a run.

    Args:
        record: what is told of it.
        unreadable: pictures, of all runs, that could not be read.
    """
    found = [*record.journal.warnings]
    wrong = [name for name, values in record.log.items() if np.isinf(values).any()]
    if wrong:
        found.append(f"not finite in the log: {', '.join(wrong)}.")
    own = [path.name for path in unreadable if path in record.pictures.values()]
    if own:
        found.append(f"grids that can't be read are left out, {len(own)} of them: {', '.join(own[:_MOST_NAMES])}.")
    return found


def incomparable(records: Sequence[Record]) -> list[str]:
    """Return, in words, which metrics compare other counts, or other data, from run to run."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name in dict.fromkeys(name for record in records for name in record.journal.compared):
        those = [record for record in records if name in record.journal.compared]
        told = tuple((record.name, record.journal.compared[name]) for record in those)
        if len({(text, record.options.get("data_digest")) for (_, text), record in zip(told, those, strict=True)}) > 1:
            found.setdefault(told, []).append(name)
    return [_incomparable(names, told) for told, names in found.items()]


def _incomparable(names: Sequence[str], told: Sequence[tuple[str, str]]) -> str:
    runs: dict[str, list[str]] = {}
    for run, text in told:
        runs.setdefault(text, []).append(run)
    why = "; ".join(f"{text} in {', '.join(those)}" for text, those in runs.items())
    why = why if len(runs) > 1 else "the data are not the same"
    return f"{', '.join(names)} can't be compared between these runs: {why}."


def options(record: Record) -> dict[str, str]:
    """Return all that the run was started with, by name, as text: its settings too."""
    settings = record.options.get("settings")
    others = {name: value for name, value in record.options.items() if name != "settings"}
    return dict(_flat({**(settings if isinstance(settings, dict) else {}), **others}))


def differences(records: Sequence[Record]) -> dict[str, list[str]]:
    """Return the options that are not the same in all runs, by name: of each run its text, or an empty one."""
    told = [options(record) for record in records]
    names = dict.fromkeys(name for each in told for name in each)
    values = {name: [each.get(name, "") for each in told] for name in names}
    return {name: texts for name, texts in values.items() if len({*texts}) > 1}


def _text(value: object) -> str:
    """Return an option as people write it."""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _flat(values: Mapping[str, Any], prefix: str = "", depth: int = 3) -> Iterator[tuple[str, str]]:
    """Yield names and texts; objects within objects by both names, down to a depth."""
    for name, value in values.items():
        if isinstance(value, dict) and value and depth:
            yield from _flat(value, f"{prefix}{name}.", depth - 1)
        elif value is not None and value != {}:
            text = _text(value)
            yield prefix + str(name), text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"
