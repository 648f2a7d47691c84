"""What `keras-gan card` does."""

from pathlib import Path

import click

from keras_gan import runs
from keras_gan.types import Config
from keras_gan.utils.validation import InputError


def card(run: Path, license: str, out: Path | None) -> Config:
    """Write the model card of a run."""
    target = run / "README.md" if out is None else out
    if target.exists():
        raise InputError(
            f"`--out` must be a file that is not there yet: remove it, or name another. Received: {target}"
        )
    file = runs.write_card(run, license, out)
    click.echo(f"wrote: {file}")
    return {"wrote": file}
