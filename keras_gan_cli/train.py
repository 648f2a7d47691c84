"""What `keras-gan train` does."""

import functools
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import keras
from click.core import ParameterSource

from keras_gan import distribution, loading, recipes, report, runs
from keras_gan.data import ArrayData, PairedData, UnpairedData
from keras_gan.recipes.plan import NAME
from keras_gan.types import Config, Logs
from keras_gan.utils.progress import columns
from keras_gan.utils.validation import InputError

_LOADING = ("fit", "channels", "background", "value_range", "labels")  # further options of `keras_gan.data.load`


def train(
    minutes: float,
    resume: Path | None,
    out: Path,
    in_memory: bool | str,
    cache_dir: Path | None,
    dry_run: bool,
    metric: Sequence[str],
    every: str | None,
    patience: int | None,
    keep: str | None,
    features: str | None,
    **given: Any,
) -> Config | None:
    """Train as one process: alone, or as one of the workers that TF_CONFIG names."""
    strategy = distribution.strategy_here()
    says, verbose = (click.echo, "auto") if distribution.is_chief(strategy) else (_nothing, 0)
    changes = _changes(given, resume)
    selection = _selection(metric, every=every, patience=patience, keep=keep, features=features)
    with distribution.together(strategy), strategy.scope():  # it may be lost before `fit` as well
        if dry_run:
            chosen = _chosen(changes)
            found = runs.dry_run(chosen, given["seed"], in_memory, cache_dir)
            says("\n".join([_named(chosen), *_wrapped(str(found))]))
            if selection is not None:
                names = " and ".join(selection.metrics)
                says("\n".join(_wrapped(f"{'not tried:':<{NAME}} measuring {names}, and learning what it compares by")))
            return _taken(found) if verbose else None
        shown = 1 if verbose else 0
        if resume is None:
            training = runs.start(_chosen(changes), given["seed"], out, in_memory, cache_dir, selection, shown)
        else:
            training = runs.resume(resume, in_memory, cache_dir, selection, shown, **changes)
    begun = [] if training.carried is None else _wrapped(str(training.carried))
    told = [_told(training.data), _named(training.recipe), *_wrapped(str(training.plan)), *begun]
    floor = _floor(training.run) if resume is None else []
    says("\n".join([*told, *floor, f"run: {training.run.path}"]))
    steps = _Steps()
    try:
        training.train(minutes, verbose, [steps])
    except (KeyboardInterrupt, SystemExit):
        says(f"interrupted; to go on: keras-gan train --resume {training.run.path}", err=True)
        raise
    if not steps.trained:
        says(
            "nothing was left to train: it goes on with more --images; after its --patience, another run --from it does"
        )
    says(f"saved: {training.run.model_file}")
    for line in _best_line(training.run) if verbose else ():
        says(line)
    if training.gan.signature.is_image:
        says(f"pictures: {training.run.samples}")
    says(f"report: {training.run.report_file}")
    return _made(training.run) if verbose else None


