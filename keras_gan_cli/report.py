"""What `keras-gan report` does."""

from collections.abc import Sequence
from pathlib import Path

import click

from keras_gan import runs as runs_lib
from keras_gan.types import Config


def report(runs: Sequence[Path], out: Path | None) -> Config:
    """Write the report of runs."""
    file = runs_lib.write_report(runs, out)
    click.echo(f"wrote: {file}")
    return {"wrote": file}
