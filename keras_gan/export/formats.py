"""The formats by their names."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

from keras_gan.export.exported import Endpoint, Exported
from keras_gan.export.format import Format
from keras_gan.export.keras_file import KerasFile
from keras_gan.export.litert import LiteRT
from keras_gan.export.onnx import ONNX
from keras_gan.export.saved_model import SavedModel
from keras_gan.ops import platform
from keras_gan.utils.validation import InputError, check_choice

FORMATS: Mapping[str, Format] = {
    "tf_saved_model": SavedModel(),
    "onnx": ONNX(),
    "litert": LiteRT(),
    "litert_float16": LiteRT("float16"),
    "litert_int8": LiteRT("int8"),
    "keras": KerasFile(),
}


@dataclass(frozen=True)
class Written:
    """What an export has written; `print` tells it.

    Attributes:
        path: where.
        difference: the largest between what the file gives and the samples.
        inputs: what its main function takes, with their names; `None` is any number.
        output: what it gives.
        about: what the numbers are, in words.
        more: its other functions.
    """

    path: Path
    difference: float
    inputs: Sequence[tf.TensorSpec]
    output: tf.TensorSpec
    about: str
    more: Sequence[Endpoint]

    def __str__(self) -> str:
        """Return lines for people."""
        lines = [
            f"Saved artifact at '{self.path}'. Largest difference to the samples: {self.difference:.1e}",
            f"takes: {_listed(self.inputs)}",
            f"gives: {_listed([self.output])}",
            f"where: {self.about}",
            *(f"also: {each.name} takes {_listed(each.inputs)}" for each in self.more),
        ]
        return "\n".join(lines)


def _listed(specs: Sequence[tf.TensorSpec]) -> str:
    return ", ".join(map(_told, specs))


def _told(spec: tf.TensorSpec) -> str:
    sides = " x ".join("any" if side is None else str(side) for side in spec.shape)
    return f"{spec.name} {spec.dtype.name} ({sides or 'a number'})"


def write(exported: Exported, filepath: str | os.PathLike[str], format: str, verbose: bool | None = None) -> Written:
    """Write a network in the format of a name, complete and tried, or not at all.

    Args:
        exported: what `of_samples` or `of_translation` returned.
        filepath: where; what is there already is replaced if it is of the format.
        format: a key of `FORMATS`.
        verbose: whether to print what is returned: where it is, how far from the samples, what it takes and gives.

    Raises:
        InputError: an unknown format, a library that is missing, or something else is at `filepath`.
        ExportError: the format can't hold the network, or the file gives other numbers: it is not kept.
    """
    chosen = FORMATS[check_choice("format", format, FORMATS)]
    with platform.elsewhere():
        difference = chosen.export(exported, filepath)
    more = exported.more if chosen.has_all else ()
    written = Written(Path(filepath), difference, *chosen.endpoint(exported), exported.about, more)
    if verbose:
        print(written)
    return written


def refuse_options(input_signature: object, others: Mapping[str, object]) -> None:
    """Raise for the options of Keras's `export` that have no meaning here."""
    if others or input_signature is not None:
        given = sorted(others) or ["input_signature"]
        raise InputError(f"`export` takes `filepath`, `format`, `verbose`, `batch_size`. Received: {given}")
