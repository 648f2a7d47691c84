"""What `keras-gan export` does."""

from pathlib import Path

import click

from keras_gan import loading
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Config
from keras_gan.utils.validation import InputError


def export(path: Path, out: Path, reverse: bool, which: str) -> Config:
    """Write the generator of `path`, or that of the way back, as a SavedModel."""
    game = loading.load(path, which=which)
    if isinstance(game, TranslationModel):
        game.export(out, reverse=reverse)
    elif reverse:
        raise InputError(f"`--reverse` is for games that go both ways. Received: {path} with a {type(game).__name__}")
    else:
        game.export(out)
    click.echo(f"wrote: {out}")
    return {"wrote": out}
