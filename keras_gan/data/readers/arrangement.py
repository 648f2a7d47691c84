"""How files lie in a folder or an archive: which of them are images, of which class, and in which part."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence

import numpy as np

from keras_gan.data.pixels.decoding import SUFFIXES
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.label_table import LabelTable
from keras_gan.data.readers.reader import Targets
from keras_gan.data.readers.splits import parse_split
from keras_gan.utils.validation import InputError, warn

FOLDERS = "folders"
_NOTES = {  # what lies beside pictures and is none
    *(".caption", ".csv", ".db", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".parquet", ".py", ".rst"),
    *(".tsv", ".txt", ".xml", ".yaml", ".yml"),
}
_SHOWN = 5  # suffixes


def image_names(files: Container, table: str | os.PathLike[str] | None) -> list[str]:
    """Return the names of the images; say how many files are left out, and refuse where they are the most."""
    suffixes = {name: os.path.splitext(name)[1].lower() for name in files.names}
    images = [name for name, suffix in suffixes.items() if suffix in SUFFIXES]
    left_out = Counter(suffix for name, suffix in suffixes.items() if suffix not in SUFFIXES and name != table)
    told = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in left_out.most_common(_SHOWN))
    received = f"path={files.path!r} with {told} beside {len(images)} that can be read"
    if not images:
        raise InputError(
            f"`path` must hold images ({', '.join(SUFFIXES)}). Received: path={files.path!r} without any"
            + (f", and {told}" if told else "")
        )
    if sum(count for suffix, count in left_out.items() if suffix not in _NOTES) > len(images):
        raise InputError(f"`path` must hold images ({', '.join(SUFFIXES)}) for the most part. Received: {received}")
    if left_out:
        warn(f"Files that are not images ({', '.join(SUFFIXES)}) are left out: {received}")
    return images


def targets_of(files: Container, images: Sequence[str], labels: str | os.PathLike[str] | None) -> Targets:
    """Return the classes of the folders, what a table says, or nothing."""
    if labels is None:
        return Targets()
    if labels != FOLDERS:
        bad = {os.path.relpath(error.file, files.path) for error in files.bad}
        return LabelTable.open(labels, files).of(images, bad)
    flat = next((name for name in images if "/" not in name), None)
    first = [name.split("/")[0] for name in images]
    full = set(first) if flat is None else {name.split("/")[0] for name in images if "/" in name}
    if flat is not None and full:
        raise InputError(
            "`path` must hold either images or folders of images, one a class, and not both, unless `labels` is None "
            f"or a table. Received: path={files.path!r} with {flat!r} beside the folder {min(full)!r}"
        )
    if flat is not None:
        return Targets()
    empty = next((folder for folder in files.folders if folder not in full), None)
    if empty is not None:
        raise InputError(
            "`path` must hold images, or folders that hold images, one a class. "
            f"Received: path={files.path!r} with the folder {empty!r} without images"
        )
    names = sorted(full)
    number = {name: index for index, name in enumerate(names)}
    return Targets(np.array([number[name] for name in first], np.int32), names)


def rows_of_part(images: Sequence[str], split: str) -> list[int]:
    """Return the rows of a part.

    A part of the sorted files would lack whole classes. A file's place by the hash of its name is as good as random,
    and stays when other files come and go. The suffix does not count: partners in two folders are in the same part.
    """
    parts = parse_split(split, {"train": len(images)})
    if (parts[0].start, parts[0].stop, len(parts)) == (0, len(images), 1):
        return [*range(len(images))]
    mixed = sorted(range(len(images)), key=lambda row: _hash(images[row]))
    return sorted(row for part in parts for row in mixed[part.start : part.stop])


def _hash(name: str) -> bytes:
    return hashlib.sha256(os.fsencode(os.path.splitext(name)[0])).digest()
