"""What `keras-gan evaluate` does."""

import contextlib
import functools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from keras_gan import data as data_lib
from keras_gan import evaluation, runs
from keras_gan.data import ArrayData, PairedData, UnpairedData
from keras_gan.metrics import get_pair
from keras_gan.metrics.protocols import is_protocol
from keras_gan.report.record import compared
from keras_gan.training import GAN
from keras_gan.training.resume import fingerprint
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Config
from keras_gan.utils.validation import InputError
from keras_gan_cli.asked import load_game

_SHOWN = 20  # names
_NAME = 18  # columns that names of metrics take at least
_USUAL = ("frechet_distance", "kernel_distance", "precision_recall", "density_coverage")
_OF_PAIRS = ("l1", "psnr", "ssim", "ms_ssim")
_OF_WAYS = ("frechet_distance", "kernel_distance")


def evaluate(
    path: str | None,
    data: str,
    metric: tuple[str, ...],
    num: int | None,
    image_size: int | tuple[int, int] | None,
    split: str,
    features: str | None,
    seed: int,
    in_memory: bool | str,
    cache_dir: Path | None,
    which: str,
    average: int | None,
    real_vs_real: bool = False,
) -> Config:
    """Print how near the samples of `path` come to the data, or half of the data to the other half."""
    game = None if path is None else load_game(path, which, average)
    kept = {"in_memory": in_memory, "cache_dir": cache_dir}
    if path is not None and isinstance(game, TranslationModel):
        real: ArrayData = _like_its_own(path, data, image_size=image_size, split=split, **kept)
    else:
        options = {} if path is None else runs.load_options(path)
        real = _load_data(data, game, image_size, split, {**options, **kept})
    if path is not None:
        _check_names("classes", runs.class_names(path), real.class_names)
        _check_names("conditions", runs.condition_names(path), real.condition_names)
    step = None if game is None or real_vs_real else int(game.step.numpy())
    if real_vs_real:
        if isinstance(game, TranslationModel):
            raise InputError(f"`--real-vs-real` is for a GAN's samples. Received: {path} with a {type(game).__name__}")
        game = None
    quiet = click.get_current_context().params["quiet"]
    # How far it is; the table alone goes to stdout, which is hidden where nothing is to be told.
    with contextlib.redirect_stdout(sys.stdout if quiet else sys.stderr):
        results = _measured(real, game, metric, num, features, seed)
    for line in _table(results, real_vs_real):
        click.echo(line)
    if isinstance(game, GAN) and not quiet:
        _tell_of_floor(real, metric, num)
    if real_vs_real and num is None:
        click.echo(f"the floor at these counts: compare with --num {min(result['num_fake'] for result in results)}")
    return {
        "path": path,
        "which": which,
        "average": game.sampled_average if game is not None and game.num_averages else None,
        "step": step,
        "data": data,
        "split": split,
        "data_digest": real.digest,
        "image_size": real.sample_shape[:2],
        "features": None if isinstance(real, PairedData) else features or _usual(real),
        "real_vs_real": real_vs_real,
        "sampling_seed": seed,
        "versions": fingerprint.versions(),
        "metrics": results,
    }


def _tell_of_floor(real: ArrayData, names: Sequence[str], num: int | None) -> None:
    """Tell how to measure what other real pictures reach; of protocols, whose counts are given, nothing."""
    if not any(map(is_protocol, names)):
        half = len(real) // 2  # of the data, against the other
        counts = half if num is None else min(num, half)
        click.echo(f"its floor: the same with --real-vs-real, and --num {counts} for both", err=True)


def _usual(real: ArrayData) -> str:
    """Return the features that were taken, where none were asked for."""
    return "classifier" if isinstance(real, UnpairedData) else evaluation.usual_features(real)


