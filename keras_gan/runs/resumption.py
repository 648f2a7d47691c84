"""What a run was begun with, and what it can go on with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keras_gan import recipes
from keras_gan.recipes import Plan, Recipe, rules
from keras_gan.runs.run_directory import Run
from keras_gan.runs.selection import Selection
from keras_gan.training.resume import checkpoint_files
from keras_gan.types import Config
from keras_gan.utils.validation import InputError, check_count, check_integer

LENGTHS = ("images", "epochs")


def begun(options: Mapping[str, Any]) -> tuple[Recipe, int]:
    """Return the recipe and the seed that a run was begun with."""
    try:
        recipe, settings = recipes.get(options["recipe"]), options["settings"]
        given = {name: options[name] for name in recipe.options}
        seed = check_integer("seed", options["seed"], minimum=0)
    except KeyError as error:
        raise InputError(f"`options.json` must have the entry {error}. Received: {sorted(options)}") from error
    if not isinstance(settings, dict):
        raise InputError(f"`settings` of options.json must be an object. Received: {settings!r}")
    return replace(recipe, **given, settings=settings), seed


def begun_selection(options: Mapping[str, Any], asked: Selection | None, plan: Plan) -> Selection | None:
    """Return how the best moment of a run is found, as it was begun; raise if something else is asked for."""
    config = options.get("selection")
    begun = None if config is None else Selection.from_config(config)
    if asked is None:
        return begun
    before = {} if begun is None else begun.get_config()
    after = replace(asked, every=asked.every or before.get("every")).during(plan).get_config()
    for name, value in after.items():
        if value != before.get(name):
            raise _fixed(name, before.get(name), value)
    return begun


def refuse_changes(recipe: Recipe, seed: int, changes: Mapping[str, Any]) -> None:
    """Raise for what a run can't go on with."""
    fixed = {"recipe": recipe.name, "seed": seed}
    asked = recipe.but(**{name: value for name, value in changes.items() if name not in fixed})
    begun = {**_choices(recipe), **fixed}
    wanted = {**_choices(asked), **{name: changes.get(name, fixed[name]) for name in fixed}}
    for name, value in wanted.items():
        if name not in LENGTHS and begun.get(name, "its default") != value:
            raise _fixed(name, begun.get(name, "its default"), value)


def _fixed(name: str, before: object, after: object) -> InputError:
    """Return the error for something that a run can't go on with."""
    return InputError(
        f"`{name}` can't be changed when a run is resumed, which goes on as it began, with {_shown(before)}. "
        f"Received: {_shown(after)}"
    )


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)


def _choices(recipe: Recipe) -> Config:
    """Return all that a recipe was told, by name."""
    options = recipe.options
    loading = options.pop("load_options")
    return {**options, **loading, **recipe.settings}


def check_length(run: Run, plan: Plan, length: Mapping[str, Any]) -> None:
    """Raise if another length was given, and that has been gone already."""
    steps = [checkpoint_files.step_of(path) for path in checkpoint_files.paths(run.checkpoints)]
    seen = max(steps, default=0)
    # What was asked for, not the whole epochs that it takes: of a shorter length nothing would be done, without a word.
    asked = check_count("images", length["images"]) if "images" in length else plan.images
    if asked < seen * plan["batch_size"]:
        ((name, value),) = length.items()
        raise InputError(
            f"`{name}` must be at least what the run has gone, {seen * plan['batch_size']:,} images. "
            f"Received: {name}={value!r}"
        )


def check_rate(plan: Plan, length: Mapping[str, Any]) -> None:
    """Raise if the rate would be 0 for a part of the length: nothing would be learnt, without a word."""
    if rules.outlasts_its_rate(plan):
        ((name, value),) = length.items()
        raise InputError(
            f"`{name}` must be at most the {plan['decay']:,} images in which the learning rate falls to 0, beyond "
            "which nothing is learnt. Begin another run with what this one has learnt (`start`, --from). "
            f"Received: {name}={value!r}"
        )
