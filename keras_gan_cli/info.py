"""What `keras-gan info` does."""

import functools
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click
import keras
import tensorflow as tf

from keras_gan import loading, recipes, runs
from keras_gan.training import GAN, CycleGAN
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.translation_model import TranslationModel
from keras_gan.training.two_player_game import TwoPlayerGame
from keras_gan.types import Shape
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.progress import columns
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

_NAME = 21  # columns that names take
_MOST_NAMES = 20  # of classes


def info(path: str | None) -> dict[str, str]:
    """Print what `path` holds, or the settings of the recipe of that name, or else what is installed."""
    described = _described(path)
    for name, value in described.items():
        first, *rest = textwrap.wrap(value, columns() - _NAME, break_long_words=False, break_on_hyphens=False) or [""]
        click.echo(f"{name + ':':<{_NAME - 1}} {first}")
        for line in rest:
            click.echo(" " * _NAME + line)
    return described


def _described(path: str | None) -> dict[str, str]:
    if path is None:
        return _describe_installation()
    if path in recipes.names() and not Path(path).exists():
        return _describe_recipe(recipes.get(path))
    if not Path(path).exists():
        known = f"a run's directory, a .keras file or one of the recipes {recipes.names()}"
        raise InputError(
            f"`PATH` must be {known}.{nearest(path, recipes.names())} Received: {path!r}, which does not exist"
        )
    return _describe_game(Path(path))


def _describe_recipe(recipe: recipes.Recipe) -> dict[str, str]:
    """Return each setting with what it means, what it takes, and what is chosen."""
    length = f"{recipe.images:,} images" if recipe.images is not None else f"{recipe.epochs:,} epochs"
    settings = {
        rule.setting.name: f"{rule.setting.meaning}: {rule.setting.range}; default: {rule.default}"
        for rule in recipe.rules
    }
    return {"recipe": recipe.summary, "length": f"{length}; --images or --epochs", **settings}


def _describe_installation() -> dict[str, str]:
    devices = ", ".join(device.name.removeprefix("/physical_device:") for device in tf.config.list_physical_devices())
    known = {f"recipe {name}": recipes.get(name).summary for name in recipes.names()}
    return {
        "keras_gan": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "devices": devices,
    } | known


def _describe_game(path: Path) -> dict[str, str]:
    game, source = loading.load_with_source(path, GenerativeModel)
    players = {
        name: f"{sum(network.count_params() for network in player.networks):,} parameters"
        for name, player in game.players.items()
    }
    described = {
        "game": type(game).__name__,
        **_of_its_kind(game, path),
        **players,
        "moving average": _averages(game),
        "step": f"{int(game.step.numpy()):,}, of {source.name}",
    }
    if game.compiled and isinstance(game, TwoPlayerGame | CycleGAN):
        described["loss"] = type(game.loss).__name__
    if game.compiled and isinstance(game, TwoPlayerGame):
        described["terms"] = ", ".join(f"{term.name} (weight {term.weight})" for term in game.terms) or "none"
    options = runs.Run(path).options if runs.Run(path).options_file.is_file() else {}
    told = {name: value for name, value in options.items() if name not in ("class_names", "condition_names")}
    return described | ({"options": json.dumps(told)} if told else {})


def _averages(game: GenerativeModel) -> str:
    if not isinstance(game.ema, (list, tuple)):
        return "none" if game.ema is None else str(game.ema)
    told = ", ".join(f"{number} {average}" for number, average in enumerate(game.ema))
    return f"{told}; {game.sampled_average} is sampled" if told else "none"


@functools.singledispatch
def _of_its_kind(game: GenerativeModel, path: Path) -> dict[str, str]:
    """Return what is told of a game of this kind alone."""
    return {}


@_of_its_kind.register
def _(game: GAN, path: Path) -> dict[str, str]:
    signature = game.signature
    names, conditions = runs.class_names(path), runs.condition_names(path)
    return {
        "samples": f"shape {signature.sample_shape}",
        "latents": f"{signature.latent_dim}, {type(game.prior).__name__.lower()}",
        "classes": str(signature.num_classes or "none"),
        **({"class names": _listed(names)} if names and signature.num_classes else {}),
        **({"conditions": _listed(conditions) or str(game.condition_dim)} if game.condition_dim else {}),
    }


@_of_its_kind.register
def _(game: TranslationModel, path: Path) -> dict[str, str]:
    return {
        "sources": _images(game.signature.data_shape),
        "targets": _images(game.signature.sample_shape),
        "translates": "from sources to targets" + (" and back" if len(game.ways) > 1 else ""),
    }


def _images(shape: Shape) -> str:
    """Return what images have this shape."""
    height, width, channels = shape
    sides = "any sides" if height is None or width is None else f"{height}x{width} pixels"
    return f"images of {channels} channel{'s' * (channels != 1)}, {sides}"


def _listed(names: Sequence[str]) -> str:
    """Return the names with their numbers, or the first of them."""
    listed = ", ".join(f"{number} {name}" for number, name in enumerate(names[:_MOST_NAMES]))
    return listed + (f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else "")
