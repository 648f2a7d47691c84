"""What is wrong in the words of a command line alone: told at once, before the seconds that keras_gan takes to import.

Each function takes the options of a command by name, and raises `click.UsageError`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from keras_gan_cli.views import VIEWS

SAMPLES = (".png", ".tif", ".npy")
_OF_METRICS = ("every", "patience", "keep", "features")


def check_train(given: Mapping[str, Any]) -> None:
    """Raise for options of `train` that do not go together, and for a `--set` without a value."""
    if given["images"] is not None and given["epochs"] is not None:
        raise click.UsageError("`--images` and `--epochs` both say how long it is: give one. Received: both")
    if given["dry_run"] and given["resume"] is not None:
        raise click.UsageError("`--dry-run` is for a run that is not begun. Received: --resume too")
    if given["freeze"] is not None and given["start"] is None:
        raise click.UsageError(f"`--freeze` is for what --from begins with. Received: --freeze {given['freeze']} alone")
    for setting in given["settings"]:
        if "=" not in setting:
            raise click.UsageError(f"`--set` must be NAME=VALUE, as loss=hinge. Received: {setting!r}")
    for name in _OF_METRICS:
        if given[name] is not None and not given["metric"]:
            raise click.UsageError(
                f"`--{name}` needs a `--metric`, which it is about. Received: --{name} {given[name]}"
            )


def check_sample(given: Mapping[str, Any]) -> None:
    """Raise for options of `sample` that do not go together, and for a file of another kind."""
    out: Path = given["out"]
    if out.suffix not in SAMPLES:
        raise click.UsageError(f"`--out` must end in {', '.join(SAMPLES[:-1])} or {SAMPLES[-1]}. Received: {out}")
    if given["seeds"] is not None and (given["num"] is not None or given["seed"] is not None):
        raise click.UsageError("`--seeds` say which and how many: give no `--num` and no `--seed`. Received: both")
    _check_one_condition(given)


def check_explore(given: Mapping[str, Any]) -> None:
    """Raise for options of `explore` that its view does not take."""
    name: str = given["view"]
    view, out = VIEWS[name], given["out"]
    if out is not None and out.suffix not in view.suffixes:
        raise click.UsageError(f"`--out` must end in {' or '.join(view.suffixes)} for a {name}. Received: {out}")
    for option in sorted({option for other in VIEWS.values() for option in other.takes} - view.takes):
        if given[option] not in (None, ()):
            others = [other for other, known in VIEWS.items() if option in known.takes]
            raise click.UsageError(f"`--{option}` is for {', '.join(others)}. Received: --view {name}")
    seeds: Sequence[int] = view.seeds if given["seeds"] is None else given["seeds"]
    if not view.least <= len(seeds) <= view.most:
        wanted = f"{view.least}" if view.least == view.most else f"{view.least} or more"
        raise click.UsageError(f"`--seeds` must be {wanted} for {name}. Received: {len(seeds)}")
    _check_one_condition(given)
    if given["points"] is not None:
        for option in ("label", "condition", "truncation"):
            if given[option] not in (None, ()):
                raise click.UsageError(f"`--{option}` is for seeds: --points tell it too. Received: both")


def check_evaluate(arguments: Sequence[str], real_vs_real: bool, average: int | None) -> None:
    """Raise for other arguments of `evaluate` than it needs."""
    if len(arguments) not in ((1, 2) if real_vs_real else (2,)):
        raise click.UsageError(
            f"`evaluate` must have PATH and DATA; with --real-vs-real DATA may be alone. Received: {list(arguments)}"
        )
    if real_vs_real and average is not None:
        raise click.UsageError(f"`--average` is for samples of PATH. Received: --real-vs-real, --average {average}")


def _check_one_condition(given: Mapping[str, Any]) -> None:
    if given["label"] and given["condition"]:
        raise click.UsageError("`--label` and `--condition` must not both be given. Received: both")
