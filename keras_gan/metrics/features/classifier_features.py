"""Features of a small classifier that is trained on the data themselves."""

import functools
import os
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from keras_gan.metrics.cache import digest, read_arrays, write_arrays
from keras_gan.metrics.features.feature_extractor import FeatureExtractor
from keras_gan.metrics.samples import check_labels, check_samples
from keras_gan.types import Config, Labels, Rows, Tensor
from keras_gan.utils.files import cache_directory
from keras_gan.utils.pixel_range import normalize
from keras_gan.utils.progress import Progress
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_seed

_VERSION = 1  # of the network and its training: another one makes other features
_BATCH = 128
_HELD_OUT = 10  # one image in ten
_PART = 4096  # of these that are in memory at once
_WIDTH = 128  # of the features
_DOING = "training a classifier"


@register
class ClassifierFeatures(FeatureExtractor):
    """The last hidden layer, and the logits, of a small convolutional classifier of the training data.

    What stands in for Inception where that has nothing to say, as on digits or Fashion-MNIST, or where there is no
    network. `ClassifierFeatures.train` makes one from labelled images and keeps its weights in a file that is named
    after the digest of the images, the labels and the settings: asked again, it reads the file. Numbers are comparable
    only between extractors of the same `digest`.

    Args:
        key: what `train` made of the data and the settings.
        cache_dir: where the file is; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.
        batch_size: the most images that are passed at once.
        name: what results call it.

    Attributes:
        accuracy: on the tenth of the images that it was not trained on.

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

    def __init__(
        self,
        key: str,
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        batch_size: int = 256,
        name: str = "classifier",
    ) -> None:
        super().__init__(name, batch_size)
        self.key = key
        self.cache_dir = None if cache_dir is None else os.fspath(cache_dir)

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
        name: str = "classifier",
        verbose: int | str = 0,
    ) -> "ClassifierFeatures":
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
        examples = images if isinstance(images, Rows) else check_samples("real", images)
        classes = check_labels(labels, len(examples))
        if len(examples.shape) != 4 or len(examples) < 2 * _HELD_OUT or min(examples.shape[1:3]) < 4:
            raise InputError(
                f"`images` must be {2 * _HELD_OUT} images or more, (n, h, w, c) with sides of 4 or more. "
                f"Received: shape {examples.shape}"
            )
        settings = {"version": _VERSION, "steps": check_integer("steps", steps), "seed": check_seed("seed", seed)}
        identity = examples.digest if isinstance(examples, Rows) else examples
        made = cls(digest(settings, identity, classes), cache_dir=cache_dir, batch_size=batch_size, name=name)
        if read_arrays(made._file) is None:
            write_arrays(made._file, _trained(examples, classes, steps, seed, Progress(verbose, "steps", _DOING)))
        return made

    @property
    def _file(self) -> Path:
        return cache_directory(self.cache_dir) / f"classifier-{self.key}.npz"

    @functools.cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        arrays = read_arrays(self._file)
        if arrays is None:
            raise InputError(
                f"`key` must be of a classifier whose file is whole: make it again by ClassifierFeatures.train. "
                f"Received: key={self.key!r}, and no such file as {str(self._file)!r}"
            )
        return arrays

    @property
    def accuracy(self) -> float:
        """The share of the held-out images that it classifies rightly."""
        return float(self._arrays["accuracy"])

    @functools.cached_property
    def network(self) -> keras.Model:
        """The classifier, read when it is first asked for."""
        arrays = self._arrays
        network = _network(tuple(int(side) for side in arrays["shape"]), int(arrays["classes"]), seed=0)
        network.set_weights([arrays[f"weight_{index}"] for index in range(len(network.weights))])
        return network

    @property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        arrays = self._arrays
        return digest("classifier", _VERSION, *(arrays[name] for name in sorted(arrays)))

    def load(self) -> None:
        """Read the weights."""
        _ = self.network

    def forward(self, samples: Tensor) -> Mapping[str, Tensor]:
        """Return `features`, `(n, 128)`, and `logits`, `(n, classes)`, of images."""
        expected = self.network.input.shape[1:]
        if tuple(samples.shape[1:]) != tuple(expected):
            raise InputError(
                f"`samples` must be images like those that the classifier was trained on, {tuple(expected)}. "
                f"Received: shape {tuple(samples.shape[1:])}"
            )
        return self.network(normalize(samples), training=False)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "key": self.key, "cache_dir": self.cache_dir}


def _trained(
    images: np.ndarray | Rows, labels: np.ndarray, steps: int, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Return the weights of a trained classifier, with what is needed to make its network, and its accuracy."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(images))
    held_out, rest = order[: len(order) // _HELD_OUT], order[len(order) // _HELD_OUT :]
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
    weights = {f"weight_{index}": weight for index, weight in enumerate(network.get_weights())}
    accuracy = (np.concatenate(told) == labels[held_out]).mean()
    progress.finish({"accuracy": accuracy})
    facts = {"shape": images.shape[1:], "classes": labels.max() + 1, "accuracy": accuracy}
    return {**weights, **{name: np.asarray(value) for name, value in facts.items()}}


def _network(shape: tuple[int, ...], classes: int, seed: int) -> keras.Model:
    """Return convolutions that halve the side down to 8 or less, one more, and two dense layers."""
    seeds = iter(range(seed, seed + 100))

    def kernel() -> keras.initializers.Initializer:
        return keras.initializers.HeNormal(seed=next(seeds))

    x = images = keras.Input(shape)
    filters, side = 32, max(shape[:2])
    for strides in [2] * max((side - 1).bit_length() - 3, 0) + [1]:
        x = layers.Conv2D(filters, 3, strides, "same", use_bias=False, kernel_initializer=kernel())(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        filters = min(2 * filters, 128)
    features = layers.Dense(_WIDTH, "relu", kernel_initializer=kernel(), name="features")(layers.Flatten()(x))
    logits = layers.Dense(classes, kernel_initializer=kernel(), name="logits")(features)
    return keras.Model(images, {"features": features, "logits": logits}, name="classifier")
