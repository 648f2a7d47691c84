"""From the command line to keras_gan: its import, without the lines in which TensorFlow tells of its own start."""

import contextlib
import faulthandler
import importlib
import json
import math
import os
import platform
import re
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

STDOUT = Path("-")
_NAMES = {  # of the library's arguments, in errors, and what may stand for them at the command line
    "file": ("out",),
    "filepath": ("out",),
    "labels": ("labels", "label"),
    "metrics": ("metric",),
    "name_or_path": ("data", "arguments", "folder"),
    "path": ("path", "arguments", "start", "resume", "run", "runs", "data", "folder"),
    "points": ("points",),
    "setting": ("settings",),
}


def run(name: str, /, **given: object) -> None:
    """Do what a command does: import the module of its name, and call the function of that name.

    It prints for people, and returns what there is for programs.

    Args:
        name: of the command.
        **given: to the function; but `quiet`, whether people are told nothing but errors and warnings, and `file`,
            where what it returns is written as JSON: `STDOUT` for there, where nothing else is then.

    Raises:
        click.ClickException: for the errors that are not ours: a wrong input, or a training that met NaN.
    """
    quiet, file = bool(given.pop("quiet")), given.pop("file")
    _choose_kernels()
    if click.get_current_context().find_root().params["debug"]:
        work = _imported(name)
    else:
        # What ends the process alone, for as long as the command runs: an error that matters is raised in Python too.
        # The others are notes to those who develop TensorFlow, such as that an optimizer of graphs gave one up.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with held_back():
            work = _imported(name)
    from keras_gan import InputError, NonFiniteError
    from keras_gan.export import ExportError

    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            with _hidden(quiet or file == STDOUT):
                found = work(**given)
            if isinstance(file, Path) and found is not None:  # of several workers the first has found something
                _write(found, file, quiet)
    except InputError as error:
        raise click.UsageError(_in_its_words(str(error))) from error
    except (NonFiniteError, ExportError) as error:
        raise click.ClickException(str(error)) from error


def _choose_kernels() -> None:
    """Have TensorFlow take oneDNN's kernels on x86: of CPUs without instructions for neural networks it does not."""
    # By `examples/benchmarks/train_step.py` on two cores of such a CPU (AMD Zen 3) a step then takes 0.4 to 0.8 of the
    # time; TensorFlow asks the environment as it is imported, and what a user has said there holds.
    if platform.machine().lower() in ("x86_64", "amd64"):
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _in_its_words(message: str) -> str:
    """Return an error of the library with the argument that it begins with named as it was typed, if it was."""
    match = re.match(r"`(\w+)`(.*)", message, re.DOTALL)
    if match is None:
        return message
    name, rest = match.groups()
    context = click.get_current_context()
    for param in context.command.params:
        typed = _typed(param, context.params.get(param.name or ""))
        if param.name == "settings" and ("--set", name) in typed:
            return f"`--set {name}`{rest}".replace(f"Received: {name}=", "Received: ")
        if param.name in _NAMES.get(name, (name,)):
            for shown, text in typed:
                if param.name == "out" or (text and (text in rest or repr(text) in rest)):  # else it is another's error
                    return f"`{shown}`{rest}".replace(f"Received: {name}=", "Received: ")
    return message


def _typed(param: click.Parameter, value: Any) -> list[tuple[str, str]]:
    """Return how a parameter is named at the command line, with each value that it has: of NAME=VALUE the name."""
    values = [*value] if isinstance(value, (list, tuple)) else [value]
    texts = ["" if each is None else str(each).partition("=")[0] for each in values]
    if isinstance(param, click.Option):
        return [(max(param.opts, key=len), text) for text in texts]
    names = re.findall(r"[A-Z]+", param.human_readable_name)[-len(texts) :]  # those at the end are always there
    return [*zip(names, texts, strict=False)]


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


@contextlib.contextmanager
def _hidden(hidden: bool) -> Iterator[None]:
    """Hide what is printed meanwhile for people."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere if hidden else sys.stdout):
        yield


def _write(found: dict[str, Any], file: Path, quiet: bool) -> None:
    """Write what a command has found."""
    from keras_gan.utils.files import atomic_write

    text = json.dumps(_plain(found), indent=1, allow_nan=False)
    if file == STDOUT:
        click.echo(text)
        return
    with atomic_write(file) as temporary:
        temporary.write_text(text + "\n")
    if not quiet:
        click.echo(f"wrote: {file}")


def _plain(value: object) -> object:
    """Return what JSON can hold: NaN and infinities, which it can't, become null, and paths text."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _imported(name: str) -> Callable[..., dict[str, Any] | None]:
    work: Callable[..., dict[str, Any] | None] = getattr(importlib.import_module(f"keras_gan_cli.{name}"), name)
    import tensorflow as tf

    tf.config.list_physical_devices()  # looks for GPUs, and tells if it finds none
    return work


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning without the line of code that Python shows, and not behind a line that moves."""
    from keras_gan.utils.progress import columns, make_room

    make_room()
    told = f"keras-gan: warning: {' '.join(str(message).split())}"
    if sys.stderr.isatty():
        told = textwrap.fill(told, columns(), subsequent_indent="    ", break_long_words=False)
    click.echo(told, err=True)
