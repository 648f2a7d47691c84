"""Where Keras's callbacks will write: looked at before the first step, not after the first epoch."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import keras

from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError

# Keras's callbacks that add the rates to the logs.
_OF_RATES = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
_RATES = ("learning_rate_generator", "learning_rate_discriminator")


def check(callbacks: Iterable[keras.callbacks.Callback], names: Sequence[str], workers: int = 1) -> None:
    """Raise if a callback could not write where it means to.

    Args:
        callbacks: of a `fit`.
        names: what will be logged, which the name of a file may hold in braces.
        workers: how many processes have these callbacks.

    Raises:
        InputError: the name of a file has another ending, or braces with something that is not logged; it is a
            directory; what should be a directory is a file; or nothing can be written there.
    """
    callbacks = [*callbacks]
    rates = _RATES if any(isinstance(callback, _OF_RATES) for callback in callbacks) else ()
    open_ended = any(may_log(callback) for callback in callbacks)
    for callback in callbacks:
        kind = type(callback).__name__
        if isinstance(callback, keras.callbacks.ModelCheckpoint):
            _check_model_file(callback, kind, [*names, *rates], open_ended)
        elif isinstance(callback, keras.callbacks.CSVLogger):
            check_file(f"`filename` of {kind}", callback.filename, made=False)
        elif isinstance(callback, keras.callbacks.BackupAndRestore):
            if workers > 1:
                raise InputError(
                    f"`{kind}` would write one file from several workers: use `keras_gan.callbacks.Checkpoint`. "
                    f"Received: {workers} workers"
                )
            check_directory(f"`backup_dir` of {kind}", callback.backup_dir)
        elif isinstance(callback, keras.callbacks.TensorBoard):
            check_directory(f"`log_dir` of {kind}", callback.log_dir)


def may_log(callback: keras.callbacks.Callback) -> bool:
    """Return whether a callback is one of the user's own, which may add to the logs what it likes."""
    return type(callback).__module__.split(".")[0] not in ("keras", "keras_gan")


def _check_model_file(
    callback: keras.callbacks.ModelCheckpoint, kind: str, names: Sequence[str], open_ended: bool
) -> None:
    given = callback.filepath
    wanted = ".weights.h5" if callback.save_weights_only else ".keras"
    if not given.endswith(wanted):
        raise InputError(
            f"`filepath` of {kind} must end in {wanted}; other formats lose state. Received: filepath={given!r}"
        )
    known = ["epoch", *([] if callback.save_freq == "epoch" else ["batch"]), *names]
    try:
        path = given.format(**{name: 1 if name in ("epoch", "batch") else 0.0 for name in known})
    except KeyError as error:
        missing = str(error.args[0])
        if open_ended:
            return
        raise InputError(
            f"`filepath` of {kind} must hold in braces nothing but {known}.{nearest(missing, known)} "
            f"Received: filepath={given!r}"
        ) from error
    except (ValueError, IndexError, AttributeError) as error:
        raise InputError(
            f"`filepath` of {kind} must be a template that `str.format` fills. Received: filepath={given!r}: {error}"
        ) from error
    check_file(f"`filepath` of {kind}", path)


def check_file(what: str, given: str | os.PathLike[str], made: bool = True) -> None:
    """Raise unless a file can be written.

    Args:
        what: it is, for the message.
        given: the path.
        made: whether directories that are missing will be made.
    """
    if _is_remote(given):
        return
    path = Path(given)
    if path.is_dir():
        raise InputError(f"{what} must be a file. Received: {path}, a directory")
    if not made and not path.parent.exists():
        raise InputError(f"{what} must be in a directory that exists. Received: {path}")
    check_directory(what, path.parent)
    if path.exists() and not os.access(path, os.W_OK):
        raise InputError(f"{what} must be writable. Received: {path}, which is not")


def check_directory(what: str, given: str | os.PathLike[str]) -> None:
    """Raise unless a directory can be made, or is one in which files can be."""
    if _is_remote(given):
        return
    path = Path(given)
    there = next(place for place in (path.absolute(), *path.absolute().parents) if place.exists())
    if not there.is_dir():
        raise InputError(f"{what} must be in a directory. Received: {path}, where {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{what} must be where files can be made. Received: {path}, where {there} is read-only")


def _is_remote(given: str | os.PathLike[str]) -> bool:
    """Return whether a path is of another file system, such as gs://bucket/file, of which nothing is known here."""
    return "://" in os.fspath(given)
