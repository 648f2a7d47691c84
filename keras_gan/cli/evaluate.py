"""`keras-gan evaluate`."""

import json
from pathlib import Path

import click

from keras_gan import data as data_lib
from keras_gan import evaluation
from keras_gan.loading import load
from keras_gan.types import Config
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import MAX_SEED, InputError

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
    """
    if len(arguments) != (1 if real_vs_real else 2):
        raise InputError(
            f"`evaluate` must have PATH and DATA, or DATA alone with --real-vs-real. Received: {list(arguments)}"
        )
    gan = None if real_vs_real else load(arguments[0])
    if gan is not None and not gan.signature.is_image:
        raise InputError(f"`PATH` must make images, which DATA are. Received: {arguments[0]}, which makes vectors")
    size = image_size or (None if gan is None else gan.signature.sample_shape[0])
    data = data_lib.load(arguments[-1], image_size=size, split=split)
    if gan is not None and gan.signature.num_classes not in (None, data.num_classes):
        known = gan.signature.num_classes
        raise InputError(f"`DATA` must have the classes that PATH knows, {known}. Received: {data!r}")
    metrics = evaluation.make_metrics(metric or _USUAL, data, features, num)
    if gan is None:
        results = evaluation.measure_floor(metrics, data, seed)
    else:
        results = evaluation.measure(metrics, gan, data, seed)
    for result in results:
        click.echo(_row(result))
    if out is not None:
        with atomic_write(out) as temporary:
            temporary.write_text(json.dumps({"data": arguments[-1], "split": split, "metrics": results}, indent=1))
        click.echo(f"wrote: {out}")


def _row(result: Config) -> str:
    value = result["value"]
    parts = value if isinstance(value, dict) else {"": value}
    numbers = "  ".join(f"{name} {number:.4g}".strip() for name, number in parts.items())
    counts = f"{result['num_real']:,} real, {result['num_fake']:,} generated, {result['extractor'] or 'no extractor'}"
    return f"{result['name']:<18} {numbers:<32} ({counts})"
