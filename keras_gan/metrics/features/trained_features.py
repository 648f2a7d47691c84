"""Features of a small network that is trained on the data themselves: what is the same whatever it learns."""

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from keras_gan.metrics.cache import digest, read_arrays, write_arrays
from keras_gan.metrics.features.feature_extractor import FeatureExtractor, in_float32
from keras_gan.metrics.samples import as_samples
from keras_gan.types import Config, Rows, Shape, Tensor
from keras_gan.utils.files import cache_directory
from keras_gan.utils.progress import Display
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError

HELD_OUT = 10  # one image in ten
WIDTH = 128  # of the features

Arrays = dict[str, np.ndarray]


class TrainedFeatures(FeatureExtractor):
    """An extractor whose network was trained on images, and lies in a file that is named after these and the settings.

    A member trains, in a class method, and makes the network of what it has kept.

    Args:
        key: what the training made of the data and the settings.
        cache_dir: where the file is; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.
        batch_size: the most images that are passed at once.
        name: what results call it; the default is its kind.

    Attributes:
        kind: what the network is, in names of files and of results.
        told: the same in words.
        version: of the network and its training: another one makes other features.
        accuracy: of what it learnt, on the tenth of the images that it was not trained on.

    Raises:
        InputError: at the first use, if there is no such file, or it is damaged.
    """

    kind: ClassVar[str]
    told: ClassVar[str]
    version: ClassVar[int]

    def __init__(
        self,
        key: str,
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        batch_size: int = 256,
        name: str | None = None,
    ) -> None:
        super().__init__(name or self.kind, batch_size)
        self.key = key
        self.cache_dir = None if cache_dir is None else os.fspath(cache_dir)

    @classmethod
    def made(
        cls,
        settings: Config,
        images: np.ndarray | Rows,
        train: Callable[[], Arrays],
        *others: np.ndarray,
        verbose: int | str = 0,
        **options: Any,
    ) -> Self:
        """Return the extractor of these settings and data, read from its file or trained.

        Args:
            settings: of the training.
            images: what it is trained on.
            train: makes what is kept: `"weight_0"` and so on, the `"shape"` of the images, the `"accuracy"`.
            *others: that tell it from others too, such as the labels.
            verbose: whether to say that it is trained: 0, 1 or 2, as in Keras.
            **options: of the constructor.
        """
        identity = images.digest if isinstance(images, Rows) else images
        extractor = cls(digest({"version": cls.version, **settings}, identity, *others), **options)
        if read_arrays(extractor._file) is None:
            sides = "x".join(map(str, images.shape[1:]))
            told = f"features: a {cls.told} learns from {len(images):,} images of {sides}"
            Display(verbose).keep(told, "once for these data")
            with in_float32():
                write_arrays(extractor._file, train())
        return extractor

    @staticmethod
    def build(arrays: Mapping[str, np.ndarray]) -> keras.Model:
        """Return the network of what was kept, before it has its weights."""
        raise NotImplementedError

    @property
    def _file(self) -> Path:
        return cache_directory(self.cache_dir) / f"{self.kind}-{self.key}.npz"

    @functools.cached_property
    def _arrays(self) -> Arrays:
        arrays = read_arrays(self._file)
        if arrays is None:
            raise InputError(
                f"`key` must be of a {self.told} whose file is whole: make it again by {type(self).__name__}.train. "
                f"Received: key={self.key!r}, and no such file as {str(self._file)!r}"
            )
        return arrays

    @property
    def accuracy(self) -> float:
        """What it learnt of the held-out images."""
        return float(self._arrays["accuracy"])

    @functools.cached_property
    def network(self) -> keras.Model:
        """The network, read when it is first asked for."""
        with in_float32():
            network = self.build(self._arrays)
        network.set_weights([self._arrays[f"weight_{index}"] for index in range(len(network.weights))])
        return network

    @property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        arrays = self._arrays
        return digest(self.kind, self.version, *(arrays[name] for name in sorted(arrays)))

    def load(self) -> None:
        """Read the weights."""
        _ = self.network

    def forward(self, samples: Tensor) -> Mapping[str, Tensor]:
        """Return the heads of the network for images; `features` are `(n, 128)`."""
        expected = self.network.input.shape[1:]
        if tuple(samples.shape[1:]) != tuple(expected):
            raise InputError(
                f"`samples` must be images like those that the {self.told} was trained on, {tuple(expected)}. "
                f"Received: shape {tuple(samples.shape[1:])}"
            )
        return self.network(normalize(samples), training=False)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "key": self.key, "cache_dir": self.cache_dir}


def checked_images(images: ArrayLike | Rows) -> np.ndarray | Rows:
    """Return the images of a training, `(n, h, w, c)`.

    Raises:
        InputError: they are none, too few, or too small.
    """
    examples = images if isinstance(images, Rows) else as_samples("real", images)
    if len(examples.shape) != 4 or len(examples) < 2 * HELD_OUT or min(examples.shape[1:3]) < 4:
        raise InputError(
            f"`images` must be {2 * HELD_OUT} images or more, (n, h, w, c) with sides of 4 or more. "
            f"Received: shape {examples.shape}"
        )
    return examples


def divided(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the images that are held out, and of those that are trained on."""
    order = random.permutation(count)
    return order[: count // HELD_OUT], order[count // HELD_OUT :]


def kept(network: keras.Model, shape: Shape, accuracy: float, **facts: int | np.integer) -> Arrays:
    """Return what a file holds of a network that was trained; of what type the facts are tells in its digest."""
    weights = {f"weight_{index}": weight for index, weight in enumerate(network.get_weights())}
    told = {"shape": shape, **facts, "accuracy": accuracy}
    return {**weights, **{name: np.asarray(value) for name, value in told.items()}}


def body(shape: Shape, kernels: Iterator[keras.initializers.Initializer]) -> tuple[Tensor, Tensor]:
    """Return the input and the features: convolutions that halve the side to 8 or less, one more, a dense layer."""
    x = images = keras.Input(shape)
    filters, side = 32, max(int(side or 0) for side in shape[:2])
    for strides in [2] * max((side - 1).bit_length() - 3, 0) + [1]:
        x = layers.Conv2D(filters, 3, strides, "same", use_bias=False, kernel_initializer=next(kernels))(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        filters = min(2 * filters, 128)
    features = layers.Dense(WIDTH, "relu", kernel_initializer=next(kernels), name="features")(layers.Flatten()(x))
    return images, features


def kernels(seed: int) -> Iterator[keras.initializers.Initializer]:
    """Yield the initializers of one layer after the other."""
    return (keras.initializers.HeNormal(seed=number) for number in range(seed, seed + 100))
