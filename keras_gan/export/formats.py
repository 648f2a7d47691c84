"""The formats by their names."""

import os
from collections.abc import Mapping

from keras_gan.export.exported import Exported
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


def write(exported: Exported, filepath: str | os.PathLike[str], format: str, verbose: bool | None = None) -> float:
    """Write a network in the format of a name, complete and tried, or not at all.

    Args:
        exported: what `of_samples` or `of_translation` returned.
        filepath: where; what is there already is replaced if it is of the format.
        format: a key of `FORMATS`.
        verbose: whether to print where it is, and how far it is from the samples.

    Returns:
        The largest difference between what the file gives and the samples.

    Raises:
        InputError: an unknown format, a library that is missing, or something else is at `filepath`.
        ExportError: the format can't hold the network, or the file gives other numbers: it is not kept.
    """
    chosen = FORMATS[check_choice("format", format, FORMATS)]
    with platform.elsewhere():
        difference = chosen.export(exported, filepath)
    if verbose:
        print(f"Saved artifact at '{filepath}'. Largest difference to the samples: {difference:.1e}")
    return difference


def refuse_options(input_signature: object, others: Mapping[str, object]) -> None:
    """Raise for the options of Keras's `export` that have no meaning here."""
    if others or input_signature is not None:
        given = sorted(others) or ["input_signature"]
        raise InputError(f"`export` takes `filepath`, `format`, `verbose`, `batch_size`. Received: {given}")
