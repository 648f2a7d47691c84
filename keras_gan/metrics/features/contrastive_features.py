"""Features that a small network learns from the data themselves, without labels."""

import os
from collections.abc import Mapping
from typing import Self

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike

from keras_gan.augmentation import DiffAugment
from keras_gan.metrics.features.trained_features import (
    Arrays,
    TrainedFeatures,
    body,
    checked_images,
    divided,
    kept,
    kernels,
)
from keras_gan.random import RandomStream
from keras_gan.types import Rows, Shape, Tensor
from keras_gan.utils.progress import Progress
from keras_gan.utils.registry import register
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import check_integer, check_seed

_BATCH = 128
_PROJECTED = 64  # numbers in which views are compared
_TEMPERATURE = 0.2
_DOING = "learning features"


@register
class ContrastiveFeatures(TrainedFeatures):
    """The last hidden layer of a small convolutional network that has learnt to tell images from each other.

    Two views of each image, by `augmentation.DiffAugment`, are to be nearer to each other than to the views of all
    others of a batch: nobody has to name classes. It stands in for `ClassifierFeatures` where images have no labels.
    `ContrastiveFeatures.train` keeps its weights in a file that is named after the digest of the images and the
    settings: asked again, it reads the file. Numbers are comparable only between extractors of the same `digest`.

    Chen et al. 2020, arXiv:2002.05709, algorithm 1 and equation 1 (SimCLR), with other views, and one linear layer as
    the projection.

    Args:
        key: what `train` made of the data and the settings.
        cache_dir: where the file is; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.
        batch_size: the most images that are passed at once.
        name: what results call it; the default is `"contrastive"`.

    Attributes:
        accuracy: how often, of 128 images that it was not trained on, or of as many as there are, the nearest to one
            view is the other view of the same image.

    Raises:
        InputError: at the first use, if there is no such file, or it is damaged.

    Example:
    ```python
    images = np.random.default_rng(0).integers(0, 256, (200, 8, 8, 3), dtype=np.uint8)
    extractor = keras_gan.metrics.ContrastiveFeatures.train(images, steps=20, cache_dir="cache")
    print(extractor(images).shape, extractor.accuracy)  # (200, 128)
    ```
    """

    kind, told = "contrastive", "contrastive network"
    version = 1

    @classmethod
    def train(
        cls,
        images: ArrayLike | Rows,
        *,
        steps: int = 1000,
        seed: int = 0,
        cache_dir: str | os.PathLike[str] | None = None,
        batch_size: int = 256,
        name: str | None = None,
        verbose: int | str = 0,
    ) -> Self:
        """Return an extractor trained on images, or read from the file of an earlier training.

        Args:
            images: `(n, h, w, c)`, sides of 4 or more, uint8 or float in [-1, 1], 20 or more; in
                memory, or read as they are needed.
            steps: of training, with two views of up to 128 images each.
            seed: of the initial weights, the order, the views and the split.
            cache_dir: where the file is kept.
            batch_size: the most images that are passed at once when features are extracted.
            name: what results call it.
            verbose: how to show how far a training is, which takes minutes on a CPU: 0, 1 or 2, as in Keras.

        Raises:
            InputError: the images are not as above.
        """
        examples = checked_images(images)
        settings = {"steps": check_integer("steps", steps), "seed": check_seed("seed", seed)}
        return cls.made(
            settings,
            examples,
            lambda: _trained(examples, steps, seed, Progress(verbose, "steps", _DOING)),
            verbose=verbose,
            cache_dir=cache_dir,
            batch_size=batch_size,
            name=name,
        )

    @staticmethod
    def build(arrays: Mapping[str, np.ndarray]) -> keras.Model:
        """Return the network of what was kept, before it has its weights."""
        return _network(tuple(int(side) for side in arrays["shape"]), seed=0)


def contrast(one: Tensor, other: Tensor, temperature: float = _TEMPERATURE) -> Tensor:
    """Return how badly each row is told from the rows of other images, `(2 n,)`: NT-Xent, equation 1.

    Args:
        one: a view of each image, `(n, d)`.
        other: another view of each, in the same order.
        temperature: by which the cosines are divided.
    """
    rows = tf.math.l2_normalize(tf.cast(tf.concat([one, other], axis=0), tf.float32), axis=1)
    count = tf.shape(one)[0]
    # A row is the nearest to itself: it takes no part.
    likeness = tf.matmul(rows, rows, transpose_b=True) / temperature - 1e9 * tf.eye(2 * count)
    partners = tf.concat([tf.range(count) + count, tf.range(count)], axis=0)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=partners, logits=likeness)


def _trained(images: np.ndarray | Rows, steps: int, seed: int, progress: Progress) -> Arrays:
    """Return the weights of a trained network, with what is needed to make it, and its accuracy."""
    random = np.random.default_rng(seed)
    held_out, rest = divided(len(images), random)
    network, augment = _network(images.shape[1:], seed), DiffAugment()
    projection = layers.Dense(
        _PROJECTED, dtype="float32", kernel_initializer=keras.initializers.HeNormal(seed=seed + 100)
    )
    projected = keras.Model(network.input, projection(network.output["features"]))
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, steps))
    optimizer.build(projected.trainable_variables)

    def views(samples: Tensor, step: Tensor) -> Tensor:
        stream = RandomStream(seed, step)
        return tf.concat([augment.augment(samples, stream.within(view)) for view in ("one", "other")], axis=0)

    @tf.function(autograph=False)
    def update(samples: Tensor, step: Tensor) -> None:
        with tf.GradientTape() as tape:
            # Together, so that batch normalization tells nothing of which view it is.
            value = tf.reduce_mean(contrast(*tf.split(projected(views(samples, step), training=True), 2)))
        optimizer.apply(tape.gradient(value, projected.trainable_variables))

    progress.expect(steps)
    for step in range(steps):
        chosen = random.permutation(rest)[:_BATCH]  # each once: two views of one image are no others
        update(normalize(images[np.sort(chosen)]), tf.constant(step, tf.int64))
        progress.add(1)
    told = held_out[:_BATCH]
    one, other = tf.split(projected(views(normalize(images[np.sort(told)]), tf.constant(steps, tf.int64))), 2)
    nearest = tf.argmax(tf.matmul(one, tf.math.l2_normalize(other, axis=1), transpose_b=True), axis=1).numpy()
    accuracy = float((nearest == np.arange(len(told))).mean())
    progress.finish({"right about held-out images": accuracy})
    return kept(network, images.shape[1:], accuracy)


def _network(shape: Shape, seed: int) -> keras.Model:
    images, features = body(shape, kernels(seed))
    return keras.Model(images, {"features": features}, name="contrastive")
