"""What `keras-gan sample` does."""

import math
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import tensorflow as tf
import tifffile
from numpy.typing import ArrayLike

from keras_gan import loading, runs
from keras_gan.conditions import Vectors
from keras_gan.training import GAN
from keras_gan.training.game.signature import Signature
from keras_gan.types import Config
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import grid, to_pil, visible_channels
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import MAX_INTEGER, InputError, warn

_MOST_PIXELS = 2**24
_IN_PICTURES = ("uint8", "uint16")


def sample(
    path: Path,
    num: int,
    seed: int,
    label: str | None,
    condition: Sequence[str],
    truncation: float | None,
    scale: int,
    out: Path,
    which: str,
) -> Config:
    """Write samples of `path` to `out`, a .png, a .tif or a .npy."""
    gan = _load_gan(path, which)
    if label is not None and condition:
        raise InputError("`--label` and `--condition` must not both be given. Received: both")
    labels: ArrayLike | None = None if label is None else _class(label, gan, runs.class_names(path))
    if condition:
        labels = _vectors(condition, num, gan, runs.condition_names(path))
    depth = runs.depth(path)
    if out.suffix != ".npy":
        _check_images(gan.signature, out)
    if out.suffix == ".png":
        _check_picture(gan.signature, num, scale, depth)
    samples = gan.sample(num, labels=labels, seed=seed, truncation=truncation)
    if out.suffix == ".png" and depth is not None and depth.dtype not in _IN_PICTURES:
        depth = None
    if depth is not None and gan.signature.is_image:
        samples = depth.from_signed(samples)
    elif out.suffix != ".npy":
        samples = Depth().from_signed(samples)
    with atomic_write(out) as temporary:
        _WRITERS[out.suffix](temporary, samples, scale)
    click.echo(f"wrote: {out}")
    return {"wrote": out, "shape": list(samples.shape), "seed": seed}


def _load_gan(path: Path, which: str) -> GAN:
    game = loading.load(path, which=which)
    if not isinstance(game, GAN):
        raise InputError(
            "`PATH` must hold a GAN, of which samples are drawn; `keras-gan translate` shows what a translation makes "
            f"of pictures. Received: {path} with a {type(game).__name__}"
        )
    return game


def _write_array(file: Path, samples: np.ndarray, scale: int) -> None:
    np.save(file, samples)


def _write_pages(file: Path, samples: np.ndarray, scale: int) -> None:
    """Write a TIFF with a page for each sample, which has all channels."""
    channels = samples.shape[-1]
    with tifffile.TiffWriter(file) as pages:
        for image in samples[..., 0] if channels == 1 else samples:
            pages.write(
                image,
                photometric="rgb" if channels in (3, 4) else "minisblack",
                planarconfig=None if channels == 1 else "contig",
                extrasamples=["unassalpha"] if channels == 4 else None,
                metadata=None,
            )


def _write_grid(file: Path, samples: np.ndarray, scale: int) -> None:
    """Write a grid of the visible channels: of 16 bits where the samples have them, else of 8."""
    if samples.dtype == np.uint16:
        sheet = grid(samples[..., : visible_channels(samples.shape[-1])], scale=scale, gap=scale)
        file.write_bytes(tf.io.encode_png(sheet).numpy())
    else:
        to_pil(grid(samples, scale=scale, gap=scale)).save(file)


_WRITERS = {".npy": _write_array, ".tif": _write_pages, ".png": _write_grid}


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
        raise InputError("`--label` is for networks that take classes; these take none. Received: a label")
    known = f"the name of a class or a number in 0..{gan.num_classes - 1}"
    raise InputError(f"`--label` must be {known}.{nearest(label, names)} Received: {label!r}")


def _vectors(given: Sequence[str], num: int, gan: GAN, names: Sequence[str]) -> np.ndarray:
    """Return vectors of the data, in which the numbers that are given by NAME=VALUE are as they are given."""
    if not isinstance(gan.signature.condition, Vectors):
        raise InputError("`--condition` is for networks that take conditions; these take none. Received: a condition")
    known = [*names] or [str(column) for column in range(gan.signature.condition.condition_dim)]
    vectors = gan.signature.condition.asked(num, None)
    for one in given:
        name, _, value = one.partition("=")
        if name not in known:
            raise InputError(f"`--condition` must name one of {known}.{nearest(name, known)} Received: {one!r}")
        try:
            vectors[:, known.index(name)] = float(value)
        except ValueError as error:
            raise InputError(f"`--condition` must be NAME=NUMBER, as age=0.3. Received: {one!r}") from error
    return vectors


def _check_images(signature: Signature, out: Path) -> None:
    if not signature.is_image:
        raise InputError(f"`--out` must end in .npy for a GAN that makes vectors. Received: {out}")


def _check_picture(signature: Signature, num: int, scale: int, depth: Depth | None) -> None:
    channels = signature.sample_shape[-1]
    if visible_channels(channels) != channels:
        warn(f"A picture shows the first {visible_channels(channels)} of {channels} channels; a .tif or .npy takes all")
    if depth is not None and depth.dtype not in _IN_PICTURES:
        warn(f"A picture shows values of {depth.dtype} in 8 bits; a .tif or .npy keeps them")
    pixels = num * math.prod(signature.sample_shape[:2]) * scale**2
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"`--num` and `--scale` must make a picture of at most {_MOST_PIXELS:,} pixels; a .npy takes more. "
            f"Received: {pixels:,} pixels"
        )
