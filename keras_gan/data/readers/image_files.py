"""Images in the files of a folder or of an archive, one a file."""

import collections
import contextlib
import hashlib
import itertools
import math
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple
from typing import Any, NamedTuple, TypeVar

import numpy as np
from PIL import Image

from keras_gan.data.pixels.decoding import Header, Unreadable, decode, read_header
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.pixels.value_range import ValueRange, check_deep
from keras_gan.data.readers.arrangement import FOLDERS, image_names, rows_of_part, targets_of
from keras_gan.data.readers.bad_images import BadImage, BadImages
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.reader import VERSION, Reader, Targets
from keras_gan.utils.depth import Depth
from keras_gan.utils.validation import InputError, warn

_TOGETHER = 16  # images that a thread looks at before it hands them over: one by one costs as much as a small image
_AHEAD = 4  # such tasks that are begun before they are asked for, at least
_WAITING = 2**24  # bytes of small images that are decoded ahead, meanwhile whoever asks for them digests and writes
_MOST_THREADS = 32
_OF_AN_OBJECT = 512  # bytes that an array takes beside its values
_reading = threading.local()  # the name of the file that a thread reads
_T = TypeVar("_T")


class Selection(NamedTuple):
    """What is known of images before the first header is read.

    Attributes:
        identity: a digest of names, sizes, times and options; see `Reader.identity`.
        targets: classes or conditions of all that may turn out to be images.
        names: of their files.
    """

    identity: str
    targets: Targets
    names: Sequence[str]


def select(
    files: Container,
    preprocessing: Preprocessing,
    labels: str | os.PathLike[str] | None = FOLDERS,
    split: str = "train",
    on_bad_image: str = "error",
) -> Selection:
    """Return which files are asked for: it takes a second for 200,000 of them. See `ImageFiles` for the arguments."""
    images = image_names(files, labels)
    rows = rows_of_part(images, split)
    targets, names = targets_of(files, images, labels).take(rows), [images[row] for row in rows]
    # Where they lie, too: a tar's times may all be 0, and files of one size look alike then.
    told = (VERSION, os.path.realpath(files.path), astuple(preprocessing), on_bad_image)
    digest = hashlib.sha256(repr(told).encode(errors="surrogateescape"))
    for name in names:
        digest.update(f"\0{name}\0{files.stamp(name)}".encode(errors="surrogateescape"))
    for error in files.bad:
        digest.update(f"\0{error.file}\0{error.problem}".encode(errors="surrogateescape"))
    for array in (targets.labels, targets.conditions):
        digest.update(b"" if array is None else array.tobytes())
    return Selection(digest.hexdigest(), targets, names)


