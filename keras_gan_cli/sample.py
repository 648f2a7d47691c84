"""`keras-gan sample`."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from keras_gan import loading, runs
from keras_gan.training import GAN
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import grid, to_pil, to_uint8, visible_channels
from keras_gan.utils.validation import MAX_INTEGER, MAX_SEED, InputError, nearest, warn

_MOST_PIXELS = 2**24


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--num", type=click.IntRange(1, 1_000_000), default=100, help="How many samples.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, help="Of the latents.")
@click.option("--label", help="The class of all samples, by name or number.  [default: the classes in turn]")
@click.option("--truncation", type=click.FloatRange(0, min_open=True), help="Bound of the latents.  [default: none]")
@click.option("--scale", type=click.IntRange(1, 64), default=4, help="Each pixel becomes a square of this side.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default="samples.png", help=".png or .npy.")
def sample(path: Path, num: int, seed: int, label: str | None, truncation: float | None, scale: int, out: Path) -> None:
    """Draw samples from PATH, a run's directory or a .keras file.

    A .png gets a grid of uint8 images, a .npy the float32 array that `GAN.sample` returns.
    """
    if out.suffix not in (".png", ".npy"):
        raise InputError(f"`--out` must end in .png or .npy. Received: {out}")
    gan = loading.load(path)
    number = None if label is None else _class(label, gan, runs.class_names(path))
    if out.suffix == ".png":
        _check_picture(gan.signature, num, scale, out)
    samples = gan.sample(num, labels=number, seed=seed, truncation=truncation)
    with atomic_write(out) as temporary:
        if out.suffix == ".npy":
            np.save(temporary, samples)
        else:
            to_pil(grid(to_uint8(samples).numpy(), scale=scale, gap=scale)).save(temporary)
    click.echo(f"wrote: {out}")


def _class(label: str, gan: GAN, names: Sequence[str]) -> int:
    """Return the number of a class from its name, or from its number."""
    if label in names:
        number = names.index(label)
        if label.isdecimal() and int(label) != number:
            click.echo(f"keras-gan: --label {label} is the class of that name, number {number}", err=True)
        return number
    if label.isdecimal() and label.isascii():
        return min(int(label), MAX_INTEGER)
    if gan.num_classes is None:
        raise InputError("`--label` is for networks that take labels; these take none. Received: a label")
    known = f"the name of a class or a number in 0..{gan.num_classes - 1}"
    raise InputError(f"`--label` must be {known}.{nearest(label, names)} Received: {label!r}")


def _check_picture(signature: Any, num: int, scale: int, out: Path) -> None:
    if not signature.is_image:
        raise InputError(f"`--out` must end in .npy for a GAN that makes vectors. Received: {out}")
    channels = signature.sample_shape[-1]
    if visible_channels(channels) != channels:
        warn(f"A picture shows the first {visible_channels(channels)} of {channels} channels; a .npy takes all")
    pixels = num * math.prod(signature.sample_shape[:2]) * scale**2
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"`--num` and `--scale` must make a picture of at most {_MOST_PIXELS:,} pixels; a .npy takes more. "
            f"Received: {pixels:,} pixels"
        )
