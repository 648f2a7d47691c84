"""From the command line to keras_gan: its import, without the lines in which TensorFlow tells of its own start."""

import contextlib
import faulthandler
import importlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO

import click


def run(name: str, **given: object) -> None:
    """Do what a command does: import the module of its name, and call the function of that name.

    Raises:
        click.ClickException: for the errors that are not ours: a wrong input, or a training that met NaN.
    """
    if click.get_current_context().find_root().params["debug"]:
        work = _imported(name)
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors alone, for as long as the command runs
        with held_back():
            work = _imported(name)
    from keras_gan import InputError, NonFiniteError
    from keras_gan.export import ExportError

    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            work(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    except (NonFiniteError, ExportError) as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to stderr meanwhile, by C++ as well, and show it only if an error is raised.

    TF_CPP_MIN_LOG_LEVEL does not do: what TensorFlow calls errors at its start is written at any level, and is none
    where there is no GPU. A crash takes with it what was held back, so `faulthandler` tells where it was.
    """
    if sys.stderr is None:  # closed by the shell
        yield
        return
    sys.stderr.flush()
    with open(os.dup(2), "wb") as shown, tempfile.TemporaryFile() as held, _crashes_told(shown):
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            sys.stderr.flush()
            held.seek(0)
            shown.write(held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(shown.fileno(), 2)


@contextlib.contextmanager
def _crashes_told(file: BinaryIO) -> Iterator[None]:
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(file)
    try:
        yield
    finally:
        faulthandler.disable()


def _imported(name: str) -> Callable[..., None]:
    work: Callable[..., None] = getattr(importlib.import_module(f"keras_gan_cli.{name}"), name)
    import tensorflow as tf

    tf.config.list_physical_devices()  # looks for GPUs, and tells if it finds none
    return work


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning without the line of code that Python shows, and not behind a line that moves."""
    from keras_gan.utils.progress import make_room

    make_room()
    click.echo(f"keras-gan: warning: {' '.join(str(message).split())}", err=True)
