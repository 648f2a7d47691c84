"""Reading a folder of images."""

import contextlib
import functools
import hashlib
import os
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageOps

from keras_gan.data.bad_images import BadImage, BadImages
from keras_gan.data.bit_depth import BitDepth
from keras_gan.data.splits import Images, parse_split
from keras_gan.data.squares import check_options, not_square, stack, to_square
from keras_gan.utils.validation import InputError, warn

SUFFIXES = (
    *(".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm"),
    *(".tga", ".tif", ".tiff", ".webp"),
)
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TGA", "TIFF", "WEBP")
# What lies beside pictures and is none.
_NOTES = {
    *(
        ".caption",
        ".csv",
        ".db",
        ".htm",
        ".html",
        ".ini",
        ".json",
        ".jsonl",
        ".log",
        ".md",
        ".parquet",
        ".py",
        ".rst",
        ".tsv",
    ),
    *(".txt", ".xml", ".yaml", ".yml"),
}
MAX_PIXELS = 2**26
_LARGE = 2**22  # pixels from which images are decoded one at a time: one of the largest takes up to 0.9 GB
_one_at_a_time = threading.Lock()
_reading = threading.local()  # the name of the file that a thread reads
_SHOWN = 5  # suffixes
_T = TypeVar("_T")


def read_folder(
    path: str | os.PathLike[str],
    split: str = "train",
    image_size: int | None = None,
    channels: int | None = None,
    on_bad_image: str = "error",
    white_level: int | None = None,
) -> Images:
    """Read the images of a folder, or of its folders, each a class. See `ImageData.from_folder`."""
    check_options(image_size, channels, white_level)
    bad = BadImages(on_bad_image)
    root = Path(os.path.expanduser(path))
    files, classes = list_images(root, bad)
    parts = parse_split(split, {"train": len(files)})
    if (parts[0].start, parts[0].stop, len(parts)) != (0, len(files), 1):
        # A part of the sorted files would lack whole classes. A file's place by the hash of its name is as
        # good as random, and stays when other files come and go.
        mixed = sorted(files, key=lambda file: _hash(file.relative_to(root)))
        files = sorted(file for part in parts for file in mixed[part.start : part.stop])
    total = len(files) + len(bad.found)
    with _warnings() as told, _pool() as pool:
        # All headers first: what can't be used is found before minutes are spent on decoding.
        files = [file for file, _ in _each(pool, files, lambda file: check_header(file, image_size), bad)]
        depth = BitDepth(white_level)
        look = functools.partial(read_image, image_size=image_size, channels=channels, depth=depth)
        found = list(_each(pool, files, look, bad))
    bad.check(root, total)
    depth.check(root)
    for message, names in told.items():
        others = len({*names}) - 1
        more = f" and {others} other{'s' * (others > 1)}" if others else ""
        warn(f"{min(names)!r}{more} in {str(root)!r}: {message}")
    files, images = [file for file, _ in found], [image for _, image in found]
    _check_sides(files, images)
    skipped = [str(error.file) for error in bad.found]
    if classes is None:
        return Images(stack(images), None, None, skipped)
    number = {name: index for index, name in enumerate(classes)}
    labels = np.array([number[file.parent.name] for file in files], np.int32)
    return Images(stack(images), labels, classes, skipped)


def list_images(root: Path, bad: BadImages) -> tuple[list[Path], list[str] | None]:
    """Return the image files, sorted by name, and the names of the classes (`None` in a flat folder).

    What only has the name of an image, and links to nothing, go to `bad`. Files that are left out for their suffix are
    counted and warned of.

    Raises:
        InputError: there is no such folder, it is arranged otherwise, or most of its files would be left out.
    """
    if not os.path.isdir(root):
        raise InputError(f"`path` must be a folder of images that exists. Received: path={str(root)!r}")
    left_out: Counter[str] = Counter()
    files, folders = _list(root, bad, left_out)
    inside = {folder: _list(folder, bad, left_out) for folder in folders}
    _check_left_out(root, len(files) + sum(len(images) for images, _ in inside.values()), left_out)
    full = [folder for folder in folders if inside[folder][0]]
    if files and full:
        raise InputError(
            "`path` must hold either images or folders of images, one a class, and not both. "
            f"Received: path={str(root)!r} with {files[0].name!r} beside the folder {full[0].name!r}"
        )
    if files:
        return files, None
    for folder, (images, deeper) in inside.items():
        if deeper or (full and not images):
            problem = f"that holds the folder {deeper[0].name!r}" if deeper else "without images"
            raise InputError(
                "`path` must hold images, or folders that hold images and nothing below. "
                f"Received: path={str(root)!r} with the folder {folder.name!r} {problem}"
            )
    if not full:
        raise InputError(f"`path` must hold images ({', '.join(SUFFIXES)}). Received: path={str(root)!r} without any")
    return [file for folder in full for file in inside[folder][0]], [folder.name for folder in full]


