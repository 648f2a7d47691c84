"""What `keras-gan info` does."""

import functools
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
import keras
import tensorflow as tf

from keras_gan import loading, recipes, runs
from keras_gan.ops import platform
from keras_gan.optimizers.cosine import config_of
from keras_gan.runs.networks import parameters
from keras_gan.training import GAN, CycleGAN
from keras_gan.training.game.player import Player
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.loop import compiler
from keras_gan.training.translation_model import TranslationModel
from keras_gan.training.two_player_game import TwoPlayerGame
from keras_gan.types import Config, Shape
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.progress import columns
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

_NAME = 21  # columns that names take
_MOST_NAMES = 20  # of classes


class Fact(NamedTuple):
    """Something that is told: in words, and as programs take it."""

    text: str
    value: object


def info(path: str | None) -> Config:
    """Print what `path` holds, or the settings of the recipe of that name, or else what is installed."""
    described = _described(path)
    for name, fact in described.items():
        first, *rest = _wrapped(fact.text)
        click.echo(f"{name + ':':<{_NAME - 1}} {first}")
        for line in rest:
            click.echo(" " * _NAME + line)
    return {name: fact.value for name, fact in described.items()}


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, columns() - _NAME, break_long_words=False, break_on_hyphens=False) or [""]


def _described(path: str | None) -> dict[str, Fact]:
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


def _describe_recipe(recipe: recipes.Recipe) -> dict[str, Fact]:
    """Return each setting with what it means, what it takes, and what is chosen."""
    if recipe.images is not None:
        length = Fact(f"{recipe.images:,} images; --images or --epochs", {"images": recipe.images})
    else:
        length = Fact(f"{recipe.epochs:,} epochs; --images or --epochs", {"epochs": recipe.epochs})
    settings = {}
    for rule in recipe.rules:
        told = {"meaning": rule.setting.meaning, "range": rule.setting.range, "default": rule.default}
        settings[rule.setting.name] = Fact("{meaning}: {range}; default: {default}".format(**told), told)
    return {"recipe": _text(recipe.summary), "length": length, **settings}


def _describe_installation() -> dict[str, Fact]:
    devices = [device.name.removeprefix("/physical_device:") for device in tf.config.list_physical_devices()]
    known = {f"recipe {name}": _text(recipes.get(name).summary) for name in recipes.names()}
    return {
        "keras_gan": _text(__version__),
        "keras": _text(keras.__version__),
        "tensorflow": _text(tf.__version__),
        "devices": Fact(", ".join(devices), devices),
        "kernels": _describe_kernels(),
    } | known


def _describe_kernels() -> Fact:
    """Return whose kernels compute here, and what follows from that for a step."""
    kernels, instructions = platform.kernels(), platform.instruction_set()
    environment, measured = "TF_ENABLE_ONEDNN_OPTS=1 in", instructions in ("AVX2", "AVX-512")
    forms = "convolutions take the forms that are fastest with them"
    if platform.has_gpu():
        forms = "convolutions stay as TensorFlow has them"
    elif platform.has_onednn():
        kernels += f" (programs of your own may need {environment} their environment)"
    elif measured:
        kernels += f" (oneDNN's are faster: {environment} the environment)"
    facts = {"instruction_set": instructions, "onednn": platform.has_onednn(), "gpu": platform.has_gpu()}
    return Fact(f'{kernels}: {forms}; jit_compile="auto" {_what_auto_does(measured)}. CPU: {instructions}', facts)


def _what_auto_does(measured: bool) -> str:
    if platform.has_gpu():
        return "compiles by XLA if there is one GPU"
    if not measured:
        return "leaves XLA off, which was not measured on such a CPU"
    if compiler.pays(64, 64):
        return "compiles networks such as DCGANs by XLA, which makes up for a part"
    if compiler.pays(32, 32):
        return "compiles networks such as DCGANs of images of 16 or 32 pixels a side by XLA, which is faster"
    return "leaves XLA off, which is slower or no faster"


