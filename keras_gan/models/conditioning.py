"""How the normalization of a generator is told what to make."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import keras

from keras_gan.layers import BatchNormalization, ConditionalBatchNormalization
from keras_gan.models.residual import ResidualLayers
from keras_gan.types import Tensor

Normalize: TypeAlias = Callable[[Tensor], Tensor]


def conditional_normalization(
    labels: Tensor | None, num_classes: int | None, condition_dim: int | None, momentum: float, epsilon: float
) -> Normalize:
    """Return batch normalization, whose scale and offset follow from the labels, if there are any."""

    def normalize(x: Tensor) -> Tensor:
        if labels is None:
            return BatchNormalization(momentum=momentum, epsilon=epsilon)(x)
        return ConditionalBatchNormalization(num_classes, momentum, epsilon, condition_dim)([x, labels])

    return normalize


def shared_embedding(
    layers: ResidualLayers, labels: Tensor | None, num_classes: int | None, embedding_dim: int
) -> list[Tensor]:
    """Return what all blocks of a generator know of the labels, in a list: `(batch, embedding_dim)`, or nothing.

    Of a class it is a row of a table, of a vector its product with a matrix.
    """
    if labels is None:
        return []
    initializer, name = layers.initializer(), "shared_embedding"
    if num_classes is not None:
        embedding = keras.layers.Embedding(num_classes, embedding_dim, embeddings_initializer=initializer, name=name)
    else:
        embedding = keras.layers.Dense(embedding_dim, use_bias=False, kernel_initializer=initializer, name=name)
    return [embedding(labels)]


def joined(parts: Sequence[Tensor]) -> Tensor:
    """Return vectors side by side."""
    return keras.layers.Concatenate()(parts) if len(parts) > 1 else parts[0]


def told_normalization(layers: ResidualLayers, condition: Tensor, momentum: float, epsilon: float) -> Normalize:
    """Return batch normalization, whose scale is 1 plus a linear function of `condition`, and its offset another one.

    Brock et al. 2019, arXiv:1809.11096, appendix B. The two have no biases.
    """

    def normalize(x: Tensor) -> Tensor:
        channels = x.shape[-1]
        x = BatchNormalization(momentum=momentum, epsilon=epsilon, center=False, scale=False)(x)
        gain, offset = (
            keras.layers.Reshape((1, 1, channels))(layers.dense(condition, channels, use_bias=False)) for _ in range(2)
        )
        # The offset first: of one channel Keras takes it for a bias of the rows where as many samples are added.
        return keras.layers.Add()([offset, x, keras.layers.Multiply()([x, gain])])

    return normalize
