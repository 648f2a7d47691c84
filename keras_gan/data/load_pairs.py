"""`load_pairs` and `load_unpaired`: two sets of images, from files."""

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from keras_gan.data.degradations import Degradation
from keras_gan.data.image_data import ImageData
from keras_gan.data.load import open_files, read_path
from keras_gan.data.paired_data import PairedData, UnpairedData
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.arrangement import image_names
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores.choice import check_in_memory, keep
from keras_gan.data.stores.derived_store import DerivedStore
from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError, check_choice

_NAMED = 5  # files in a message
_LOOK, _PLACE = ("image_size", "fit", "background", "value_range"), ("in_memory", "cache_dir")


def load_pairs(
    sources: str | os.PathLike[str] | Degradation,
    targets: str | os.PathLike[str] | None = None,
    *,
    source_channels: int | None = None,
    channels: int | None = None,
    swap: bool = False,
    crop: int | None = None,
    flip: bool = False,
    batch_size: int = 64,
    seed: int = 0,
    split: str = "train",
    **options: Any,
) -> PairedData:
    """Return pairs of images from files, ready to train on.

    - `load_pairs("photos", "maps")`: two folders or archives, in which what belongs together has the same name, but for
      the suffix.
    - `load_pairs("facades")`: one, of pictures side by side: the source is the left half, the target the right one.
    - `load_pairs(keras_gan.data.Grey(), "photos")`: one, of targets; the sources are made of them.

    All is read as `keras_gan.data.load` reads images: formats, depth, larger than memory, the cache. Both images of a
    pair are resized, cropped and mirrored alike: of pictures side by side each half by itself. Half a picture must be
    at least three quarters as wide as it is high. In two folders the images of a pair must have the same sides, or one
    an integer times those of the other.

    Args:
        sources: a folder or an archive, or a `Degradation`.
        targets: a folder or an archive; `None` where both are side by side.
        source_channels: of the sources, where they are read; see `load`.
        channels: of the targets, or of both where they are side by side.
        swap: whether sources and targets change places.
        crop: see `PairedData`.
        flip: see `PairedData`.
        batch_size: pairs a batch.
        seed: of the order, and of what is random in a pair.
        split: the part of the files, decided by a hash of their names.
        **options: `image_size`, `fit`, `background`, `value_range`, `in_memory` and `cache_dir` of `load`. The size is
            that of the targets, of half a picture where both are side by side.

    Raises:
        InputError: a file has no partner, or one of sides that do not fit, which is named; a picture can't be two side
            by side; there is nothing to read, or an argument is not as above.

    Example:
    ```python
    data = keras_gan.data.load_pairs(keras_gan.data.Grey(), "pictures", image_size=64, crop=56, batch_size=4)
    print(data.sample_shape, data.target_shape)  # (56, 56, 1) (56, 56, 3)
    ```
    """
    _check_options(options)
    if isinstance(sources, Degradation):
        if targets is None:
            raise InputError("`targets` must be given with a degradation, which is of them. Received: targets=None")
        path = _as_path("targets", targets)
        whole = _store(path, channels, split, options)
        stores = [DerivedStore(whole, sources, seed), whole]
    elif targets is None:
        path = _as_path("sources", sources)
        stores = _halves(_store(path, channels, split, options, panels=2))
    else:
        path = _as_path("targets", targets)
        stores = _partners(_as_path("sources", sources), path, (source_channels, channels), split, options)
    first, second = reversed(stores) if swap else stores
    return PairedData(first, second, crop=crop, flip=flip, batch_size=batch_size, seed=seed, name=path)


def load_unpaired(
    sources: str | os.PathLike[str],
    targets: str | os.PathLike[str] | None = None,
    *,
    source_channels: int | None = None,
    channels: int | None = None,
    crop: int | None = None,
    flip: bool = False,
    batch_size: int = 64,
    seed: int = 0,
    split: str = "train",
    **options: Any,
) -> UnpairedData:
    """Return images of two domains from files, without pairs.

    Args:
        sources: a folder or an archive of the first domain; or a folder with `trainA` and `trainB`, in the form of the
            data sets of CycleGAN, of which `split="test"` takes `testA` and `testB`.
        targets: of the second; `None` where `sources` holds both.
        source_channels: of the first; see `load`.
        channels: of the second.
        crop: see `UnpairedData`.
        flip: see `UnpairedData`.
        batch_size: images of each in a batch.
        seed: of the orders.
        split: the part of the files, decided by a hash of their names.
        **options: `image_size`, `fit`, `background`, `value_range`, `in_memory` and `cache_dir` of `load`.

    Raises:
        InputError: there is nothing to read, or an argument is not as above.

    Example:
    ```python
    data = keras_gan.data.load_unpaired("pictures", "others", image_size=32, batch_size=2)
    print(data.sample_shape, data.target_shape)
    ```
    """
    _check_options(options)
    name = _as_path("sources", sources)
    paths = [name, name if targets is None else _as_path("targets", targets)]
    if targets is None:
        part = split if split == "test" else "train"
        paths = [os.path.join(name, f"{part}{domain}") for domain in "AB"]
        split = "train" if split == "test" else split
    first = _store(paths[0], source_channels, split, options)
    second = _store(paths[1], channels, split, options)
    return UnpairedData(first, second, crop=crop, flip=flip, batch_size=batch_size, seed=seed, name=name)


