"""What `keras-gan export` does."""

from pathlib import Path

import click

from keras_gan import loading


def export(path: Path, out: Path) -> None:
    """Write the generator of `path` as a SavedModel."""
    loading.load(path).export(out)
    click.echo(f"wrote: {out}")
