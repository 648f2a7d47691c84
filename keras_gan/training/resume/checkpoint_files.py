"""The format of a training checkpoint: written complete or not at all, verified before a byte of it is used.

A directory holds checkpoints, each a directory `step_000000123` with

- `state.npz`: the arrays, in NumPy's format, uncompressed;
- `record.json`: what they are, and where training stood;
- `SHA256SUMS`: the digests of the two, as `sha256sum` writes them.

It is written beside its final name, synced and renamed, so that at every instant the newest one there is complete.
"""

import errno
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from keras_gan.types import Config
from keras_gan.utils.files import atomic_directory, sha256
from keras_gan.utils.validation import InputError, warn

FORMAT = 1
_STATE, _RECORD, _SUMS = "state.npz", "record.json", "SHA256SUMS"
_NAME = re.compile(r"step_(\d{9,18})")
_HEADER = 4096  # bytes that the header of one array takes at most


def write(directory: str | os.PathLike[str], arrays: Mapping[str, np.ndarray], record: Config, keep: int = 2) -> Path:
    """Write a checkpoint, then remove all but the newest `keep`; return its path.

    Args:
        directory: where checkpoints are.
        arrays: by name; of any type that NumPy or ml_dtypes knows.
        record: what JSON can hold; `"step"` numbers the checkpoint.
        keep: how many stay.
    """
    directory = Path(directory)
    if not directory.is_dir():  # it is not made anew: whoever deleted it meant to
        raise FileNotFoundError(errno.ENOENT, "the directory of the checkpoints is gone", str(directory))
    path = directory / f"step_{record['step']:09d}"
    described = {name: [array.dtype.name, list(array.shape)] for name, array in arrays.items()}
    with atomic_directory(path) as temporary:
        # Types that NumPy's format does not know, such as bfloat16, go as their bytes: never by pickle, which runs what
        # a file says.
        np.savez(temporary / _STATE, allow_pickle=False, **{name: _plain(array) for name, array in arrays.items()})
        (temporary / _RECORD).write_text(json.dumps({**record, "format": FORMAT, "arrays": described}, indent=1))
        (temporary / _SUMS).write_text(_sums(temporary))
    for old in paths(directory)[:-keep]:  # after the new one is there: at every instant one is complete
        remove(old)
    return path


def paths(directory: str | os.PathLike[str]) -> list[Path]:
    """Return the checkpoints in `directory`, the newest last."""
    found = Path(directory).iterdir() if Path(directory).is_dir() else ()
    return sorted(filter(is_checkpoint, found), key=step_of)


def is_checkpoint(path: Path) -> bool:
    """Return whether a path has the name of a checkpoint."""
    return _NAME.fullmatch(path.name) is not None


def step_of(path: Path) -> int:
    """Return the step that a checkpoint's name tells."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise InputError(f"`path` must be a checkpoint, such as step_000000123. Received: {path}")
    return int(match[1])


def clean(directory: str | os.PathLike[str]) -> None:
    """Remove what an interrupted write has left."""
    for path in Path(directory).glob(".step_*"):
        shutil.rmtree(path, ignore_errors=True)


def set_aside(path: Path) -> None:
    """Rename a damaged checkpoint, so that it is not taken for one."""
    os.rename(path, path.with_name(f"damaged_{path.name}_{os.urandom(4).hex()}"))


def remove(path: Path) -> None:
    """Remove a checkpoint so that no part of it is ever taken for a whole one."""
    # By one rename first: files are deleted one after another, and a kill may come between two of them.
    hidden = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    os.rename(path, hidden / path.name)
    shutil.rmtree(hidden, ignore_errors=True)


def verify(path: Path) -> None:
    """Raise unless every file of the checkpoint is as it was written.

    Raises:
        InputError: a file is missing, cut off or changed; the message names it.
    """
    try:
        expected, found = (path / _SUMS).read_bytes(), _sums(path)
    except (FileNotFoundError, NotADirectoryError) as error:  # others say nothing of the checkpoint
        name = Path(error.filename).name if error.filename else path.name
        raise _damaged(path, f"{name}: {error.strerror}") from error
    if expected != found.encode():
        lines = expected.splitlines()
        wrong = [line[66:] for line in found.splitlines() if line.encode() not in lines]
        raise _damaged(path, f"{' and '.join(wrong) or _SUMS} is not what {_SUMS} says")


def newest(directory: str | os.PathLike[str]) -> Path | None:
    """Return the newest checkpoint of `directory` that is undamaged, with a warning for each newer one that is not."""
    for path in reversed(paths(directory)):
        try:
            verify(path)
        except InputError as error:
            warn(f"A damaged checkpoint is passed over. {error}")
        else:
            return path
    return None


def find(path: Path) -> Path | None:
    """Return the newest undamaged checkpoint of a directory, or the path itself if it is one; `None` of an empty one.

    Raises:
        InputError: it is neither, or damaged, or all are.
    """
    if is_checkpoint(path):
        verify(path)
        return path
    if not path.is_dir():
        raise InputError(f"`resume` must be a directory of checkpoints, or one of them. Received: resume={path}")
    found = newest(path)
    if found is None and paths(path):
        raise InputError(f"`resume` must hold a checkpoint that is undamaged. Received: resume={path}")
    return found


def read_record(path: Path) -> Config:
    """Return the record of a checkpoint that was verified."""
    record: Config = json.loads((path / _RECORD).read_text())
    if record.get("format") != FORMAT:
        raise InputError(f"The checkpoint must be of format {FORMAT}. Received: {path}: {record.get('format')!r}")
    return record


def read_arrays(path: Path, expected: Mapping[str, tuple[str, Sequence[int]]]) -> dict[str, np.ndarray]:
    """Return the arrays of a checkpoint that was verified; nothing is read before all sizes are known to fit.

    Args:
        path: of the checkpoint.
        expected: the types and shapes by name. There may be further arrays, which are left.
    """
    described = read_record(path)["arrays"]
    with zipfile.ZipFile(path / _STATE) as archive:
        sizes = {info.filename: (info.compress_type, info.file_size) for info in archive.infolist()}
    for name, (dtype, shape) in expected.items():
        if described.get(name) != [dtype, list(shape)]:
            raise InputError(
                f"The checkpoint must hold {name!r} as {dtype} of the shape {tuple(shape)}. "
                f"Received: {path}: {described.get(name)}"
            )
        # Of a file that was not compressed the sizes tell before anything is read how much memory it takes.
        content = int(np.prod(shape, dtype=np.int64)) * _dtype(dtype).itemsize
        compression, size = sizes.get(f"{name}.npy", (None, 0))
        if compression != zipfile.ZIP_STORED or not content <= size <= content + _HEADER:
            raise _damaged(path, f"{_STATE}: {name!r} has not the size of its shape")
    with np.load(path / _STATE, allow_pickle=False) as stored:
        return {name: stored[name].view(_dtype(dtype)).reshape(shape) for name, (dtype, shape) in expected.items()}


def _plain(array: np.ndarray) -> np.ndarray:
    return array if array.dtype.kind in "biufc" else array.reshape(-1).view(np.uint8)


def _dtype(name: str) -> np.dtype:
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, name))


def _sums(path: Path) -> str:
    return "".join(f"{sha256(path / name)}  {name}\n" for name in (_RECORD, _STATE))


def _damaged(path: Path, what: str) -> InputError:
    return InputError(f"A checkpoint must be as it was written. Received: {path}: {what}")
