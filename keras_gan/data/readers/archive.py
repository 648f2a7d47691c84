"""A zip or a tar of images, read where it is: nothing is unpacked into the file system."""

import bz2
import functools
import gzip
import io
import lzma
import os
import posixpath
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO, BinaryIO, cast

from keras_gan.data.readers.bad_images import BadImage
from keras_gan.data.readers.container import Container, sort_key
from keras_gan.utils.validation import InputError

MOST_EXPANSION = 200  # times that an archive may grow: pictures are compressed already
_SLACK = 2**26  # bytes that it may grow to in any case
_MAX_MEMBER = 2**30  # bytes of one file
_CHUNK = 2**20
_FOREIGN = "__MACOSX"  # what macOS adds to zips


def open_archive(path: str | os.PathLike[str]) -> Container | None:
    """Return a zip or a tar, compressed or not; `None` if a file is neither.

    Raises:
        InputError: it is damaged, a bomb, or has names that lead out of it.
    """
    path = os.path.expanduser(os.fspath(path))
    try:
        if zipfile.is_zipfile(path):
            return ZipArchive(path)
        file = _uncompressed(path)
        if tarfile.is_tarfile(file):
            file.seek(0)
            return TarArchive(path, file)
    except InputError:
        raise
    except Exception as error:
        # They raise OSError, EOFError, BadZipFile, TarError, zlib.error, LZMAError, NotImplementedError and others.
        raise InputError(f"`path` must be an archive that is whole. Received: path={path!r} ({error})") from error
    return None


class Archive(Container):
    """The files of an archive; hidden ones are left out, and a folder around everything is no class.

    Args:
        path: of the archive.
        members: names and sizes in bytes, as the archive announces them.

    Raises:
        InputError: a name leads out of the archive, comes twice, or the files are more than 200 times the archive.
    """

    def __init__(self, path: str, members: Iterable[tuple[str, int]]) -> None:
        super().__init__(path)
        status = os.stat(path)
        self._times = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
        found: dict[str, str] = {}  # the clean name of each to its own
        total = 0
        for name, size in members:
            clean = posixpath.normpath(name.replace("\\", "/"))
            if clean.startswith("/") or ".." in name.replace("\\", "/").split("/") or ":" in clean.split("/")[0]:
                raise self._error("hold files below it alone", f"{name!r}, which leads out of it")
            if clean in found:
                raise self._error("hold each file once", f"{name!r} twice")
            total += size
            parts = clean.split("/")
            if not any(part.startswith(".") for part in parts) and parts[0] != _FOREIGN:
                found[clean] = name
        if total > max(MOST_EXPANSION * os.path.getsize(path), _SLACK):
            raise self._error("not be a bomb", f"{total:,} bytes in {os.path.getsize(path):,}")
        around = _around(found)
        self._own = {clean.removeprefix(around): name for clean, name in found.items()}
        self.names = sorted(self._own, key=sort_key)
        self.folders = sorted({name.split("/")[0] for name in self.names if "/" in name})

    def _error(self, wanted: str, received: str) -> InputError:
        return InputError(f"`path` must {wanted}. Received: path={self.path!r} with {received}")


class ZipArchive(Archive):
    """A zip. See `Archive`."""

    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        locked = next((info.filename for info in infos if info.flag_bits & 1), None)
        super().__init__(path, ((info.filename, info.file_size) for info in infos))
        if locked is not None:
            raise self._error("hold no encrypted files", repr(locked))

    def open(self, name: str) -> BinaryIO:
        """Return a file, of which no more is read than the zip announces; at its end the checksum is compared."""
        info = self._zip.getinfo(self._own[name])
        if info.file_size > _MAX_MEMBER:
            raise ValueError(f"a file of {info.file_size:,} bytes, more than the {_MAX_MEMBER:,} allowed")
        with self._zip.open(info) as stream:
            data = stream.read()
        if len(data) != info.file_size:
            raise ValueError(f"cut off after {len(data):,} of {info.file_size:,} bytes")
        return io.BytesIO(data)

    def stamp(self, name: str) -> str:
        """Return the archive's size and times, the file's size and the checksum."""
        info = self._zip.getinfo(self._own[name])
        return f"{self._times} {info.file_size} {info.CRC}"


