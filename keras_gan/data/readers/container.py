"""What holds files: a folder or an archive."""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import BinaryIO

from keras_gan.data.readers.bad_images import BadImage


class Container(ABC):
    """Files by their names, relative to it and with slashes: those of a folder, and of all below, or of an archive.

    Args:
        path: of the folder or the archive.

    Attributes:
        path: as a string, for messages.
        names: of all files that are not hidden, sorted part by part.
        folders: of the first level, sorted; those without files too, where that is known.
        bad: entries that are no files, such as links to nothing.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.names: Sequence[str] = []
        self.folders: Sequence[str] = []
        self.bad: Sequence[BadImage] = []

    def shown(self, name: str) -> str:
        """Return a file's name as messages tell it."""
        return os.path.join(self.path, name)

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Return a file, open at its beginning, seekable; several threads may ask at once.

        Raises:
            OSError, ValueError: it can't be read.
        """

    @abstractmethod
    def stamp(self, name: str) -> str:
        """Return what changes when a file does, without reading it."""


def sort_key(name: str) -> tuple[list[str], str]:
    """Return what names are sorted by: their parts, and the suffix at last, so that partners come in one order."""
    stem, suffix = os.path.splitext(name)
    return stem.split("/"), suffix
