"""What the formats of exported files share."""

import contextlib
import importlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import tensorflow as tf

from keras_gan.export.exported import Exported
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import InputError


class ExportError(RuntimeError):
    """What was written could not be made, could not be read, or gives other numbers: it is not there any more."""


class Format(ABC):
    """How a network is written, and how the program that reads it runs it.

    A member writes one file, unless it says otherwise.

    Attributes:
        suffix: that the file must end in; `""` for a directory.
        filename: where the command line writes to if nothing is said.
        has_all: whether the file has the other functions too, beside the main one.
        tolerance: the largest difference to the samples that is accepted, of values in [-1, 1] in float32; where
            layers compute in half precision that along a row or a column, in the mean.
    """

    suffix: str
    filename: str
    tolerance: float = 1e-4
    has_all: bool = False

    @abstractmethod
    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""

    @abstractmethod
    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with, in the program that reads it."""

    def endpoint(self, exported: Exported) -> tuple[Sequence[tf.TensorSpec], tf.TensorSpec]:
        """Return what the file takes and what it gives, with their names: the main function's."""
        return exported.main.inputs, exported.output

    def check(self, path: Path) -> None:
        """Raise `InputError` where the libraries are missing, or something else is at `path`, or can't be."""
        if path.suffix != self.suffix:
            raise InputError(f"`filepath` must end in {self.suffix} for this format. Received: {path}")
        if path.is_dir():
            raise InputError(f"`filepath` must be a file for this format. Received: {path}, a directory")

    def temporary(self, path: Path) -> contextlib.AbstractContextManager[Path]:
        """Return what gives a path to write to, and moves it to `path` if nothing is raised."""
        return atomic_write(path)

    def export(self, exported: Exported, filepath: str | os.PathLike[str]) -> float:
        """Write a network, complete and tried, or not at all; return the largest difference to its samples.

        Raises:
            InputError: see `check`.
            ExportError: the format can't hold it, or gives other numbers.
        """
        path = Path(filepath)
        self.check(path)
        with self.temporary(path) as temporary:
            with _told(f"`{exported.network.name}` can't be written to {path}"):
                self.write(exported, temporary)
            with _told(f"What was written to {path} does not run"):
                made = self.run(exported, temporary)
            if made.shape != exported.wanted.shape:
                raise ExportError(f"{path} gives shape {made.shape}, and not {exported.wanted.shape}")
            apart = np.abs(made - exported.wanted)
            difference = float(apart.max())
            compared = _along_lines(apart) if exported.rounding else difference
            allowed = max(self.tolerance, exported.rounding) * max(1.0, float(np.abs(exported.wanted).max()))
            if not compared <= allowed:  # nor is NaN
                raise ExportError(f"{path} differs by {compared:.3g} from the samples: it was not kept")
        return difference


def _along_lines(apart: np.ndarray) -> float:
    """Return the root of the mean square of differences along the row or the column, or vector, where it is largest.

    In half precision single pixels lie far apart where rounding has piled up; what is wrong, such as a border, does in
    lines.
    """
    squares = np.square(apart.astype("float64"))
    sides = [(1, 3), (2, 3)] if apart.ndim == 4 else [1]
    return max(float(np.sqrt(squares.mean(axis=side).max())) for side in sides)


def library(name: str, extra: str) -> ModuleType:
    """Return a library that is an extra of ours, or raise."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"`format` needs {name}: pip install 'keras_gan[{extra}]'. Received: {error}") from error


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Make one error of what converters and runtimes raise, but for those of the machine and ours."""
    try:
        yield
    except (OSError, InputError, MemoryError, ExportError):
        raise
    except Exception as error:
        raise ExportError(f"{what}. {type(error).__name__}: {str(error)[:600]}") from error