class ImageFiles(Reader):
    """The images of a folder or an archive, and of all folders in it, scanned by their headers.

    Args:
        files: the folder or the archive.
        preprocessing: size, channels and depth.
        labels: `"folders"`: a class for each folder of the first level, where the images lie in folders; the name of a
            table in `files` or elsewhere; `None` for none.
        split: `"train"` or a part of it; which images are in a part is decided by a hash of their names.
        on_bad_image: `"error"` or `"skip"`.
        selection: what `select` returned of these arguments; `None` asks it.

    Attributes:
        names: of the files, in order.
        sides: of each, height and width in pixels, as the files have them.

    Raises:
        InputError: there are no images, they are arranged otherwise, their shapes differ, or a header is bad.
    """

    def __init__(
        self,
        files: Container,
        preprocessing: Preprocessing,
        labels: str | os.PathLike[str] | None = FOLDERS,
        split: str = "train",
        on_bad_image: str = "error",
        selection: Selection | None = None,
    ) -> None:
        self._files = files
        self._preprocessing = preprocessing
        self._bad = BadImages(on_bad_image)
        self._values = ValueRange(preprocessing.value_range)
        self._told: set[str] = set()
        for error in files.bad:
            self._bad.add(error)
        selection = selection or select(files, preprocessing, labels, split, on_bad_image)
        self._identity, targets, names = selection
        self._total = len(names) + len(self._bad.found)
        with _warnings() as found:
            headers = [*self._each(range(len(names)), lambda row: header_of(files, names[row]))]
        self._tell(found)
        if not headers:
            self._bad.check(files.path, self._total)
        self.names = [names[row] for row, _ in headers]
        self.sides = [(header.height, header.width) for _, header in headers]
        self._colours = [header.colours for _, header in headers]
        self.targets = targets.take([row for row, _ in headers])
        self.shape = _shape([*zip(self.names, (header for _, header in headers), strict=True)], files, preprocessing)
        self.dtype, self.depth = self._depths([header.dtype for _, header in headers])

    def _depths(self, dtypes: Sequence[np.dtype]) -> tuple[np.dtype, Depth]:
        """Return the type of the rows, and the depth of the deepest files."""
        deep = [dtype for dtype in dict.fromkeys(dtypes) if dtype != np.uint8]
        if not deep:
            check_deep(self._preprocessing.value_range, self._files.path)
        depths = [self._values.depth(dtype) for dtype in deep]
        return np.dtype(np.float32 if deep else np.uint8), max(
            depths or [self._values.depth(np.dtype(np.uint8))], key=lambda depth: np.dtype(depth.dtype).itemsize
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def identity(self) -> str:
        """A digest of names, sizes, times and options."""
        return self._identity

    @property
    def skipped(self) -> Sequence[str]:  # type: ignore[override]
        """The files that were found bad so far, by the scan or by `rows`."""
        return [error.file for error in self._bad.found]

    def read(self, index: int) -> np.ndarray:
        """Return one image, decoded whole: uint8, or float32 in [-1, 1], `(height, width, channels)`."""
        name, prepare = self.names[index], self._preprocessing
        with _named(self._files, name) as (file, suffix):
            found = decode(file, suffix)
            if isinstance(found, Image.Image):
                row = prepare.picture(found)
                row = row if self.dtype == np.uint8 else self._values.to_signed(name, row)  # among others of more bits
            else:
                values = found if self.dtype == np.uint8 else self._values.to_signed(name, found)
                row = prepare.array(values, self._colours[index])
            channels = self.shape[2]
            row = row if row.shape[2] == channels else np.repeat(row, channels, axis=2)
        if (row.shape, row.dtype) != (self.shape, self.dtype):
            made, announced = f"{row.shape} {row.dtype}", f"{self.shape} {self.dtype}"
            raise BadImage(self._files.shown(name), f"an image of {made}, announced as {announced}")
        return row

    def rows(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield index and image of all that can be read, in order, decoded in parallel."""
        ahead = _WAITING // (_TOGETHER * (math.prod(self.shape) * self.dtype.itemsize + _OF_AN_OBJECT))
        with _warnings() as found:
            yield from self._each(range(len(self)), self.read, max(ahead, _AHEAD))
        self._tell(found)
        self._bad.check(self._files.path, self._total)
        self._values.check(self._files.path)

    def _each(self, rows: Sequence[int], look: Callable[[int], _T], ahead: int = _AHEAD) -> Iterator[tuple[int, _T]]:
        """Look at rows in parallel; yield them in order, each with what was seen, but for those that are bad."""

        def safely(row: int) -> _T | BadImage:
            try:
                return look(row)
            except BadImage as error:
                return error

        def together(some: Sequence[int]) -> list[tuple[int, _T | BadImage]]:
            return [(row, safely(row)) for row in some]

        waiting: collections.deque[Future[list[tuple[int, _T | BadImage]]]] = collections.deque()
        tasks = (rows[first : first + _TOGETHER] for first in range(0, len(rows), _TOGETHER))
        with _pool() as pool:
            for task in itertools.chain(tasks, [None] * ahead):
                if task is not None:
                    waiting.append(pool.submit(together, task))
                if waiting and (task is None or len(waiting) > ahead):
                    for row, seen in waiting.popleft().result():
                        if isinstance(seen, BadImage):
                            self._bad.add(seen)
                        else:
                            yield row, seen

    def _tell(self, found: Mapping[str, Sequence[str]]) -> None:
        """Tell what Pillow warned of, once, with the names of the files."""
        for message in found.keys() - self._told:
            others = len({*found[message]}) - 1
            more = f" and {others} other{'s' * (others > 1)}" if others else ""
            warn(f"{min(found[message])!r}{more} in {self._files.path!r}: {message}")
        self._told |= found.keys()


def _shape(
    headers: Sequence[tuple[str, Header]], files: Container, preprocessing: Preprocessing
) -> tuple[int, int, int]:
    """Return the shape of the rows; all files must have one size if none is asked for, and channels that agree."""
    (name, first), *_ = headers
    for other, header in headers:
        sizes = (first.height, first.width), (header.height, header.width)
        if preprocessing.size is None and sizes[0] != sizes[1]:
            told = [
                f"{files.shown(file)!r} has {size[1]}x{size[0]}"
                for file, size in zip((name, other), sizes, strict=True)
            ]
            raise InputError(
                "`image_size` must be given unless all images have the same size. "
                f"Received: image_size=None and {', '.join(told)}"
            )
    found = {header.channels: other for other, header in reversed(headers)}
    if preprocessing.channels is None and len(found) > 1 and not found.keys() <= {1, 3}:
        told = [f"{files.shown(file)!r} with {channels}" for channels, file in sorted(found.items())]
        raise InputError(
            f"`channels` must be given unless all images have the same. Received: channels=None and {', '.join(told)}"
        )
    sides = [preprocessing.sides_of(files.shown(file), header.height, header.width) for file, header in headers]
    return *sides[0], preprocessing.channels or max(found)


def header_of(files: Container, name: str) -> Header:
    """Return what a file announces.

    Raises:
        BadImage: it is no image, or one that can't be used.
    """
    with _named(files, name) as (file, suffix):
        return read_header(file, suffix)


@contextlib.contextmanager
def _named(files: Container, name: str) -> Iterator[tuple[Any, str]]:
    """Give a file, open, and its suffix; name the file in every error."""
    _reading.name = os.path.basename(name)
    try:
        with files.open(name) as file:
            yield file, os.path.splitext(name)[1].lower()
    except InputError:
        raise
    except Unreadable as error:
        raise BadImage(files.shown(name), str(error)) from error
    except Exception as error:
        raise BadImage(files.shown(name), f"no readable image ({error})") from error


@contextlib.contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Give threads; what is still to be done when an error passes is not done."""
    # One a core: small images share Python's lock, for which three a core, of two, take 1.4 times as long.
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _warnings() -> Iterator[dict[str, list[str]]]:
    """Collect what Pillow warns of, with the names of the files, which its warnings do not tell."""
    found: dict[str, list[str]] = {}

    def collect(message: Warning | str, *_: object, **__: object) -> None:
        found.setdefault(str(message), []).append(getattr(_reading, "name", "a file"))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Sizes between ours and that of Pillow are refused; the others are none of the user's business.
        for kind in (Image.DecompressionBombWarning, ResourceWarning, DeprecationWarning):
            warnings.simplefilter("ignore", kind)
        warnings.showwarning = collect
        yield found
