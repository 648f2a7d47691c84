"""Arrays in `.npy` and `.npz` files: what they announce, and their values. Nothing is unpickled."""

import contextlib
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

_READ_HEADER = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
MOST_EXPANSION = 200  # times that a compressed array may grow


def announced(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and the type of the one image `(height, width)` or `(height, width, channels)` in a file.

    Raises:
        ValueError: it is no such array, or is shorter than it announces.
    """
    with _member(file) as (stream, size):
        shape, dtype = header(stream, size)
    if len(shape) not in (2, 3):
        raise ValueError(f"an array must be (height, width) or (height, width, channels). Received: shape {shape}")
    return shape, dtype


def read(file: BinaryIO) -> np.ndarray:
    """Return the image in a file, `(height, width, channels)`, after `announced` was called on it."""
    with _member(file) as (stream, _):
        values: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return values[..., None] if values.ndim == 2 else values


def header(stream: BinaryIO, size: int) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and the type that a `.npy` of `size` bytes announces.

    Raises:
        ValueError: it holds objects, or fewer bytes than it announces.
    """
    version = np.lib.format.read_magic(stream)
    if version not in _READ_HEADER:
        raise ValueError(f"a .npy must be of version 1 or 2. Received: {version}")
    shape, _, dtype = _READ_HEADER[version](stream)
    if dtype.kind not in "fiu":
        raise ValueError(f"an array must be of numbers. Received: {dtype}")
    needed = int(np.prod([*map(int, shape)], dtype=object)) * dtype.itemsize
    left = size - stream.tell()
    if needed > left:
        raise ValueError(f"an array must be whole. Received: {left:,} bytes of {needed:,}")
    return tuple(shape), dtype


@contextlib.contextmanager
def _member(file: BinaryIO) -> Iterator[tuple[BinaryIO, int]]:
    """Give the stream of a `.npy`, or of the only array of an `.npz`, and its size."""
    begin = file.read(4)
    file.seek(0)
    if begin != b"PK\x03\x04":
        end = file.seek(0, 2)
        file.seek(0)
        yield file, end
        return
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) != 1:
            names = [member.filename.removesuffix(".npy") for member in members]
            raise ValueError(f"an .npz of one image must hold one array. Received: {names}")
        if members[0].file_size > MOST_EXPANSION * max(members[0].compress_size, 2**16):
            raise ValueError(f"an .npz must not be a bomb. Received: one of {members[0].file_size:,} bytes")
        with archive.open(members[0]) as stream:
            yield stream, members[0].file_size  # type: ignore[misc]
