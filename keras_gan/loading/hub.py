"""Models of the Hugging Face Hub: one file of a repository, of a version that can't become another."""

import importlib
import os
import re
from pathlib import Path

from keras_gan.utils.files import sha256
from keras_gan.utils.validation import InputError

_SCHEME = "hf://"
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"hf://({_PART}/{_PART})(?:@([A-Za-z0-9._/-]{{1,96}}))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_address(path: str | os.PathLike[str]) -> bool:
    """Return whether it is an address of the hub, and no path."""
    return isinstance(path, str) and path.lower().startswith(_SCHEME)


def fetch(address: str, name: str, digest: str | None) -> Path:
    """Return the path of a file of a repository, downloaded by `huggingface_hub` if it has not been before.

    What is downloaded is as foreign as any file: whoever opens it looks into it first. No other file of the repository
    is asked for.

    Args:
        address: `hf://USER/NAME@COMMIT`, of a commit all 40 digits; where `digest` is given, `COMMIT` may be a branch,
            or be left out.
        name: of the file.
        digest: the SHA-256 of the file, which `check_digest` compares.

    Raises:
        InputError: the address is none, pins no version, there is no such file, or no `huggingface_hub` here.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise InputError(f"`path` must be hf://USER/NAME@COMMIT for the hub. Received: path={address!r}")
    repository, revision = found.groups()
    check_form(digest)
    if revision is not None and not all(part.strip(".") for part in revision.split("/")):
        raise InputError(f"`path` must not lead out of a repository. Received: path={address!r}")  # nor of its cache
    if digest is None and (revision is None or not _COMMIT.fullmatch(revision)):
        raise InputError(
            "`path` must name a commit by all 40 digits, hf://USER/NAME@COMMIT, or `digest` be the file's SHA-256: "
            f"what a branch or a tag names may become another model. Received: path={address!r}"
        )
    try:
        hub = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise InputError(
            "`path` needs the package huggingface_hub for an address of the hub: pip install 'keras_gan[hub]'. "
            f"Received: path={address!r}"
        ) from error
    try:
        return Path(hub.hf_hub_download(repository, name, revision=revision))
    except Exception as error:  # a library of its own, with other errors in each version
        raise InputError(
            f"`path` must be a repository of the hub, here or within reach, with a {name}. "
            f"Received: path={address!r} ({type(error).__name__}: {str(error)[:300]})"
        ) from error


def check_form(digest: str | None) -> None:
    """Raise unless it is a SHA-256, or `None`."""
    if digest is not None and not (isinstance(digest, str) and _DIGEST.fullmatch(digest.lower())):
        raise InputError(f"`digest` must be a SHA-256, 64 hexadecimal digits. Received: digest={digest!r}")


def check_digest(file: Path, digest: str | None) -> None:
    """Raise unless a file has this SHA-256; `None` is any."""
    if digest is None:
        return
    check_form(digest)
    found = sha256(file)
    if found != digest.lower():
        raise InputError(f"`digest` must be that of {file.name}, which has {found}. Received: digest={digest!r}")
