"""Reading a folder of images."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import numpy as np
from PIL import Image, ImageOps

from keras_gan.data.pixels import check_options, not_square, stack, to_square
from keras_gan.data.source import Images, parse_split
from keras_gan.utils.validation import InputError

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "WEBP")
MAX_PIXELS = 2**26


def read_folder(
    path: str | os.PathLike[str],
    split: str = "train",
    image_size: int | None = None,
    channels: int | None = None,
) -> Images:
    """Read the images of a folder, or of its folders, each a class. See `ImageData.from_folder`."""
    check_options(image_size, channels)
    root = Path(os.path.expanduser(path))
    files, classes = list_images(root)
    parts = parse_split(split, {"train": len(files)})
    if (parts[0].start, parts[0].stop, len(parts)) != (0, len(files), 1):
        # A part of the sorted files would lack whole classes. A file's place by the hash of its name is as
        # good as random, and stays when other files come and go.
        mixed = sorted(files, key=lambda file: _hash(file.relative_to(root)))
        files = sorted(file for part in parts for file in mixed[part.start : part.stop])
    images = stack(_read_all(files, lambda file: read_image(file, image_size, channels)))
    if classes is None:
        return Images(images, None, None)
    number = {name: index for index, name in enumerate(classes)}
    return Images(images, np.array([number[file.parent.name] for file in files], np.int32), classes)


def list_images(root: Path) -> tuple[list[Path], list[str] | None]:
    """Return the image files, sorted by name, and the names of the classes (`None` in a flat folder)."""
    if not os.path.isdir(root):
        raise InputError(f"`path` must be a folder of images that exists. Received: path={str(root)!r}")
    files, folders = _list(root)
    inside = {folder: _list(folder) for folder in folders}
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


def _list(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the image files and the folders in `folder`, sorted by name; what is hidden is left out."""
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise InputError(f"`path` must be readable. Received: path={str(folder)!r} ({error.strerror})") from error
    images = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
    for entry in entries:
        if not entry.exists():
            _refuse(entry, "a link to nothing")
    for entry in images:
        if not entry.is_file():
            _refuse(entry, "not a file, though its name ends like that of an image")
    return images, [entry for entry in entries if entry.is_dir()]


def read_image(file: Path, image_size: int | None = None, channels: int | None = None) -> np.ndarray:
    """Return one image file as uint8, `(size, size, channels)`.

    Raises:
        InputError: the file is no image, is damaged, or has more than 2^26 pixels; or it isn't square and
            there is no `image_size`. The message names the file.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            # Before anything is decoded: a file of a megabyte can hold a gigapixel.
            width, height = image.size
            if width * height > MAX_PIXELS:
                _refuse(file, f"an image of {width}x{height} pixels, more than the {MAX_PIXELS} allowed")
            if image_size is None and width != height:
                raise not_square(f"{str(file)!r} has {width}x{height}")
            # Decodes all of it: `Image.verify` passes files that are cut off.
            return to_square(ImageOps.exif_transpose(image), image_size, channels)
    except InputError:
        raise
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error and others.
        _refuse(file, f"no readable image ({error})", error)


def _read_all(files: list[Path], read: Callable[[Path], np.ndarray]) -> list[np.ndarray]:
    """Read the files in parallel, in order; the error of the first bad one is raised."""
    images: list[np.ndarray] = []
    pool = ThreadPoolExecutor()
    try:
        for file, image in zip(files, pool.map(read, files), strict=True):
            if images and image.shape[0] != images[0].shape[0]:
                first, here = images[0].shape[0], image.shape[0]
                raise not_square(f"{str(files[0])!r} has {first}x{first}, {str(file)!r} has {here}x{here}")
            images.append(image)
    finally:
        pool.shutdown(cancel_futures=True)
    return images


def _hash(path: Path) -> bytes:
    return hashlib.sha256(os.fsencode(path.as_posix())).digest()


def _refuse(file: Path, problem: str, cause: Exception | None = None) -> NoReturn:
    raise InputError(f"`path` must hold readable images. Received: {str(file)!r}, {problem}") from cause
