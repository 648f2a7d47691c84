"""Rows that were prepared once: a directory of them."""

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import filelock
import numpy as np

from keras_gan.data.readers.reader import Reader
from keras_gan.data.stores.decoded_store import DecodedStore
from keras_gan.data.stores.file_store import FileStore
from keras_gan.data.stores.store import Store
from keras_gan.data.stores.survey import Survey
from keras_gan.utils.files import atomic_directory, cache_directory
from keras_gan.utils.memory import readable
from keras_gan.utils.progress import Display
from keras_gan.utils.validation import InputError, warn

_SURVEY, _ROWS = "survey.json", "rows"
_SPARE = 2**28  # bytes of the disk that are left for checkpoints and others
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PIECE = 2**20  # bytes that are written at once
_NAME = 32  # hexadecimal digits of a reader's identity


class DataCache:
    """What was prepared, each in a directory of the name that its sources, their sizes and times and the options give.

    Such a directory is complete or absent: it is written under another name, and renamed. What a process that was
    killed has left is removed by the next one. Two processes that ask for the same wait for each other. The rows are
    compared with their digest when they are opened; damaged ones are prepared again.

    Args:
        path: the directory is `data` in it; `None` for what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.

    Example:
    ```python
    from keras_gan.data.stores.data_cache import DataCache

    print(DataCache("cache").entries())  # {}
    ```
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = cache_directory(path) / "data"

    def keep(self, reader: Reader, name: str) -> tuple[Store, Survey]:
        """Return the rows of a reader, from a file that is prepared if it must be.

        Where there is no room for it they are decoded whenever they are asked for, with a warning.

        Args:
            reader: of the sources.
            name: of the data, for people.

        Raises:
            InputError: as `reader.rows`: nothing is kept then.
        """
        entry = self.path / reader.identity[:_NAME]
        try:
            found = self._opened(entry, reader)
            if found is None:
                self.path.mkdir(parents=True, exist_ok=True)
                with _locked(self._lock(entry)):
                    found = self._opened(entry, reader) or self._prepared(entry, reader, name)
        except OSError as error:
            warn(
                f"{name!r} can't be kept in {str(self.path)!r} ({error.strerror}): its images are looked at at each "
                "start, and decoded whenever they are needed. `cache_dir` (--cache-dir) names another directory"
            )
            survey = Survey.of(reader, name)
            found = survey.tell(DecodedStore(reader, survey.rows)), survey
        return found

    def find(self, identity: str, wanted: Callable[[Survey], bool]) -> tuple[Store, Survey] | None:
        """Return the rows of what was prepared of a reader, without the reader; `None` if there is none.

        Args:
            identity: of the reader.
            wanted: whether they are asked for, judged by what is known of them before they are opened.
        """
        entry = self.path / identity[:_NAME]
        survey = Survey.read(entry / _SURVEY)
        if survey is None or not survey.with_rows or not wanted(survey):
            return None
        store = _rows_of(entry, survey)
        return None if store is None else (store, survey)

    def entries(self) -> dict[str, Survey]:
        """Return what is kept, by the names of the directories."""
        found = {path.name: Survey.read(path / _SURVEY) for path in sorted(self.path.glob("[!.]*")) if path.is_dir()}
        return {name: survey for name, survey in found.items() if survey is not None}

    def names(self) -> list[str]:
        """Return the names of all that is there, what was damaged or left by a killed process included."""
        return sorted({path.name.lstrip(".").split(".")[0] for path in self.path.glob("*") if path.is_dir()})

    def remove(self, name: str) -> None:
        """Remove what is kept under a name; who reads it reads on.

        Raises:
            InputError: there is nothing of that name, or it is being prepared.
        """
        entry = self.path / name
        if name not in self.names():
            raise InputError(f"`name` must be one of {self.names()}. Received: name={name!r}")
        try:
            with self._lock(entry).acquire(timeout=0):
                shutil.rmtree(entry, ignore_errors=True)
                _remove_leftovers(entry)
        except filelock.Timeout:
            raise InputError(f"`name` must not be in preparation. Received: name={name!r}") from None

    def _lock(self, entry: Path) -> filelock.FileLock:
        return filelock.FileLock(entry.with_name(f".{entry.name}.lock"))

    def _opened(self, entry: Path, reader: Reader) -> tuple[Store, Survey] | None:
        """Return what is kept; `None` if that is nothing, is damaged, or could be more by now."""
        survey = Survey.read(entry / _SURVEY)
        if survey is None:
            if entry.exists():
                warn(f"{str(entry)!r} is damaged: it is prepared again")
            return None
        if not survey.with_rows:
            return None if self._has_room(survey.nbytes) else (survey.tell(DecodedStore(reader, survey.rows)), survey)
        store = _rows_of(entry, survey)
        return None if store is None else (store, survey)

    def _prepared(self, entry: Path, reader: Reader, name: str) -> tuple[Store, Survey]:
        """Prepare a directory and return what it holds."""
        _remove_leftovers(entry)
        needed = len(reader) * int(np.prod(reader.shape)) * reader.dtype.itemsize
        if self._has_room(needed):
            try:
                survey = self._written(entry, reader, name, with_rows=True)
                return survey.tell(FileStore(entry / _ROWS, survey.shape, reader.dtype)), survey
            except OSError as error:
                if error.errno not in _FULL:
                    raise
        free = shutil.disk_usage(self.path).free
        warn(
            f"{str(self.path)!r} has no room for {name!r}, which takes {readable(needed)}, and {readable(free)} are "
            "free: its images are decoded whenever they are needed, which takes longer. `cache_dir` (--cache-dir) "
            "names another directory"
        )
        survey = self._written(entry, reader, name, with_rows=False)
        return survey.tell(DecodedStore(reader, survey.rows)), survey

    def _written(self, entry: Path, reader: Reader, name: str, with_rows: bool) -> Survey:
        with atomic_directory(entry) as temporary:
            if with_rows:
                with (temporary / _ROWS).open("wb") as file:
                    survey = Survey.of(reader, name, lambda block: _write(file, block))
            else:
                survey = Survey.of(reader, name)
            survey.write(temporary / _SURVEY)
        return survey

    def _has_room(self, needed: int) -> bool:
        return shutil.disk_usage(self.path).free >= needed + _SPARE


def _write(file: BinaryIO, block: np.ndarray) -> None:
    """Write a block, a piece at a time: in one the 16 MB of a block take Linux ten times as long."""
    values = block.data.cast("B")
    for first in range(0, len(values), _PIECE):
        file.write(values[first : first + _PIECE])


@contextlib.contextmanager
def _locked(lock: filelock.FileLock) -> Iterator[None]:
    """Hold a lock; say so where another process has it first."""
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        Display().keep("another process prepares these data: waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _remove_leftovers(entry: Path) -> None:
    """Remove what a process that was killed has written of an entry; to be called with its lock."""
    for path in entry.parent.glob(f".{entry.name}.*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _rows_of(entry: Path, survey: Survey) -> Store | None:
    """Return the rows that a survey tells of; `None` and a warning if they are not as it says."""
    try:
        store = FileStore(entry / _ROWS, survey.shape, np.dtype(survey.dtype))
        problem = "" if store.digest == survey.digest else "its rows are not those that were written"
    except InputError as error:
        problem = str(error)
    if problem:
        warn(f"{str(entry)!r} is damaged: it is prepared again ({problem})")
        return None
    return survey.tell(store)
