"""LiteRT, formerly TensorFlow Lite: for phones and small machines."""

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

# Weights as constants: only of these the converter computes what is made of weights alone, such as the division by
# their largest singular values. There is no public name; `tests/export/test_litert.py` goes through it.
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from keras_gan.export.exported import Exported
from keras_gan.export.format import Format
from keras_gan.types import Tensor

_TOLERANCES = {"float32": 1e-4, "float16": 0.05, "int8": 1.0}  # of weights; int8 is told, more than it is bounded


class LiteRT(Format):
    """A .tflite file, which LiteRT and TensorFlow Lite run. It has one signature, `serving_default`.

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
        self.tolerance = _TOLERANCES[weights]

    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""
        with tempfile.TemporaryDirectory() as directory:
            _freeze(exported, directory)
            converter = tf.lite.TFLiteConverter.from_saved_model(directory)
            if self.weights != "float32":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
            if self.weights == "float16":
                converter.target_spec.supported_types = [tf.float16]
            path.write_bytes(converter.convert())

    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with."""
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # TensorFlow's own interpreter is LiteRT's, and says that it will move there
            interpreter = tf.lite.Interpreter(model_path=str(path))
        (made,) = interpreter.get_signature_runner("serving_default")(**exported.given).values()
        return np.asarray(made)


def _freeze(exported: Exported, directory: str) -> None:
    """Write a SavedModel whose weights are constants."""
    main = exported.main
    function = tf.function(main.function, input_signature=[*main.inputs], autograph=False).get_concrete_function()
    (output,) = function.structured_outputs
    frozen = convert_variables_to_constants_v2(function)
    names = [tensor.name.partition(":")[0] for tensor in frozen.inputs]

    def serve(*inputs: Tensor) -> dict[str, Tensor]:
        given = dict(zip((spec.name for spec in main.inputs), inputs, strict=True))
        return {output: frozen(*(given[name] for name in names))[0]}

    archive = keras.export.ExportArchive()
    archive.add_endpoint("serve", serve, input_signature=[*main.inputs])
    archive.write_out(directory, verbose=False)