def _check_left_out(root: Path, used: int, left_out: Counter[str]) -> None:
    """Say how many files are left out, by suffix; refuse where they are the most."""
    if not left_out:
        return
    told = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in left_out.most_common(_SHOWN))
    received = f"path={str(root)!r} with {told} beside {used} that can be read"
    if used and sum(count for suffix, count in left_out.items() if suffix not in _NOTES) > used:
        raise InputError(f"`path` must hold images ({', '.join(SUFFIXES)}) for the most part. Received: {received}")
    if used:
        warn(f"Files that are not images ({', '.join(SUFFIXES)}) are left out: {received}")


def _list(folder: Path, bad: BadImages, left_out: Counter[str]) -> tuple[list[Path], list[Path]]:
    """Return the image files and the folders in `folder`, sorted by name, but for what is hidden; count other files."""
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise InputError(f"`path` must be readable. Received: path={str(folder)!r} ({error.strerror})") from error
    images = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
    named = set(images)
    for entry in entries:
        if not entry.exists():
            bad.add(BadImage(entry, "a link to nothing"))
        elif entry in named and not entry.is_file():
            bad.add(BadImage(entry, "not a file, though its name ends like that of an image"))
    left_out.update(entry.suffix.lower() for entry in entries if entry not in named and entry.is_file())
    images = [entry for entry in images if entry.is_file()]
    return images, [entry for entry in entries if entry.is_dir() and entry.suffix.lower() not in SUFFIXES]


def check_header(file: Path, image_size: int | None = None) -> None:
    """Check the format and the size that an image file announces; nothing is decoded.

    Raises:
        InputError: as `read_image`, as far as the header tells.
    """
    with _opened(file, image_size):
        pass


def read_image(
    file: Path, image_size: int | None = None, channels: int | None = None, depth: BitDepth | None = None
) -> np.ndarray:
    """Return one image file as uint8, `(size, size, channels)`.

    Args:
        file: its path.
        image_size: pixels a side; `None` keeps those of the file.
        channels: 1, 3 or `None`.
        depth: knows which value of 16 bits is white, and is told the largest one.

    Raises:
        InputError: the file is no image, is damaged, or has more than 2^26 pixels; or it isn't square and
            there is no `image_size`. The message names the file.
    """
    with _opened(file, image_size) as image:
        large = image.size[0] * image.size[1] >= _LARGE
        with _one_at_a_time if large else contextlib.nullcontext():
            deep = image.mode != "I" and any(";16" in str(tile) for tile in getattr(image, "tile", ()))
            # Decodes all of it: `Image.verify` passes files that are cut off.
            ImageOps.exif_transpose(image, in_place=True)
            if image.mode == "F":
                raise BadImage(file, "floating-point values, whose range is not known: save it as 8 or 16 bits")
            depth = depth or BitDepth()
            depth.look_at(file, image, colours=deep and not image.mode.startswith("I"))
            return to_square(image, image_size, channels, depth.white)


@contextlib.contextmanager
def _opened(file: Path, image_size: int | None) -> Iterator[Image.Image]:
    """Give the image, of which the header is read and checked; name the file in every error."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            # Before anything is decoded: a file of a megabyte can hold a gigapixel.
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise BadImage(file, f"an image of {width}x{height} pixels, more than the {MAX_PIXELS} allowed")
            if image_size is None and width != height:
                raise not_square(f"{str(file)!r} has {width}x{height}")
            yield image
    except InputError:
        raise
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error and others.
        raise BadImage(file, f"no readable image ({error})") from error


@contextlib.contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Give threads; what is still to be done when an error passes is not done."""
    pool = ThreadPoolExecutor()
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _warnings() -> Iterator[dict[str, list[str]]]:
    """Collect what Pillow warns of, with the names of the files, which its warnings do not tell."""
    told: dict[str, list[str]] = {}

    def tell(message: Warning | str, *_: object, **__: object) -> None:
        told.setdefault(str(message), []).append(getattr(_reading, "name", "a file"))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Sizes between ours and that of Pillow are refused; the others are none of the user's business.
        for kind in (Image.DecompressionBombWarning, ResourceWarning, DeprecationWarning):
            warnings.simplefilter("ignore", kind)
        warnings.showwarning = tell
        yield told


def _each(
    pool: ThreadPoolExecutor, files: list[Path], look: Callable[[Path], _T], bad: BadImages
) -> Iterator[tuple[Path, _T]]:
    """Look at the files in parallel; yield them in order, each with what was seen, but for those that go to `bad`."""

    def safely(file: Path) -> tuple[Any, BadImage | None]:
        _reading.name = file.name
        try:
            return look(file), None
        except BadImage as error:
            return None, error

    for file, (seen, error) in zip(files, pool.map(safely, files), strict=True):
        if error is None:
            yield file, seen
        else:
            bad.add(error)


def _check_sides(files: list[Path], images: list[np.ndarray]) -> None:
    for file, image in zip(files, images, strict=True):
        if image.shape[0] != images[0].shape[0]:
            first, here = images[0].shape[0], image.shape[0]
            raise not_square(f"{str(files[0])!r} has {first}x{first}, {str(file)!r} has {here}x{here}")


def _hash(path: Path) -> bytes:
    return hashlib.sha256(os.fsencode(path.as_posix())).digest()
