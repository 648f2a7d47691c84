"""What `keras-gan train` does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from keras_gan import distribution, recipes, runs
from keras_gan.data import ArrayData, ImageData
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

_LOADING = ("fit", "channels", "background", "value_range", "labels")  # further options of `keras_gan.data.load`


def train(minutes: float, resume: Path | None, out: Path, **given: Any) -> None:
    """Train as one process: alone, or as one of the workers that TF_CONFIG names."""
    strategy = distribution.strategy_here()
    says, options = (click.echo, {}) if distribution.is_chief(strategy) else (_nothing, {"verbose": 0})
    chosen, seed = _resumed(resume, given) if resume is not None else (_chosen(**given), given["seed"])
    training = chosen.load(seed)
    with distribution.together(strategy), strategy.scope():  # it may be lost before `fit` as well
        gan = chosen.make(training, seed)
        settings = {"recipe": chosen.name, **chosen.options, "seed": seed, "keras_gan": __version__}
        if isinstance(training, ImageData):
            settings["depth"] = training.depth.get_config()
        settings |= {"class_names": None if training.class_names is None else [*map(str, training.class_names)]}
        run = runs.Run.open(resume) if resume is not None else runs.Run.create(out, chosen.data, settings)
    says(f"data: {_told(training)}\nrun: {run.path}")
    try:
        callbacks = run.callbacks(gan, timedelta(minutes=minutes), chosen.steps(training))
        chosen.train(gan, training, callbacks, resume=None if resume is None else run.checkpoints, **options)
    except (KeyboardInterrupt, SystemExit):
        says(f"interrupted; to go on: keras-gan train --resume {run.path}", err=True)
        raise
    says(f"saved: {run.model_file}")
    if gan.signature.is_image:
        says(f"pictures: {run.samples}")


def _told(data: ArrayData) -> str:
    """Return what the data are, for people."""
    sides = "x".join(map(str, data.sample_shape))
    classes = "no classes" if data.num_classes is None else f"{data.num_classes:,} classes"
    classes = classes if data.condition_dim is None else f"{data.condition_dim:,} conditions"
    left_out = len(getattr(data, "skipped", ()))
    skipped = f", {left_out:,} skipped" if left_out else ""
    return f"{len(data):,} images of {sides} in {data.name}, {classes}, {data.batch_size:,} a step{skipped}"


def _nothing(*_: object, **__: object) -> None:
    """Say nothing: the first of several workers does."""


def _chosen(data: str, recipe: str | None, seed: int, **options: object) -> recipes.Recipe:
    changes = {name: value for name, value in options.items() if value is not None}
    loading = {name: _read(name, changes.pop(name)) for name in _LOADING if name in changes}
    changes |= {"load_options": loading} if loading else {}
    chosen = recipes.for_data(data) if recipe is None else recipes.get(recipe).but(data=data)
    return chosen.but(**changes)


def _resumed(run: Path, given: dict[str, Any]) -> tuple[recipes.Recipe, int]:
    """Return the recipe and the seed of an earlier run; refuse what was told otherwise."""
    options = runs.Run.open(run).options
    for name, value in given.items():
        began = options.get("load_options", {}) if name in _LOADING else options
        if _was_told(name) and began.get(name) != _plain(_read(name, value)):
            raise InputError(f"`--resume` goes on as it began, with {name}={began.get(name)!r}. Received: {value!r}")
    try:
        recipe = recipes.get(options["recipe"])
        return recipe.but(**{name: options[name] for name in recipe.options}), options["seed"]
    except KeyError as error:
        raise InputError(f"`options.json` must have the entry {error}. Received: {sorted(options)}") from error


def _read(name: str, value: object) -> object:
    """Return what the library calls an option's value."""
    return None if name == "labels" and value == "none" else value


def _plain(value: object) -> object:
    """Return a value as JSON gives it back."""
    return [*value] if isinstance(value, tuple) else value


def _was_told(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
