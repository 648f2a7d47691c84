"""LiteRT, formerly TensorFlow Lite: for phones and small machines."""

import contextlib
import os
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_gan.export.exported import Exported
from keras_gan.export.format import ExportError, Format

_STDERR = threading.Lock()  # which the process has once
_TOLERANCES = {"float32": 1e-4, "float16": 0.05, "int8": 1.0}  # of weights; int8 is told, more than it is bounded


class LiteRT(Format):
    """A .tflite file, which LiteRT and TensorFlow Lite run. It has one signature, `serving_default`.

    The converter loses the sides of maps that are repeated, as in `models.biggan` and `sngan`, where the batch is free:
    such networks need a `batch_size`.

    Args:
        weights: `"float32"`; `"float16"`, of half the size; `"int8"`, of a quarter: 8 bits for the large ones, by the
            converter's dynamic range quantization. It computes in float32.

    Example:
    ```python
    gan.export("gan.tflite", format="litert")
    ```
    """

    suffix = ".tflite"

    def __init__(self, weights: str = "float32") -> None:
        self.weights = weights
        self.filename = "generator.tflite" if weights == "float32" else f"generator-{weights}.tflite"
        self.tolerance = _TOLERANCES[weights]

    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""
        with tempfile.TemporaryDirectory() as directory:
            archive = keras.export.ExportArchive()
            archive.track(exported.network)
            archive.add_endpoint("serve", exported.main.function, input_signature=[*exported.main.inputs])
            # Gradients of our own are of no use there, and those of convolutions in groups can't be saved.
            archive.write_out(directory, tf.saved_model.SaveOptions(experimental_custom_gradients=False), verbose=False)
            converter = tf.lite.TFLiteConverter.from_saved_model(directory, signature_keys=["serving_default"])
            if self.weights != "float32":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
            if self.weights == "float16":
                converter.target_spec.supported_types = [tf.float16]
            path.write_bytes(_converted(converter, exported))

    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with."""
        with warnings.catch_warnings(), _silent():
            # TensorFlow's own interpreter is LiteRT's, and says that it will move there.
            warnings.simplefilter("ignore")
            interpreter = tf.lite.Interpreter(model_path=str(path))
            (made,) = interpreter.get_signature_runner("serving_default")(**exported.given).values()
        return np.asarray(made)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Hide what is written to stderr meanwhile: the interpreter tells of its start, and has no level for that.

    What fails is raised in Python.
    """
    with _STDERR:
        try:
            shown = os.dup(2)
        except OSError:  # it is closed
            yield
            return
        try:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def _converted(converter: tf.lite.TFLiteConverter, exported: Exported) -> bytes:
    """Return the file's contents, or say what helps."""
    try:
        contents: bytes = converter.convert()
    except Exception as error:
        if exported.main.inputs[0].shape[0] is not None:
            raise
        raise ExportError(
            f"LiteRT's converter can't take `{exported.network.name}` for any number of samples at once: give a "
            "`batch_size` (--batch-size), such as 1"
        ) from error
    return contents
