"""What `keras-gan sample` does."""

import math
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from keras_gan import loading, runs
from keras_gan.training import GAN
from keras_gan.training.game.signature import Signature
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import grid, to_pil, visible_channels
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.pixel_range import to_uint8
from keras_gan.utils.validation import MAX_INTEGER, InputError, warn

_MOST_PIXELS = 2**24


def sample(path: Path, num: int, seed: int, label: str | None, truncation: float | None, scale: int, out: Path) -> None:
    """Write samples of `path` to `out`, a .png or a .npy."""
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


def _check_picture(signature: Signature, num: int, scale: int, out: Path) -> None:
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
