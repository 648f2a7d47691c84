"""A generator of classes as one that takes their weights, so that there is something between two classes."""

import keras
import numpy as np

from keras_gan.layers import ConditionalBatchNormalization
from keras_gan.utils.validation import InputError

_TRIED = 8  # classes


def soft_classes(generator: keras.Model, num_classes: int) -> keras.Model:
    """Return a copy of a generator that takes the weights of the classes, `(batch, num_classes)`, in place of labels.

    A layer that looks up a row of its table for a class takes the weighted mean of the rows. At weights of 0 and 1 it
    is the generator.

    Args:
        generator: a functional network of `[latents, labels]`.
        num_classes: how many classes it knows.

    Raises:
        InputError: something else than a table or a one-hot vector is made of its labels.

    Example:
    ```python
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, num_classes=3)
    mixing = keras_gan.exploration.soft_classes(generator, num_classes=3)
    half = mixing([ops.zeros((1, 4)), ops.convert_to_tensor([[0.5, 0.5, 0.0]])])
    ```
    """
    latents = keras.Input(generator.inputs[0].shape[1:], name="latents")
    weights = keras.Input((num_classes,), name="class_weights")
    try:
        network = keras.models.clone_model(generator, [latents, weights], clone_function=_soft)
    except (TypeError, ValueError) as error:
        raise InputError(
            "`gan` must make embeddings, one-hot vectors or conditional batch normalization of its labels: there is "
            f"nothing between its classes. Received: {generator.name!r}"
        ) from error
    for old, new in zip(generator.layers, network.layers, strict=True):
        new.set_weights(_weights(old, new))
    _check(generator, network, num_classes)
    return network


def _check(generator: keras.Model, network: keras.Model, num_classes: int) -> None:
    """Raise unless the copy is nearly the generator where one class has nearly all of the weight."""
    classes = np.arange(min(num_classes, _TRIED))
    latents = np.random.default_rng(0).normal(size=(len(classes), *generator.inputs[0].shape[1:])).astype(np.float32)
    expected = np.asarray(generator([latents, classes.astype(np.int32)]), np.float32)
    nearly = 0.9999 * np.eye(num_classes, dtype=np.float32)[classes]  # which rounding would make nothing of
    made = np.asarray(network([latents, nearly]), np.float32)
    if not np.allclose(made, expected, atol=2e-2 * max(1.0, float(np.abs(expected).max()))):
        raise InputError(
            "`gan` must make nothing of its labels but embeddings, one-hot vectors or conditional batch normalization: "
            f"there is nothing between its classes. Received: {generator.name!r}, which makes something else"
        )


def _soft(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Return a new layer like `layer`, which takes weights where that takes classes."""
    config = layer.get_config()
    if isinstance(layer, keras.layers.CategoryEncoding):
        return keras.layers.Identity(name=layer.name)
    if isinstance(layer, keras.layers.Embedding):
        return keras.layers.Dense(layer.output_dim, use_bias=False, dtype=layer.dtype_policy, name=layer.name)
    if isinstance(layer, ConditionalBatchNormalization) and layer.num_classes is not None:
        config |= {"num_classes": None, "condition_dim": layer.num_classes}
    return type(layer).from_config(config)


def _weights(old: keras.layers.Layer, new: keras.layers.Layer) -> list[np.ndarray]:
    weights: list[np.ndarray] = old.get_weights()
    if isinstance(old, ConditionalBatchNormalization) and old.num_classes is not None:
        # A vector's gamma is a change of 1, and weights add up to 1.
        return [value - 1.0 if own is old.gamma else value for own, value in zip(old.weights, weights, strict=True)]
    return weights
