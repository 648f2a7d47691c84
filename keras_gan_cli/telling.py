"""The commands that tell of a run that was trained, as `--help` shows them; the others are in `commands`."""

from pathlib import Path

import click

from keras_gan_cli import start
from keras_gan_cli.parameters import answers

_FILE = click.Path(dir_okay=False, path_type=Path)
_RUN = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("runs", nargs=-1, required=True, type=_RUN, metavar="RUN [RUN ...]")
@click.option("--out", type=_FILE, help="The file.  [default: RUN/report.html; of several runs report.html]")
@answers
def report(**given: object) -> None:
    """Write one HTML file that shows how RUN went, a run's directory, or several beside each other.

    Curves of losses, metrics and diagnostics, the grids of samples under a slider, speed, memory, warnings, options,
    networks and machine. It needs no network and no server. `train` keeps its run's report up to date.

    RUN/metrics.json and RUN/floor.json are shown too: write them by `evaluate ... --json`. The floor, by `evaluate
    RUN DATA --real-vs-real`, is a line across the curve of its metric.
    """
    start.run("report", **given)


@click.command()
@click.argument("run", type=_RUN)
@click.option("--license", required=True, metavar="ID", help="That the model is given, as apache-2.0.")
@click.option("--out", type=_FILE, help="The file.  [default: README.md of RUN]")
@answers
def card(**given: object) -> None:
    """Write the model card of RUN, a run's directory: Markdown, to lie beside its gan.keras where it is shared.

    It has recipe, data with their digest, images seen, parameters, settings, warnings, the SHA-256 of the files, and
    what `evaluate --json` has written into RUN/metrics.json and RUN/floor.json.
    """
    start.run("card", **given)
