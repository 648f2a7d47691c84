"""What `keras-gan translate` does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click
import numpy as np
import tensorflow as tf

from keras_gan import loading, runs
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.arrangement import image_names
from keras_gan.data.readers.bad_images import BadImage
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles, header_of
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Config
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import visible_channels
from keras_gan.utils.progress import Progress
from keras_gan.utils.validation import InputError
from keras_gan_cli.asked import take_average

_DEEP = "uint16"  # of a PNG, the other depth that it has


class _One(Container):
    """One file of a folder: each may have sides of its own."""

    def __init__(self, folder: Folder, name: str) -> None:
        super().__init__(folder.path)
        self._folder = folder
        self.names: Sequence[str] = [name]

    def open(self, name: str) -> BinaryIO:
        return self._folder.open(name)

    def stamp(self, name: str) -> str:
        return self._folder.stamp(name)


def translate(
    path: Path,
    folder: Path,
    out: Path,
    tile: int | None,
    overlap: int | None,
    value_range: tuple[float, float] | None,
    reverse: bool,
    average: int | None,
) -> Config:
    """Write a translation of each picture of `folder` to `out`, under its name; those that are there are left."""
    game = loading.load(path, TranslationModel)
    take_average(game, average, path)
    way = game.way(reverse)
    if out.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "`--out` must be another folder than the pictures', and not in it: what is written would be translated "
            f"the next time. Received: {out}"
        )
    channels = way.network.output_shape[-1]
    if visible_channels(channels) != channels:
        raise InputError(f"Pictures have 1, 3 or 4 channels. Received: {path}, which makes {channels}")
    pictures = Folder(folder)
    targets = _targets(pictures, out)
    left = {name: target for name, target in targets.items() if not target.exists()}
    options = runs.load_options(path)  # its pictures are to look to the generator as those of its run did
    look = Preprocessing(
        channels=way.shape[-1],
        background=options.get("background", Preprocessing.background),
        value_range=value_range or options.get("value_range"),
    )
    progress = Progress("auto", unit="pictures", doing="translating")
    progress.expect(len(left))
    for name, target in left.items():
        image, depth = _read(pictures, name, look)
        made = game.translate(image[None], tile=tile, overlap=overlap, reverse=reverse)[0]
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as temporary:
            temporary.write_bytes(tf.io.encode_png(depth.from_signed(made)).numpy())
        progress.add(1)
    progress.finish({})
    skipped = f", {len(targets) - len(left):,} were there" if len(left) < len(targets) else ""
    click.echo(f"wrote: {len(left):,} pictures to {out}{skipped}")
    return {"wrote": [*left.values()], "were_there": len(targets) - len(left)}


def _targets(pictures: Folder, out: Path) -> dict[str, Path]:
    """Return the file to write for each picture."""
    targets = {name: (out / name).with_suffix(".png") for name in image_names(pictures, None)}
    (target, count), *_ = Counter(targets.values()).most_common(1)
    if count > 1:
        raise InputError(f"Pictures must differ in more than their suffixes. Received: {count} for {target}")
    return targets


def _read(pictures: Folder, name: str, look: Preprocessing) -> tuple[np.ndarray, Depth]:
    """Return a picture, and the depth of what is written: that of its file where it has 16 bits, else 8 bits."""
    try:
        deep = header_of(pictures, name).dtype != np.uint8
        reader = ImageFiles(_One(pictures, name), look if deep else replace(look, value_range=None), labels=None)
        image = reader.read(0)
    except BadImage as error:
        raise InputError(str(error)) from error
    return image, reader.depth if reader.depth.dtype == _DEEP else Depth()