class _Steps(keras.callbacks.Callback):
    """Knows whether there was anything to train."""

    trained = False

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Take note."""
        self.trained = True


def _named(recipe: recipes.Recipe) -> str:
    """Return which recipe it is, and why, for people."""
    return "\n".join(_wrapped(f"{'recipe:':<{NAME}} {recipe.name}" + (f": {recipe.reason}" if recipe.reason else "")))


def _floor(run: runs.Run) -> list[str]:
    """Return the floor of what the run measures, as lines for people: it has the counts of the measurements."""
    if not run.floor_file.is_file():
        return []
    floors = [each for each in report.Record.read(run).measured if each.is_floor]
    return _wrapped("\n".join(f"{'floor:':<{NAME}} {each.name} {each.value:.4g}, {each.about}" for each in floors))


def _taken(found: runs.DryRun) -> Config:
    """Return what a dry run has found, for programs."""
    names = ("parameters", "operations", "memory", "gpu_memory", "images_per_second", "seconds_to_begin", "seconds")
    return {"settings": found.plan.values, **{name: getattr(found, name) for name in names}}


def _made(run: runs.Run) -> Config:
    """Return what a training has made, for programs."""
    record = report.Record.read(run)
    return {
        "run": run.path,
        "model": run.model_file,
        "best": _best(run, record),
        "report": run.report_file,
        "step": record.step,
        "seconds": record.journal.seconds,
        "warnings": [*record.journal.warnings],
        "last": {name: float(values[-1]) for name, values in record.log.items()},
    }


def _best(run: runs.Run, record: report.Record) -> Config | None:
    """Return what `best.keras` is; `None` where there is none."""
    if not run.best_file.is_file() or (best := record.best()) is None:
        return None
    compared, floor = record.journal.compared.get(best.metric), record.floors.get(best.metric)
    return {"model": run.best_file, **best._asdict(), "floor": floor, "compared": compared}


def _best_line(run: runs.Run) -> list[str]:
    """Return where `best.keras` is, and what it has, as lines for people."""
    best = _best(run, report.Record.read(run))
    if best is None:
        return []
    floor = "" if best["floor"] is None else f" (floor {best['floor']:.4g})"
    return _wrapped(
        f"best: {best['model']}, {best['metric']} {best['value']:.4g}{floor} at step {best['step']:,}; by --which best"
    )


def _told(data: ArrayData) -> str:
    """Return what the data are, for people."""
    classes = ", no classes" if data.num_classes is None else f", {data.num_classes:,} classes"
    classes = classes if data.condition_dim is None else f", {data.condition_dim:,} conditions"
    classes = "" if data.domains else classes
    left_out = len(getattr(data, "skipped", ()))
    skipped = f", {left_out:,} skipped" if left_out else ""
    return f"data: {_counted(data)} in {data.name}{classes}{skipped}"


@functools.singledispatch
def _counted(data: ArrayData) -> str:
    """Return how many there are, and of which sides."""
    return f"{len(data):,} images of {_sides(data.sample_shape)}"


@_counted.register
def _(data: PairedData) -> str:
    return f"{len(data):,} pairs of images, {_sides(data.sample_shape)} to {_sides(data.target_shape)}"


@_counted.register
def _(data: UnpairedData) -> str:
    first, second = len(data.examples), len(data.targets)
    return f"{first:,} images of {_sides(data.sample_shape)} and {second:,} of {_sides(data.target_shape)}"


def _sides(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _wrapped(text: str) -> list[str]:
    """Return lines that the terminal holds; what goes on in another is indented."""
    indent = " " * (NAME + 1)
    return [part for line in text.splitlines() for part in textwrap.wrap(line, columns(), subsequent_indent=indent)]


def _nothing(*_: object, **__: object) -> None:
    """Say nothing: the first of several workers does."""


def _changes(given: dict[str, Any], resume: Path | None) -> dict[str, Any]:
    """Return what was asked for, by the names that `Recipe.but` knows: of a run that goes on, what was told alone."""
    named = {name: value for name, value in given.items() if name != "settings" and value is not None}
    if resume is not None:
        named = {name: value for name, value in named.items() if _was_told(name)}
    loading = {name: named.pop(name) for name in _LOADING if name in named}
    if loading.get("labels") == "none":
        loading["labels"] = None
    return {**named, "load_options": loading, "settings": _parsed(given["settings"])}


def _selection(metrics: Sequence[str], **options: Any) -> runs.Selection | None:
    """Return how the best moment is found; `None` where nothing is measured."""
    given = {name: value for name, value in options.items() if value is not None}
    return runs.Selection(tuple(metrics), **given) if metrics else None


def _parsed(settings: Sequence[str]) -> dict[str, str]:
    """Return what `--set NAME=VALUE` says."""
    return {name: value for name, _, value in (setting.partition("=") for setting in settings)}


def _chosen(changes: dict[str, Any]) -> recipes.Recipe:
    data, start, named = changes["data"], changes.get("start"), changes.get("recipe")
    others = {name: value for name, value in changes.items() if name not in ("recipe", "seed", "data")}
    if named is not None:
        return recipes.get(named).but(data=data, **others)
    if start is None:
        return recipes.for_data(data, changes.get("image_size")).but(**others)
    made_by = loading.made_by(start).get("recipe")
    if data in recipes.names() and made_by in (None, recipes.get(data).networks):
        return recipes.get(data).but(**others)
    if data in recipes.names() or made_by not in recipes.names() or recipes.get(made_by).data == made_by:
        found = "no recipe" if made_by is None else f"the recipe {made_by!r}"
        raise InputError(
            f"`--recipe` must be given with this --from, which {found} made: that of networks like its. "
            f"Received: --from {start}"
        )
    return recipes.get(str(made_by)).but(data=data, reason="that of what it begins with", **others)


def _was_told(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