@functools.singledispatch
def _measured(
    real: ArrayData,
    game: GAN | None,
    names: Sequence[str],
    num: int | None,
    features: str | None,
    seed: int,
) -> list[Config]:
    """Return what is measured of a game against data of this kind, or of halves of the data against each other."""
    metrics = evaluation.make_metrics(names or _USUAL, real, features, num, verbose=1)
    if game is None:
        return evaluation.measure_floor(metrics, real, seed, verbose=1)
    return evaluation.measure(metrics, game, real, seed, verbose=1)


@_measured.register
def _(
    real: PairedData,
    game: TranslationModel,
    names: Sequence[str],
    num: int | None,
    features: str | None,
    seed: int,
) -> list[Config]:
    if features is not None:
        raise InputError(f"`--features` is for metrics of samples, and not of pairs. Received: {features}")
    metrics = [get_pair(name) for name in names or _OF_PAIRS]
    return evaluation.measure_pairs(metrics, game, real, num, verbose=1)


@_measured.register
def _(
    real: UnpairedData,
    game: TranslationModel,
    names: Sequence[str],
    num: int | None,
    features: str | None,
    seed: int,
) -> list[Config]:
    learnt = evaluation.told_apart(real) if features in (None, "classifier", "contrastive") else real
    metrics = evaluation.make_metrics(names or _OF_WAYS, learnt, features, num, verbose=1)
    return evaluation.measure_ways(metrics, game, real, verbose=1)


def _like_its_own(path: str, data: str, **options: Any) -> ArrayData:
    """Return data that a translation is measured with, read as its run has read its own."""
    if not Path(path).is_dir():
        raise InputError(
            "`PATH` must be the directory of a run, which knows how its images are read; of another translation, in "
            f"Python: `game.compile(..., metrics=[...])` and `game.evaluate(pairs)`. Received: {path}"
        )
    return runs.read_like(path, data, **options)


def _load_data(
    name: str, gan: GAN | None, image_size: int | tuple[int, int] | None, split: str, options: Mapping[str, Any]
) -> ArrayData:
    """Return the data, of the images and the classes that the generator knows, read as its run has read its own."""
    if gan is None:
        return data_lib.load(name, image_size=image_size, split=split, **options)
    if not gan.signature.is_image:
        raise InputError("`PATH` must make images, which DATA are. Received: a generator that makes vectors")
    height, width, channels = gan.signature.sample_shape
    options = {"channels": channels, "image_size": image_size or (height, width), **options}
    data = data_lib.load(name, split=split, **options)
    _check_known("classes", gan.signature.num_classes, data.num_classes, name)
    _check_known("conditions", gan.condition_dim, data.condition_dim, name)
    return data


def _check_known(kind: str, known: int | None, given: int | None, name: str) -> None:
    """Raise where data have other classes or conditions than the generator, if it has any."""
    if known not in (None, given):
        raise InputError(
            f"`DATA` must have the {kind} that PATH knows, {known}. Received: {name} with {given or 'none'}"
        )


def _check_names(kind: str, known: Sequence[str], given: Sequence[str] | None) -> None:
    """Raise where DATA name other classes or conditions than a run was trained on, or in another order."""
    if known and given is not None and [*map(str, given)] != [*known]:
        raise InputError(
            f"`DATA` must have the {kind} of PATH, in their order: {[*known][:_SHOWN]}. Received: {[*given][:_SHOWN]}"
        )


def _table(results: Sequence[Config], is_floor: bool) -> Iterator[str]:
    """Yield a line a metric, and below them one for each kind of counts and features."""
    measured: dict[str, list[str]] = {}
    width = max(_NAME, *(len(result["name"]) for result in results))
    for result in results:
        value = result["value"]
        parts = value if isinstance(value, dict) else {"": value}
        told = "  ".join(f"{name} {number:.4g}".strip() for name, number in parts.items())
        yield f"{result['name']:<{width}} {told}"
        measured.setdefault(f"({compared(result, is_floor)})", []).append(result["name"])
    for counts, names in measured.items():
        yield counts if len(measured) == 1 else f"{counts}: {', '.join(names)}"
