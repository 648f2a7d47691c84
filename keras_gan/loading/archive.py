"""The look into a `.keras` file before anything in it is believed: names, sizes, links, digests."""

import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from keras_gan.utils.validation import InputError

_METADATA, _CONFIG, _WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_MOST_BYTES = {_METADATA: 2**16, _CONFIG: 2**23}  # a network of a thousand layers is described in about a megabyte
_TAIL = 2**17  # holds the directory of three members and a comment of any length
_CHUNK = 2**20


def read_archive(file: str | os.PathLike[str]) -> tuple[Any, int]:
    """Return the config in a `.keras` file, and the bytes of the weights beside it.

    The file holds what `GAN.save` writes and nothing else: three members, stored and not compressed, so that none is
    larger than what is on disk, and weights that lie in the file itself, each as large as its shape says.

    Raises:
        InputError: it does not; or it is cut off, or a member is not as its checksum says.
    """
    _check_directory(Path(file))
    with zipfile.ZipFile(file) as archive:
        _check_members(archive, os.path.getsize(file))
        for name in (_METADATA, _CONFIG, _WEIGHTS):
            with archive.open(name) as member:
                while member.read(_CHUNK):  # at its end the checksum is compared
                    pass
        config = json.loads(archive.read(_CONFIG))
        with archive.open(_WEIGHTS) as member, h5py.File(member, "r") as weights:
            for dataset in _datasets(weights):
                _check_dataset(dataset)
        return config, archive.getinfo(_WEIGHTS).file_size


def read_config(file: str | os.PathLike[str]) -> Any:
    """Return the config in a `.keras` file, and look at nothing else of it: what it says is to be taken as text.

    Raises:
        InputError: its members are others than `GAN.save` writes.
    """
    _check_directory(Path(file))
    with zipfile.ZipFile(file) as archive:
        _check_members(archive, os.path.getsize(file))
        return json.loads(archive.read(_CONFIG))


def _check_directory(file: Path) -> None:
    """Check the number of members in the end of the file alone: a directory of millions is not even read."""
    with file.open("rb") as opened:
        opened.seek(max(os.path.getsize(file) - _TAIL, 0))
        tail = opened.read(_TAIL)
    with zipfile.ZipFile(io.BytesIO(tail)) as directory:  # raises if the directory begins before the tail
        names = sorted(directory.namelist())
    if names != sorted((_METADATA, _CONFIG, _WEIGHTS)):
        shown = [name[:80] for name in names[:5]]
        raise InputError(f"It must hold {_METADATA}, {_CONFIG} and {_WEIGHTS}. Received: {len(names)} members, {shown}")


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    for member in archive.infolist():
        if stat.S_ISLNK(member.external_attr >> 16) or member.is_dir():
            raise InputError(f"Its members must be files. Received: {member.filename!r} is none")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise InputError(f"Its members must be stored, not compressed. Received: {member.filename!r} is not")
        most = _MOST_BYTES.get(member.filename, size)
        if member.file_size > most:
            raise InputError(
                f"{member.filename!r} must have at most {most:,} bytes. Received: {member.file_size:,} bytes"
            )


def _datasets(weights: h5py.File) -> Iterator[h5py.Dataset]:
    """Yield all data sets of an HDF5 file, each once; raise at a link that leads anywhere but to a place of its own."""
    groups, seen = [weights["/"]], set()
    while groups:
        group = groups.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise InputError(f"The weights must lie in the file itself. Received: {name!r} is a link")
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen or not isinstance(item, (h5py.Group, h5py.Dataset)):
                raise InputError(f"The weights must be a tree of arrays. Received: {name!r}, twice or something else")
            seen.add(address)
            if isinstance(item, h5py.Group):
                groups.append(item)
            else:
                yield item


def _check_dataset(dataset: h5py.Dataset) -> None:
    if dataset.external or dataset.is_virtual:
        raise InputError(f"The weights must lie in the file itself. Received: {dataset.name!r} lies elsewhere")
    kind = dataset.dtype
    if kind.kind not in "biuf" and (kind.kind, kind.itemsize) != ("V", 2):  # as which bfloat16 is stored
        raise InputError(f"The weights must be numbers. Received: {dataset.name!r} of {kind}")
    if dataset.chunks is not None or (dataset.nbytes or 0) != dataset.id.get_storage_size():
        raise InputError(
            "The weights must be as large as their shapes say. "
            f"Received: {dataset.name!r} of shape {dataset.shape} in {dataset.id.get_storage_size():,} bytes"
        )
