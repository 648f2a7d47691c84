"""The last layer of the projection discriminator."""

from collections.abc import Sequence
from typing import Unpack

import keras
import numpy as np
from keras import ops

from keras_gan.layers.inputs import (
    LayerOptions,
    at_least_float32,
    check_integers,
    check_one_condition,
    check_with_labels,
    class_labels,
)
from keras_gan.layers.spectral_normalization import SpectralNormalization
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_seed


@register
class Projection(keras.layers.Layer):
    """The logit of a projection discriminator: how a discriminator is told its labels.

    `psi(phi) + <embedding(y), phi>` for features `phi`: a dense layer of one unit, and the inner product with the
    embedding of the label: of a class a row of a table, of a vector its product with a matrix. Called on
    `[features, labels]`: `(batch, width)`, and integers `(batch,)` or vectors `(batch, condition_dim)`; the logits are
    `(batch, 1)`, computed in float32. Maps `(batch, h, w, c)` are pooled first; the paper sums over positions.

    Miyato and Koyama 2018, arXiv:1802.05637, equation 3.

    Args:
        num_classes: labels are classes in `[0, num_classes)`; up to 2^20.
        condition_dim: labels are vectors of so many numbers. One of the two is given.
        spectral_normalization: whether to divide psi's kernel and the embedding by their largest singular values, as
            the paper's code does.
        seed: of the initial weights; `None` for other ones each time.

    Raises:
        InputError: the inputs are not `[features, labels]`, the features no vectors, the labels others.

    Example:
    ```python
    features, labels = keras.Input((64,)), keras.Input((), dtype="int32")
    logits = keras_gan.layers.Projection(num_classes=10)([features, labels])
    ```
    """

    def __init__(
        self,
        num_classes: int | None = None,
        spectral_normalization: bool = False,
        seed: int | None = None,
        condition_dim: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_one_condition(num_classes, condition_dim)
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.condition_dim = condition_dim
        self.spectral_normalization = spectral_normalization
        self.seed = seed

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Build psi and the embedding."""
        shape = check_with_labels(input_shape, self.condition_dim)
        if len(shape) != 2:
            raise InputError(f"The features must be vectors (batch, width): pool first. Received: shape={shape}")
        first, second = (int(seed) >> 1 for seed in np.random.SeedSequence(self.seed).generate_state(2))
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        initializer = keras.initializers.GlorotUniform(seed=first)
        psi = keras.layers.Dense(1, kernel_initializer=initializer, dtype=dtype, name="psi")
        initializer = keras.initializers.RandomUniform(-0.05, 0.05, seed=second)
        if self.condition_dim is None:
            embedding = keras.layers.Embedding(
                self.num_classes, shape[-1], embeddings_initializer=initializer, dtype=dtype, name="embedding"
            )
        else:
            embedding = keras.layers.Dense(
                shape[-1], use_bias=False, kernel_initializer=initializer, dtype=dtype, name="embedding"
            )
        wrap = SpectralNormalization if self.spectral_normalization else _bare
        self.psi, self.embedding = wrap(psi), wrap(embedding)
        self.psi.build(shape)
        self.embedding.build((shape[0],) if self.condition_dim is None else (shape[0], self.condition_dim))
        self.built = True

    def call(self, inputs: Sequence[Tensor], training: bool = False) -> Tensor:
        """Return the logits, `(batch, 1)`."""
        features, labels = inputs
        features = at_least_float32(features)
        given = class_labels(labels) if self.condition_dim is None else at_least_float32(labels)
        projected = ops.sum(self.embedding(given) * features, axis=-1, keepdims=True)
        return self.psi(features) + projected

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return `(batch, 1)`."""
        return (input_shape[0][0], 1)

    def compute_output_spec(self, inputs: Sequence[keras.KerasTensor], training: bool = False) -> keras.KerasTensor:
        """Return the symbolic logits, of their own precision rather than the policy's."""
        features, labels = inputs
        if self.condition_dim is None:
            check_integers(labels)
        return keras.KerasTensor((features.shape[0], 1), keras.backend.result_type(self.compute_dtype, "float32"))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "spectral_normalization": self.spectral_normalization,
            "seed": self.seed,
            "condition_dim": self.condition_dim,
        }


def _bare(layer: keras.layers.Layer) -> keras.layers.Layer:
    return layer
