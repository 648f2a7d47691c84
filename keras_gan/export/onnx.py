"""ONNX, which many runtimes in many languages read."""

import logging
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_gan.export.exported import Exported
from keras_gan.export.format import Format, library

_OPSET = 17  # of 2022, which all of today's runtimes have


class ONNX(Format):
    """A file of the Open Neural Network Exchange, which onnxruntime runs. Needs `pip install 'keras_gan[onnx]'`.

    Its inputs and its output have the names of the main function. It is tried in onnxruntime, on the CPU.

    Example:
    ```python
    import importlib.util

    if importlib.util.find_spec("tf2onnx") and importlib.util.find_spec("onnxruntime"):
        gan.export("gan.onnx", format="onnx")
    ```
    """

    suffix = ".onnx"
    filename = "generator.onnx"

    def check(self, path: Path) -> None:
        """Raise for missing libraries, and for something else at `path`."""
        super().check(path)
        for name in ("tf2onnx", "onnxruntime"):
            library(name, "onnx")

    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""
        function = tf.function(exported.main.function, input_signature=[*exported.main.inputs], autograph=False)
        logging.getLogger("tf2onnx").setLevel(logging.ERROR)
        library("tf2onnx.convert", "onnx").from_function(
            function, [*exported.main.inputs], opset=_OPSET, output_path=str(path)
        )

    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with."""
        runtime = library("onnxruntime", "onnx")
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (made,) = session.run(None, exported.given)
        return np.asarray(made)
