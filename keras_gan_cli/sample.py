"""What `keras-gan sample` does."""

import math
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import tensorflow as tf
import tifffile

from keras_gan import runs
from keras_gan.training.game.signature import Signature
from keras_gan.types import Config
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import grid, to_pil, visible_channels
from keras_gan.utils.validation import InputError, warn
from keras_gan_cli.asked import asked_labels, load_gan

_NUM = 100  # samples
_MOST_PIXELS = 2**24
_IN_PICTURES = ("uint8", "uint16")


def sample(
    path: Path,
    num: int | None,
    seed: int | None,
    seeds: Sequence[int] | None,
    label: Sequence[str],
    condition: Sequence[str],
    truncation: float | None,
    scale: int,
    out: Path,
    which: str,
    average: int | None,
) -> Config:
    """Write samples of `path` to `out`, a .png, a .tif or a .npy."""
    gan = load_gan(path, which, average)
    count = (num or _NUM) if seeds is None else len(seeds)
    labels = asked_labels(gan, path, label, condition, count, seeds)
    depth = runs.depth(path)
    if out.suffix != ".npy":
        _check_images(gan.signature, out)
    if out.suffix == ".png":
        _check_picture(gan.signature, count, scale, depth)
    samples = gan.sample(count, labels=labels, seed=seeds or seed or 0, truncation=truncation)
    if out.suffix == ".png" and depth is not None and depth.dtype not in _IN_PICTURES:
        depth = None
    if depth is not None and gan.signature.is_image:
        samples = depth.from_signed(samples)
    elif out.suffix != ".npy":
        samples = Depth().from_signed(samples)
    with atomic_write(out) as temporary:
        _WRITERS[out.suffix](temporary, samples, scale)
    click.echo(f"wrote: {out}")
    return {"wrote": out, "shape": list(samples.shape), "seed": seeds or seed or 0}


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
