"""Features of a small classifier that is trained on the data themselves."""

import os
from collections.abc import Mapping
from typing import Self

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from keras_gan.metrics.features.trained_features import (
    Arrays,
    TrainedFeatures,
    body,
    checked_images,
    divided,
    kept,
    kernels,
)
from keras_gan.metrics.samples import check_labels
from keras_gan.types import Labels, Rows, Shape
from keras_gan.utils.progress import Progress
from keras_gan.utils.registry import register
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import check_integer, check_seed

_BATCH = 128
_PART = 4096  # of the held-out images that are in memory at once
_DOING = "training a classifier"


@register
class ClassifierFeatures(TrainedFeatures):
    """The last hidden layer, and the logits, of a small convolutional classifier of the training data.

    What stands in for Inception where that has nothing to say, as on digits or Fashion-MNIST, or where there is no
    network. `ClassifierFeatures.train` makes one from labelled images and keeps its weights in a file that is named
    after the digest of the images, the labels and the settings: asked again, it reads the file. Numbers are comparable
    only between extractors of the same `digest`. Of images without labels see `ContrastiveFeatures`.

    Args:
        key: what `train` made of the data and the settings.
        cache_dir: where the file is; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.
        batch_size: the most images that are passed at once.
        name: what results call it; the default is `"classifier"`.

    Attributes:
        accuracy: the share of the held-out tenth of the images that it classifies rightly.

    Raises:
        InputError: at the first use, if there is no such file, or it is damaged.

    Example:
    ```python
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)
    bright = (rng.integers(0, 128, (200, 8, 8, 1)) + 127 * labels[:, None, None, None]).astype(np.uint8)
    extractor = keras_gan.metrics.ClassifierFeatures.train(bright, labels, steps=20, cache_dir="cache")
    print(extractor(bright).shape, extractor.accuracy)  # (200, 128)
    ```
    """

    kind = told = "classifier"
    version = 1

    @classmethod
    def train(
        cls,
        images: ArrayLike | Rows,
        labels: Labels,
        *,
        steps: int = 1000,
        seed: int = 0,
        cache_dir: str | os.PathLike[str] | None = None,
        batch_size: int = 256,
        name: str | None = None,
        verbose: int | str = 0,
    ) -> Self:
        """Return an extractor trained on labelled images, or read from the file of an earlier training.

        Args:
            images: `(n, h, w, c)`, sides of 4 or more, uint8 or float in [-1, 1], 20 or more; in
                memory, or read as they are needed.
            labels: integers, `(n,)`.
            steps: of training, with 128 images each.
            seed: of the initial weights, the order and the split.
            cache_dir: where the file is kept.
            batch_size: the most images that are passed at once when features are extracted.
            name: what results call it.
            verbose: how to show how far a training is, which takes minutes on a CPU: 0, 1 or 2, as in Keras.

        Raises:
            InputError: the images or labels are not as above.
        """
        examples = checked_images(images)
        classes = check_labels(labels, len(examples))
        settings = {"steps": check_integer("steps", steps), "seed": check_seed("seed", seed)}
        return cls.made(
            settings,
            examples,
            lambda: _trained(examples, classes, steps, seed, Progress(verbose, "steps", _DOING)),
            classes,
            verbose=verbose,
            cache_dir=cache_dir,
            batch_size=batch_size,
            name=name,
        )

    @staticmethod
    def build(arrays: Mapping[str, np.ndarray]) -> keras.Model:
        """Return the classifier of what was kept, before it has its weights."""
        return _network(tuple(int(side) for side in arrays["shape"]), int(arrays["classes"]), seed=0)


def _trained(images: np.ndarray | Rows, labels: np.ndarray, steps: int, seed: int, progress: Progress) -> Arrays:
    """Return the weights of a trained classifier, with what is needed to make its network, and its accuracy."""
    random = np.random.default_rng(seed)
    held_out, rest = divided(len(images), random)
    network = _network(images.shape[1:], int(labels.max()) + 1, seed)
    logits = keras.Model(network.input, network.output["logits"])
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    logits.compile(keras.optimizers.Adam(schedule), loss)
    progress.expect(steps)
    for _ in range(steps):
        chosen = random.choice(rest, _BATCH)
        logits.train_on_batch(np.asarray(normalize(images[chosen])), labels[chosen])
        progress.add(1)
    parts = [held_out[first : first + _PART] for first in range(0, len(held_out), _PART)]
    scaled = (np.asarray(normalize(images[part])) for part in parts)
    told = [np.asarray(logits.predict(part, batch_size=256, verbose=0)).argmax(axis=1) for part in scaled]
    accuracy = float((np.concatenate(told) == labels[held_out]).mean())
    progress.finish({"right about held-out images": accuracy})
    return kept(network, images.shape[1:], accuracy, classes=labels.max() + 1)


def _network(shape: Shape, classes: int, seed: int) -> keras.Model:
    """Return the body with one dense layer more, of logits."""
    initializers = kernels(seed)
    images, features = body(shape, initializers)
    logits = layers.Dense(classes, kernel_initializer=next(initializers), name="logits")(features)
    return keras.Model(images, {"features": features, "logits": logits}, name="classifier")
