"""What `keras-gan export` does."""

from pathlib import Path
from typing import TypedDict

import click

from keras_gan.export import FORMATS
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Config
from keras_gan.utils.validation import InputError
from keras_gan_cli.asked import load_game


class _Options(TypedDict):
    format: str
    verbose: bool
    batch_size: int | None


def export(
    path: Path,
    format: str,
    out: Path | None,
    batch_size: int | None,
    reverse: bool,
    which: str,
    average: int | None,
) -> Config:
    """Write the generator of `path`, or that of the way back, in a format."""
    out = out or Path(FORMATS[format].filename)
    options: _Options = {"format": format, "verbose": True, "batch_size": batch_size}
    if out.suffix == ".keras" and out.exists() and path.resolve() in (out.resolve(), *out.resolve().parents):
        raise InputError(f"`--out` must be another file than those of PATH, which holds more. Received: {out}")
    game = load_game(path, which, average)
    if isinstance(game, TranslationModel):
        written = game.export(out, reverse=reverse, **options)
    elif reverse:
        raise InputError(f"`--reverse` is for games that go both ways. Received: {path} with a {type(game).__name__}")
    else:
        written = game.export(out, **options)
    click.echo(f"wrote: {out}")
    specs = {"inputs": written.inputs, "outputs": [written.output]}
    told = {
        name: {each.name: {"dtype": each.dtype.name, "shape": each.shape.as_list()} for each in some}
        for name, some in specs.items()
    }
    return {"wrote": out, "format": format, "largest_difference": written.difference, **told, "about": written.about}
