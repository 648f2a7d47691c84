"""`keras-gan evaluate`."""

import contextlib
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import keras
import tensorflow as tf

from keras_gan import data as data_lib
from keras_gan import evaluation
from keras_gan.data import ArrayData
from keras_gan.loading import load
from keras_gan.training import GAN
from keras_gan.types import Config
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import MAX_SEED, InputError
from keras_gan.version import __version__

_USUAL = ("frechet_distance", "kernel_distance", "precision_recall", "density_coverage")


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[PATH] DATA")
@click.option("--metric", multiple=True, help="One by name, as often as wanted.  [default: the four usual ones]")
@click.option("--num", type=click.IntRange(2, 1_000_000), help="Samples of each side.  [default: as many as there are]")
@click.option("--image-size", type=click.IntRange(4, 1024), help="Of the images.  [default: PATH's, or their own]")
@click.option("--split", default="train", help="The part of DATA, as TFDS writes it.")
@click.option("--features", help="classifier, inception or a .keras file.  [default: a classifier of labelled DATA]")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, help="Of the samples, or of the halves.")
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="A file.  [default: none]")
@click.option("--real-vs-real", is_flag=True, help="Compare two halves of DATA, without PATH: the floor.")
def evaluate(
    arguments: tuple[str, ...],
    metric: tuple[str, ...],
    num: int | None,
    image_size: int | None,
    split: str,
    features: str | None,
    seed: int,
    out: Path | None,
    real_vs_real: bool,
) -> None:
    """Measure how near the samples of PATH, a run's directory or a .keras file, come to DATA.

    DATA is a data set's name or a folder, as for `train`. The four usual metrics are frechet_distance, kernel_distance,
    precision_recall and density_coverage; others, and those that pin the counts (fd10k, fd50k_full, ...), are listed
    when a name is wrong. A JSON file gets all that makes the numbers comparable.

    The classifier whose features are compared is trained on the same split of DATA. The floor is that of half of DATA
    against the other half: compare it with samples of PATH at the same --num.
    """
    if len(arguments) != (1 if real_vs_real else 2):
        raise InputError(
            f"`evaluate` must have PATH and DATA, or DATA alone with --real-vs-real. Received: {list(arguments)}"
        )
    gan = None if real_vs_real else load(arguments[0])
    data = _load_data(arguments[-1], gan, image_size, split)
    with contextlib.redirect_stdout(sys.stderr):  # how far it is; the table alone goes to stdout
        verbose = 1
        metrics = evaluation.make_metrics(metric or _USUAL, data, features, num, verbose)
        if gan is None:
            results = evaluation.measure_floor(metrics, data, seed, verbose)
        else:
            results = evaluation.measure(metrics, gan, data, seed, verbose)
    for line in _table(results):
        click.echo(line)
    if gan is None and num is None:
        click.echo(f"the floor at these counts: compare with --num {min(result['num_fake'] for result in results)}")
    if out is not None:
        protocol = {
            "path": None if gan is None else arguments[0],
            "data": arguments[-1],
            "split": split,
            "data_digest": data.digest,
            "image_size": data.sample_shape[0],
            "features": features or "classifier",
            "real_vs_real": real_vs_real,
            "sampling_seed": seed,
            "versions": {"keras_gan": __version__, "keras": keras.__version__, "tensorflow": tf.__version__},
        }
        _write(out, {**protocol, "metrics": results})


def _load_data(name: str, gan: GAN | None, image_size: int | None, split: str) -> ArrayData:
    """Return the data, of the images and the classes that the generator knows."""
    if gan is not None and not gan.signature.is_image:
        raise InputError("`PATH` must make images, which DATA are. Received: a generator that makes vectors")
    size = image_size or (None if gan is None else gan.signature.sample_shape[0])
    data = data_lib.load(name, image_size=size, split=split)
    if gan is not None and gan.signature.num_classes not in (None, data.num_classes):
        known = gan.signature.num_classes
        raise InputError(f"`DATA` must have the classes that PATH knows, {known}. Received: {data!r}")
    return data


def _table(results: Sequence[Config]) -> Iterator[str]:
    """Yield a line a metric, and below them one for each kind of counts and features."""
    measured: dict[str, list[str]] = {}
    for result in results:
        value = result["value"]
        parts = value if isinstance(value, dict) else {"": value}
        yield f"{result['name']:<18} " + "  ".join(f"{name} {number:.4g}".strip() for name, number in parts.items())
        counts = (
            f"({result['num_real']:,} real, {result['num_fake']:,} generated, {result['extractor'] or 'no features'})"
        )
        measured.setdefault(counts, []).append(result["name"])
    for counts, names in measured.items():
        yield counts if len(measured) == 1 else f"{counts}: {', '.join(names)}"


def _write(file: Path, results: Config) -> None:
    with atomic_write(file) as temporary:
        temporary.write_text(json.dumps(_finite(results), indent=1, allow_nan=False))
    click.echo(f"wrote: {file}")


def _finite(value: Any) -> Any:
    """Return what JSON can hold: NaN and infinities, which it can't, become null."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
