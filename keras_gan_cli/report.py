"""What `keras-gan report` does."""

from collections.abc import Sequence
from pathlib import Path

import click

from keras_gan import runs as runs_lib


def report(runs: Sequence[Path], out: Path | None) -> None:
    """Write the report of runs."""
    click.echo(f"wrote: {runs_lib.write_report(runs, out)}")