def _check_options(options: Mapping[str, Any]) -> None:
    for name in options:
        check_choice("option", name, (*_LOOK, *_PLACE))
    check_in_memory(options.get("in_memory", "auto"))


def _as_path(argument: str, path: object) -> str:
    """Return a path that is no name of a data set."""
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise InputError(f"`{argument}` must be the path of a folder or an archive. Received: {argument}={path!r}")
    return os.path.abspath(os.path.expanduser(os.fspath(path)))


def _preprocessing(channels: int | None, options: Mapping[str, Any], panels: int = 1) -> Preprocessing:
    look = {name: value for name, value in options.items() if name in _LOOK}
    return Preprocessing(channels=channels, panels=panels, **look)


def _place(options: Mapping[str, Any]) -> tuple[bool | str, str | os.PathLike[str] | None]:
    """Return where rows are kept: `in_memory` and `cache_dir`."""
    return options.get("in_memory", "auto"), options.get("cache_dir")


def _store(path: str, channels: int | None, split: str, options: Mapping[str, Any], panels: int = 1) -> Store:
    asked = (_preprocessing(channels, options, panels), None, split, "error")
    return ImageData(read_path(path, asked, *_place(options)).images, batch_size=1).store


def _halves(whole: Store) -> list[Store]:
    width = whole.shape[2] // 2
    return [DerivedStore(whole, lambda row, _: row[:, :width]), DerivedStore(whole, lambda row, _: row[:, width:])]


def _partners(
    sources: str, targets: str, channels: tuple[int | None, int | None], split: str, options: Mapping[str, Any]
) -> list[Store]:
    """Return the images of two folders or archives, row by row those that belong together."""
    files = [_files("sources", sources), _files("targets", targets)]
    _check_names(*files)
    # Both are scanned whatever the cache holds: each may lie there by itself, and fit the other no more.
    looks = [_preprocessing(depth, options) for depth in channels]
    readers = [ImageFiles(held, look, None, split) for held, look in zip(files, looks, strict=True)]
    _check_sides(*readers)
    kept = [keep(reader, *_place(options), held.path) for reader, held in zip(readers, files, strict=True)]
    return [ImageData(images.images, batch_size=1).store for images in kept]


def _files(argument: str, path: str) -> Container:
    files = open_files(path)
    if files is None:
        raise InputError(
            f"`{argument}` must be a folder of images, or an archive of one. Received: {argument}={path!r}"
        )
    return files


def _check_names(sources: Container, targets: Container) -> None:
    """Raise unless the files of both have the same names, but for the suffix."""
    first, second = (Counter(_stems(files)) for files in (sources, targets))
    for here, there, where in ((first, second, targets), (second, first, sources)):
        if alone := sorted(here.keys() - there.keys()):
            more = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
            raise InputError(
                f"Each image must have a partner of the same name. Received: none in {where.path!r} for "
                f"{', '.join(map(repr, alone[:_NAMED]))}{more}"
            )
    if twice := [name for name in first if max(first[name], second[name]) > 1]:
        raise InputError(f"Files must differ in more than their suffixes. Received: {twice[0]!r} twice")


def _stems(files: Container) -> list[str]:
    return [os.path.splitext(name)[0] for name in image_names(files, None)]


def _check_sides(sources: ImageFiles, targets: ImageFiles) -> None:
    """Raise unless the sides of one image of each pair are an integer times those of the other.

    Others would be cropped each in its own way, and what belongs together would no longer lie at the same place.
    """
    for name, other, source, target in zip(sources.names, targets.names, sources.sides, targets.sides, strict=True):
        small, large = sorted((source, target))
        scale = large[0] // small[0]
        if large != (scale * small[0], scale * small[1]):
            raise InputError(
                "The images of a pair must have the same sides, or one an integer times those of the other. "
                f"Received: a source {name!r} of {source[0]}x{source[1]} and a target {other!r} of "
                f"{target[0]}x{target[1]} pixels"
            )
