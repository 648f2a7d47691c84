"""Where the package keeps files, and the one way in which it writes them: beside the target, synced, then renamed."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENT_VARIABLE = "KERAS_GAN_CACHE"


def cache_directory(path: str | os.PathLike[str] | None = None) -> Path:
    """Return `path`; for `None` the directory that `KERAS_GAN_CACHE` names, else `~/.cache/keras_gan`."""
    chosen = path or os.environ.get(ENVIRONMENT_VARIABLE) or Path.home() / ".cache" / "keras_gan"
    return Path(chosen).expanduser()


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path in the directory of `path`; on success it becomes `path`, else nothing is left.

    A reader sees the old file or the new one, never a part. The mode and the owner of a file that was there are kept.

    Example:
    ```python
    with atomic_write("options.json") as temporary:
        temporary.write_text("{}")
    ```
    """
    target = Path(path)
    with _named(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _take_after(temporary, target)
        _sync(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(target.parent)


@contextlib.contextmanager
def atomic_directory(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary directory beside `path`; on success it becomes `path`, replacing a directory there."""
    target = Path(path)
    with _named(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    old = temporary.with_name(temporary.name + ".old")
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        for file in (temporary, *temporary.rglob("*")):
            _sync(file)
        if target.exists():
            os.rename(target, old)
        os.rename(temporary, target)
    finally:
        if old.exists() and not target.exists():
            os.rename(old, target)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    _sync(target.parent)


@contextlib.contextmanager
def _named(target: Path) -> Iterator[None]:
    """Let errors name what is written, and not the temporary beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error


def _take_after(temporary: Path, target: Path) -> None:
    """Give a new file the mode and the owner of the one that it replaces, as far as that is allowed."""
    if not target.exists():
        temporary.chmod(0o666 & ~_umask())
        return
    old, new = target.stat(), temporary.stat()
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(old.st_mode & 0o7777)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