class TarArchive(Archive):
    """A tar; a compressed one was unpacked into a file without a name. See `Archive`.

    Links are followed to files in the archive.

    Args:
        path: of the archive.
        file: the tar itself.
    """

    def __init__(self, path: str, file: IO[bytes]) -> None:
        self._file = file
        self._members: dict[str, tarfile.TarInfo] = {}
        links = []
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for member in _until_cut(tar):
                if member.isfile():
                    self._members[member.name] = member
                elif member.issym() or member.islnk():
                    links.append(member)
        bad = [member.name for member in links if not self._follow(member)]
        super().__init__(path, ((name, member.size) for name, member in self._members.items()))
        self.bad = [BadImage(self.shown(name), "a link to nothing in the archive") for name in bad]

    def _follow(self, link: tarfile.TarInfo) -> bool:
        """Add a link as the file that it leads to; return whether there is one."""
        above = posixpath.dirname(link.name) if link.issym() else ""
        target = self._members.get(posixpath.normpath(posixpath.join(above, link.linkname)))
        target = target or self._members.get(link.linkname)
        if target is not None:
            self._members[link.name] = target
        return target is not None

    @functools.cached_property
    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def open(self, name: str) -> BinaryIO:
        """Return a file."""
        member = self._members[self._own[name]]
        if member.issparse() or member.size > _MAX_MEMBER:
            raise ValueError(f"a sparse file, or one of {member.size:,} bytes, more than the {_MAX_MEMBER:,} allowed")
        if member.offset_data + member.size > self._size:
            raise ValueError(f"cut off after {max(self._size - member.offset_data, 0):,} of {member.size:,} bytes")
        return io.BytesIO(os.pread(self._file.fileno(), member.size, member.offset_data))

    def stamp(self, name: str) -> str:
        """Return the archive's size and times, the file's size, the place and the time, which may be 0 for all."""
        member = self._members[self._own[name]]
        return f"{self._times} {member.size} {member.offset_data} {member.mtime}"


def _until_cut(tar: tarfile.TarFile) -> Iterable[tarfile.TarInfo]:
    """Yield the members of a tar; one that was cut off ends with the member that is cut."""
    while True:
        try:
            member = tar.next()
        except tarfile.ReadError:
            return
        if member is None:
            return
        yield member


def _around(names: Iterable[str]) -> str:
    """Return the folder, with its slash, that is around all files."""
    folders = {name.split("/")[0] if "/" in name else "" for name in names}
    return f"{folders.pop()}/" if len(folders) == 1 and "" not in folders else ""


def _uncompressed(path: str) -> IO[bytes]:
    """Return a file, unpacked into one without a name if it is compressed as a whole: a tar has to be read anywhere.

    Raises:
        InputError: it grows to more than 200 times its size.
    """
    file = open(path, "rb")  # noqa: SIM115 (read as long as the archive is)
    begin = file.read(6)
    file.seek(0)
    packed = _packed(file, begin)
    if packed is None:
        return file
    most = max(MOST_EXPANSION * os.path.getsize(path), _SLACK)
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115
    with file, packed as stream:
        while chunk := stream.read(_CHUNK):
            unpacked.write(chunk)
            if unpacked.tell() > most:
                raise InputError(f"`path` must not be a bomb. Received: path={path!r}, more than {most:,} bytes in it")
    unpacked.flush()
    unpacked.seek(0)
    return unpacked


def _packed(file: IO[bytes], begin: bytes) -> IO[bytes] | None:
    """Return what a compressed file holds, as a stream; `None` if it is not compressed."""
    if begin.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if begin.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if begin.startswith(b"\xfd7zXZ\0") else None
