"""What `keras-gan translate` does."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click
import numpy as np
import tensorflow as tf

from keras_gan import loading
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.arrangement import image_names
from keras_gan.data.readers.bad_images import BadImage
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.training import ImageToImage
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import visible_channels
from keras_gan.utils.progress import Progress
from keras_gan.utils.validation import InputError

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


def translate(path: Path, folder: Path, out: Path, tile: int, overlap: int, value_range: object) -> None:
    """Write a translation of each picture of `folder` to `out`, under its name; those that are there are left."""
    game = loading.load(path, ImageToImage)
    if out.resolve() == folder.resolve():
        raise InputError(f"`--out` must be another folder than the pictures'. Received: {out}")
    channels = game.signature.sample_shape[-1] or 0
    if visible_channels(channels) != channels:
        raise InputError(f"Pictures have 1, 3 or 4 channels. Received: {path}, which makes {channels}")
    pictures = Folder(folder)
    names = {name: (out / name).with_suffix(".png") for name in image_names(pictures, None)}
    taken = [target for target in names.values() if [*names.values()].count(target) > 1]
    if taken:
        raise InputError(f"Pictures must differ in more than their suffixes. Received: two for {taken[0]}")
    left = {name: target for name, target in names.items() if not target.exists()}
    preparing = Preprocessing(channels=game.signature.data_shape[-1], value_range=value_range)  # type: ignore[arg-type]
    progress = Progress("auto", unit="pictures", doing="translating")
    progress.expect(len(left))
    for name, target in left.items():
        image, depth = _read(pictures, name, preparing)
        made = game.translate(image[None], tile=tile, overlap=min(overlap, tile // 2))[0]
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as temporary:
            temporary.write_bytes(tf.io.encode_png(depth.from_signed(made)).numpy())
        progress.add(1)
    progress.finish({})
    skipped = f", {len(names) - len(left):,} were there" if len(left) < len(names) else ""
    click.echo(f"wrote: {len(left):,} pictures to {out}{skipped}")


def _read(pictures: Folder, name: str, preparing: Preprocessing) -> tuple[np.ndarray, Depth]:
    """Return a picture, and the depth of what is written: 16 bits where it has as many, else 8."""
    try:
        reader = ImageFiles(_One(pictures, name), preparing, labels=None)
        image = reader.read(0)
    except BadImage as error:
        raise InputError(str(error)) from error
    return image, Depth(_DEEP, 0, 65535) if reader.depth.dtype == _DEEP else Depth()
