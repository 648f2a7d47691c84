"""All images in one array: a `.npy` or an `.npz` file."""

import functools
import hashlib
import os
import zipfile
from collections.abc import Iterator, Sequence

import numpy as np

from keras_gan.data.pixels.array_file import MOST_EXPANSION
from keras_gan.data.pixels.preprocessing import Preprocessing, check_channels_last
from keras_gan.data.pixels.value_range import ValueRange, check_deep
from keras_gan.data.readers.arrangement import rows_of_part
from keras_gan.data.readers.reader import VERSION, Reader, Targets
from keras_gan.data.stores.file_store import FileStore
from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError

IMAGES = ("images", "x_train", "x", "arr_0")
LABELS = ("labels", "y_train", "y", "arr_1")
CONDITIONS = "conditions"
SUFFIXES = (".npy", ".npz")


class ArrayRows(Reader):
    """The images of a `.npy`, read from disk as they are asked for, or of an `.npz`, in memory.

    Args:
        path: of a `.npy` `(n, height, width)` or `(n, height, width, channels)`, or an `.npz` with such an array under
            `images`, `x_train`, `x` or `arr_0`, and maybe classes `(n,)` or `(n, 1)` under `labels`, `y_train`, `y` or
            `arr_1`, or `conditions`, `(n, k)`.
        preprocessing: size, channels and depth.
        split: `"train"` or a part of it; which rows are in a part is decided by a hash of their numbers, because arrays
            are often sorted by class.
        labelled: whether labels and conditions are of use.

    Raises:
        InputError: the file is none, is cut off, or its arrays are not as above.
    """

    def __init__(
        self, path: str | os.PathLike[str], preprocessing: Preprocessing, split: str = "train", labelled: bool = True
    ) -> None:
        self._path = os.path.expanduser(os.fspath(path))
        self._preprocessing = preprocessing
        self._values = ValueRange(preprocessing.value_range)
        try:
            arrays = _arrays(self._path)
        except Exception as error:  # NumPy's reader raises OSError, ValueError, EOFError, TokenError and others
            raise InputError(
                f"`path` must be a .npy or an .npz that is whole, without objects. Received: path={path!r} ({error})"
            ) from error
        self._images = _only(arrays, IMAGES, self._path)
        if self._images.ndim not in (3, 4) or 0 in self._images.shape:
            raise InputError(
                "`path` must hold images (n, height, width) or (n, height, width, channels). "
                f"Received: path={self._path!r} with the shape {self._images.shape}"
            )
        check_channels_last("`path`", self._images.shape)
        if self._images.dtype == np.uint8:
            check_deep(preprocessing.value_range, self._path)
        self._rows = np.array(rows_of_part([str(row) for row in range(len(self._images))], split))
        targets = _targets(arrays, len(self._images), self._path) if labelled else Targets()
        self.targets = targets.take(self._rows)
        self.depth = self._values.depth(self._images.dtype)
        self.dtype = np.dtype(np.uint8 if self._images.dtype == np.uint8 else np.float32)
        self.skipped: Sequence[str] = ()
        height, width, channels = (*self._images.shape[1:], 1)[:3]
        sides = preprocessing.sides_of(self._path, height, width)
        self.shape = (*sides, preprocessing.channels or channels)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def in_place(self) -> Store | None:  # type: ignore[override]
        """The rows of a `.npy` of 8 bits whose images are asked for as they are."""
        images = self._images
        same = images.dtype == np.uint8 and images.shape[1:] == self.shape and images.flags.c_contiguous
        if not same or not isinstance(images, np.memmap):
            return None
        return FileStore(self._path, images.shape, images.dtype, images.offset, self._rows)

    @functools.cached_property
    def identity(self) -> str:
        """A digest of the file's name, size and time, and of the options."""
        status = os.stat(self._path)
        times = (status.st_mtime_ns, status.st_ctime_ns)
        told = (VERSION, os.path.realpath(self._path), status.st_size, times, self._preprocessing)
        return hashlib.sha256(repr(told).encode() + self._rows.tobytes()).hexdigest()

    def read(self, index: int) -> np.ndarray:
        """Return one image: uint8, or float32 in [-1, 1], `(height, width, channels)`."""
        values = np.array(self._images[self._rows[index]])
        values = values[..., None] if values.ndim == 2 else values
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise InputError(f"`path` must hold finite values. Received: path={self._path!r} with NaN in row {index}")
        if self.dtype == np.float32:
            values = self._values.to_signed(f"row {index}", values)
        return self._preprocessing.array(values)

    def rows(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield index and image of all, in order."""
        yield from super().rows()
        self._values.check(self._path)


def _arrays(path: str) -> dict[str, np.ndarray]:
    if path.lower().endswith(".npy"):
        return {IMAGES[0]: np.load(path, mmap_mode="r", allow_pickle=False)}
    size = os.path.getsize(path)
    with zipfile.ZipFile(path) as archive:
        total = sum(member.file_size for member in archive.infolist())
    if total > MOST_EXPANSION * max(size, 2**16):
        raise ValueError(f"a bomb of {total:,} bytes")
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _only(arrays: dict[str, np.ndarray], names: Sequence[str], path: str) -> np.ndarray:
    name = next((name for name in names if name in arrays), None)
    if name is None:
        raise InputError(f"`path` must hold one of the arrays {list(names)}. Received: path={path!r} with {[*arrays]}")
    return arrays[name]


def _targets(arrays: dict[str, np.ndarray], count: int, path: str) -> Targets:
    names = [name for name in (*LABELS, CONDITIONS) if name in arrays]
    if not names:
        return Targets()
    if len(names) > 1:
        raise InputError(f"`path` must hold one of {[*LABELS, CONDITIONS]}. Received: path={path!r} with {names}")
    array = arrays[names[0]]
    if names[0] in LABELS and array.ndim == 2 and array.shape[1] == 1 and array.dtype.kind in "iu":
        array = array[:, 0]  # as CIFAR-10 has its classes
    if len(array) != count or array.ndim not in (1, 2):
        raise InputError(f"`path` must hold a row of {names[0]!r} an image, {count}. Received: shape {array.shape}")
    if array.ndim == 1 and array.dtype.kind in "iu":
        return Targets(labels=array.astype(np.int32))
    if array.dtype.kind not in "fiu":
        raise InputError(f"`path` must hold numbers as {names[0]!r}. Received: path={path!r} with {array.dtype}")
    array = array.reshape(count, -1).astype(np.float32)
    return Targets(conditions=array, condition_names=[f"{names[0]}_{index}" for index in range(array.shape[1])])
