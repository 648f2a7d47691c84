"""`load_pairs` and `load_unpaired`: two sets of images, from files."""

import os
from typing import Any

from keras_gan.data.degradations import Degradation
from keras_gan.data.load import load
from keras_gan.data.paired_data import PairedData, UnpairedData
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.archive import open_archive
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import select
from keras_gan.data.stores.derived_store import DerivedStore
from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError

_NAMED = 5  # files in a message


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
    pair are resized, cropped and mirrored alike.

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
        InputError: a file has no partner, which is named; there is nothing to read, or an argument is not as above.

    Example:
    ```python
    data = keras_gan.data.load_pairs(keras_gan.data.Grey(), "pictures", image_size=64, crop=56, batch_size=4)
    print(data.sample_shape, data.target_shape)  # (56, 56, 1) (56, 56, 3)
    ```
    """
    if "labels" in options or "on_bad_image" in options:
        raise InputError(f"`labels` and `on_bad_image` are for `keras_gan.data.load`. Received: {sorted(options)}")
    if isinstance(sources, Degradation):
        if targets is None:
            raise InputError("`targets` must be given with a degradation, which is of them. Received: targets=None")
        whole = _store(targets, channels, split, options)
        stores = [DerivedStore(whole, sources, seed), whole]
    elif targets is None:
        whole = _store(sources, channels, split, _doubled(options))
        stores = _halves(whole)
    else:
        _check_partners(sources, targets, split)
        stores = [_store(sources, source_channels, split, options), _store(targets, channels, split, options)]
    first, second = reversed(stores) if swap else stores
    name = os.fspath(targets if targets is not None else sources)  # type: ignore[arg-type]
    return PairedData(first, second, crop=crop, flip=flip, batch_size=batch_size, seed=seed, name=name)


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
    if targets is None:
        part = split if split == "test" else "train"
        sources, targets = (os.path.join(os.fspath(sources), f"{part}{domain}") for domain in "AB")
        split = "train" if split == "test" else split
    first = _store(sources, source_channels, split, options)
    second = _store(targets, channels, split, options)
    name = os.fspath(sources)
    return UnpairedData(first, second, crop=crop, flip=flip, batch_size=batch_size, seed=seed, name=name)


def _store(path: str | os.PathLike[str], channels: int | None, split: str, options: dict[str, Any]) -> Store:
    return load(_as_path(path), channels=channels, labels=None, split=split, batch_size=1, **options).store


def _as_path(path: str | os.PathLike[str]) -> str:
    """Return a path that is no name of a data set."""
    return os.path.abspath(os.path.expanduser(os.fspath(path)))


def _doubled(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of pictures that are twice as wide."""
    size = Preprocessing(options.get("image_size")).size
    return options if size is None else {**options, "image_size": (size[0], 2 * size[1])}


def _halves(whole: Store) -> list[Store]:
    width = whole.shape[2]
    if width % 2:
        raise InputError(f"Pictures side by side must have an even width. Received: {width} pixels")
    left = DerivedStore(whole, lambda row, _: row[:, : width // 2])
    return [left, DerivedStore(whole, lambda row, _: row[:, width // 2 :])]


def _check_partners(sources: str | os.PathLike[str], targets: str | os.PathLike[str], split: str) -> None:
    """Raise unless the files of both have the same names, but for the suffix, in the same order."""
    first, second = _names(sources, split), _names(targets, split)
    for here, there, where in ((first, second, targets), (second, first, sources)):
        if alone := sorted(set(here) - set(there)):
            more = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
            raise InputError(
                f"Each image must have a partner of the same name. Received: none in {os.fspath(where)!r} for "
                f"{', '.join(map(repr, alone[:_NAMED]))}{more}"
            )
    if first != second:  # equal as sets: a name comes twice, or files are ordered by their suffixes
        name = next(a for a, b in zip(first, second, strict=False) if a != b)
        raise InputError(f"Files must differ in more than their suffixes. Received: {name!r} twice")


def _names(path: str | os.PathLike[str], split: str) -> list[str]:
    where = _as_path(path)
    files = Folder(where) if os.path.isdir(where) else open_archive(where) if os.path.isfile(where) else None
    if files is None:
        raise InputError(f"`path` must be a folder of images, or an archive of one. Received: path={path!r}")
    return [os.path.splitext(name)[0] for name in select(files, Preprocessing(), None, split).names]
