"""`keras-gan train`."""

import dataclasses
from pathlib import Path
from typing import Any

import click

from keras_gan import recipes, runs
from keras_gan.utils.validation import MAX_SEED
from keras_gan.version import __version__


@click.command()
@click.argument("data", default="digits")
@click.option("--recipe", type=click.Choice(recipes.names()), help="The networks and the rules.  [default: by DATA]")
@click.option("--epochs", type=click.IntRange(1), help="How many epochs.  [default: the recipe's]")
@click.option("--batch-size", type=click.IntRange(1), help="Samples a step.  [default: the recipe's]")
@click.option("--image-size", type=click.IntRange(8, 1024), help="Resize images to it.  [default: the recipe's]")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, help="Of all random numbers.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="runs", help="Where runs go.")
def train(data: str, recipe: str | None, seed: int, out: Path, **options: Any) -> None:
    """Train a GAN on DATA: a recipe's name, a TFDS data set or a folder of images.

    Without DATA it learns the 1,797 real digits of scikit-learn, each by its label. Each run gets a numbered directory
    under --out with its options, its log, pictures of its samples and the trained gan.keras.
    """
    changes = {name: value for name, value in options.items() if value is not None}
    chosen = recipes.for_data(data) if recipe is None else recipes.get(recipe).but(data=data)
    chosen = chosen.but(**changes)
    training = chosen.load(seed)
    gan = chosen.make(training, seed)

    settings = {f.name: getattr(chosen, f.name) for f in dataclasses.fields(chosen) if f.name != "build"}
    run = runs.Run.create(out, chosen.data, {**settings, "seed": seed, "keras_gan": __version__})
    click.echo(f"{training!r}\nrun: {run.path}")
    chosen.train(gan, training, run.callbacks(gan))
    click.echo(f"saved: {run.model_file}")
    if gan.signature.is_image:
        click.echo(f"pictures: {run.samples}")
