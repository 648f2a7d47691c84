"""TensorFlow's SavedModel."""

import contextlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_gan.export.exported import Exported
from keras_gan.export.format import Format
from keras_gan.utils.files import atomic_directory
from keras_gan.utils.validation import InputError


class SavedModel(Format):
    """A directory that TensorFlow loads: for Python, C++, Java and TensorFlow Serving.

    It has all functions: the main one as the signature `serving_default`, and `sample` or `translate_uint8`.

    Example:
    ```python
    gan.export("saved_model")
    sample = tf.saved_model.load("saved_model").signatures["sample"]
    images = sample(n=tf.constant(16), seed=tf.constant(0))["images_uint8"]
    ```
    """

    suffix = ""
    filename = "saved_model"
    has_all = True

    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""
        archive = keras.export.ExportArchive()
        archive.track(exported.network)
        # `serve` is Keras's own name, which is `serving_default` among the signatures too. Where the TensorFlow Lite
        # converter finds it, it takes that one alone unless told otherwise: it can't convert random numbers.
        for endpoint in (exported.main, *exported.more):
            archive.add_endpoint(endpoint.name, endpoint.function, input_signature=[*endpoint.inputs])
        archive.write_out(str(path), verbose=False)

    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with."""
        serve = tf.saved_model.load(str(path)).signatures["serving_default"]
        (made,) = serve(**{name: tf.constant(value) for name, value in exported.given.items()}).values()
        return np.asarray(made)

    def check(self, path: Path) -> None:
        """Raise for missing libraries, and for something else at `path`."""
        if path.is_dir() and (not any(path.iterdir()) or (path / "saved_model.pb").is_file()):
            return
        if path.exists():
            raise InputError(f"`filepath` must be new, empty or a SavedModel to replace. Received: {path}")

    def temporary(self, path: Path) -> contextlib.AbstractContextManager[Path]:
        """Return what gives a directory to write, and moves it to `path` if nothing is raised."""
        return atomic_directory(path)
