"""Keras's own format, of the generator alone."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_gan.export.exported import Exported
from keras_gan.export.format import Format


class KerasFile(Format):
    """A `.keras` file of the network, without a discriminator, optimizers or a prior.

    `keras.models.load_model` reads it; where all layers are Keras's own, as those of `models.mlp`, without keras_gan.

    Example:
    ```python
    gan.export("generator.keras", format="keras")
    images = keras.models.load_model("generator.keras")(np.zeros((1, gan.latent_dim)))
    ```
    """

    suffix = ".keras"
    filename = "generator.keras"

    def write(self, exported: Exported, path: Path) -> None:
        """Write the network to a path that nobody else sees yet."""
        exported.network.save(path)

    def endpoint(self, exported: Exported) -> tuple[Sequence[tf.TensorSpec], tf.TensorSpec]:
        """Return what the network takes and what it gives, with its own names."""
        *inputs, output = (
            tf.TensorSpec(each.shape, each.dtype, each.name)
            for each in (*exported.network.inputs, exported.network.output)
        )
        return inputs, output

    def run(self, exported: Exported, path: Path) -> np.ndarray:
        """Return what the file gives for what it is tried with."""
        given = [*exported.given.values()]
        return np.asarray(keras.models.load_model(path)(given if len(given) > 1 else given[0]), np.float32)