def _describe_game(path: Path) -> dict[str, Fact]:
    game, source = loading.load_with_source(path, GenerativeModel)
    step = int(game.step.numpy())
    described = {
        "game": _text(type(game).__name__),
        **_made_by(game),
        **_of_its_kind(game, path),
        **{name: _parameters(player) for name, player in game.players.items()},
        "moving average": _averages(game),
        "step": Fact(f"{step:,}, of {source.name}", {"step": step, "file": source.name}),
    }
    if game.compiled and isinstance(game, TwoPlayerGame | CycleGAN):
        described["loss"] = _text(type(game.loss).__name__)
    if game.compiled and isinstance(game, TwoPlayerGame):
        terms = ", ".join(f"{term.name} (weight {term.weight})" for term in game.terms) or "none"
        weights = {term.name: config_of(term.weight) for term in game.terms}
        described["terms"] = Fact(terms, weights)
    options = runs.Run(path).options if runs.Run(path).options_file.is_file() else {}
    told = {name: value for name, value in options.items() if name not in ("class_names", "condition_names")}
    return described | ({"options": Fact(json.dumps(told), told)} if told else {})


def _made_by(game: GenerativeModel) -> dict[str, Fact]:
    """Return what recipe made it, with its settings of networks; nothing of one that was made by hand."""
    told = ", ".join(f"{name} {value}" for name, value in game.made_by.items())
    return {"made by": Fact(told, dict(game.made_by))} if told else {}


def _text(text: str) -> Fact:
    return Fact(text, text)


def _parameters(player: Player) -> Fact:
    count = sum(parameters(network) for network in player.networks)
    return Fact(f"{count:,} parameters", {"parameters": count})


def _averages(game: GenerativeModel) -> Fact:
    several = isinstance(game.ema, (list, tuple))
    given = game.ema if isinstance(game.ema, (list, tuple)) else [game.ema]
    averages = [average for average in given if average is not None]
    told = ", ".join(f"{number} {average}" if several else str(average) for number, average in enumerate(averages))
    shown = f"{told}; {game.sampled_average} is sampled" if told and several else told or "none"
    return Fact(shown, {"averages": [*map(str, averages)], "sampled": game.sampled_average if averages else None})


@functools.singledispatch
def _of_its_kind(game: GenerativeModel, path: Path) -> dict[str, Fact]:
    """Return what is told of a game of this kind alone."""
    return {}


@_of_its_kind.register
def _(game: GAN, path: Path) -> dict[str, Fact]:
    signature, prior = game.signature, type(game.prior).__name__.lower()
    names, conditions = runs.class_names(path), runs.condition_names(path)
    numbers = {"latent_dim": signature.latent_dim, "prior": prior}
    told = {
        "samples": Fact(f"shape {signature.sample_shape}", {"shape": [*signature.sample_shape]}),
        "latents": Fact(f"{signature.latent_dim}, {prior}", numbers),
        "classes": Fact(str(signature.num_classes or "none"), signature.num_classes),
    }
    if names and signature.num_classes:
        told["class names"] = Fact(_listed(names), [*names])
    if game.condition_dim:
        vectors = {"condition_dim": game.condition_dim, "names": [*conditions]}
        told["conditions"] = Fact(_listed(conditions) or str(game.condition_dim), vectors)
    return told


@_of_its_kind.register
def _(game: TranslationModel, path: Path) -> dict[str, Fact]:
    shapes = {"sources": game.signature.data_shape, "targets": game.signature.sample_shape}
    ways = "from sources to targets" + (" and back" if len(game.ways) > 1 else "")
    images = {name: Fact(_images(shape), {"shape": [*shape]}) for name, shape in shapes.items()}
    return {**images, "translates": _text(ways)}


def _images(shape: Shape) -> str:
    """Return what images have this shape."""
    height, width, channels = shape
    sides = "any sides" if height is None or width is None else f"{height}x{width} pixels"
    return f"images of {channels} channel{'s' * (channels != 1)}, {sides}"


def _listed(names: Sequence[str]) -> str:
    """Return the names with their numbers, or the first of them."""
    if names and [*names] == [*map(str, range(len(names)))]:
        return f"their numbers, 0 to {len(names) - 1:,}"
    listed = ", ".join(f"{number} {name}" for number, name in enumerate(names[:_MOST_NAMES]))
    return listed + (f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else "")
