"""`keras-gan export`."""

from pathlib import Path

import click

from keras_gan import loading


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="saved_model", help="The directory.")
def export(path: Path, out: Path) -> None:
    """Export the generator of PATH, a run's directory or a .keras file, as a TensorFlow SavedModel.

    It loads with `tf.saved_model.load` where keras_gan is not installed; its signatures are `serving_default` and
    `sample`.
    """
    loading.load(path).export(out)
    click.echo(f"wrote: {out}")
