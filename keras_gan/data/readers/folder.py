"""A folder and all below it, links included."""

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

from keras_gan.data.pixels.decoding import SUFFIXES
from keras_gan.data.readers.bad_images import BadImage
from keras_gan.data.readers.container import Container, sort_key
from keras_gan.utils.validation import InputError


class Folder(Container):
    """The files of a folder and of all folders below it; hidden ones are left out.

    Links are followed, but not to a folder above: that would have no end.

    Args:
        path: of the folder, `~` being the home.

    Raises:
        InputError: it, or a folder in it, can't be read.

    Example:
    ```python
    from keras_gan.data.readers.folder import Folder

    print(Folder(".").names)
    ```
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(os.path.expanduser(path))
        self._bad: list[BadImage] = []
        self.folders = [entry.name for entry in self._listed(self.path) if _is_folder(entry)]
        self.names = sorted(self._files("", frozenset()), key=sort_key)
        self.bad = self._bad

    def open(self, name: str) -> BinaryIO:
        """Return a file, open."""
        return open(self.shown(name), "rb")

    def stamp(self, name: str) -> str:
        """Return the size and the times of the last changes, of the bytes and of what can't be set from outside."""
        status = os.stat(self.shown(name))
        return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"

    def _listed(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            os.stat(os.path.join(folder, "."))  # raises where names may be read, and files may not
            with os.scandir(folder) as entries:  # which know what they are, but for links, without a look at each
                return sorted((one for one in entries if not one.name.startswith(".")), key=lambda one: one.name)
        except OSError as error:
            raise InputError(f"`path` must be readable. Received: path={folder!r} ({error.strerror})") from error

    def _files(self, below: str, above: frozenset[tuple[int, int]]) -> Iterator[str]:
        """Yield the names of the files in a folder and below; `above` are the folders around it."""
        folder = os.path.join(self.path, below)
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in above:
            return
        above |= {(status.st_dev, status.st_ino)}
        for entry in self._listed(folder):
            name = entry.name
            if _is(entry.is_file):
                yield below + name
            elif _is_folder(entry):
                yield from self._files(f"{below}{name}/", above)
            elif not os.path.exists(entry.path):
                self._bad.append(BadImage(entry.path, "a link to nothing"))
            elif name.lower().endswith(SUFFIXES):
                self._bad.append(BadImage(entry.path, "not a file, though its name ends like that of an image"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return _is(entry.is_dir) and not entry.name.lower().endswith(SUFFIXES)


def _is(told: Callable[[], bool]) -> bool:
    try:
        return told()
    except OSError:  # a link to itself, or to where nobody may look
        return False
