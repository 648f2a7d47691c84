"""What `keras-gan card` does."""

from pathlib import Path

import click

from keras_gan import runs
from keras_gan.types import Config


def card(run: Path, license: str, out: Path | None) -> Config:
    """Write the model card of a run."""
    file = runs.write_card(run, license, out)
    click.echo(f"wrote: {file}")
    return {"wrote": file}
