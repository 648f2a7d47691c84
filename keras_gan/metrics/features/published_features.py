"""Features of a network that was published with its weights: what is the same whichever it is."""

import functools
import os
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_gan.metrics.cache import digest, read_arrays
from keras_gan.metrics.features.feature_extractor import FeatureExtractor, in_float32
from keras_gan.metrics.features.torch_file import read_torch_file
from keras_gan.metrics.features.torch_weights import set_weights, weight_shapes
from keras_gan.types import Config, Tensor
from keras_gan.utils.validation import InputError


class PublishedFeatures(FeatureExtractor):
    """An extractor whose weights are in a file that PyTorch wrote, which is read without it and without unpickling.

    A member defines `identity`, `build` and `forward`.

    Args:
        weights: the file, or a `.npz` with the same names; `None` for what `find` returns.
        batch_size: the most images that are passed at once.
        name: what results call it.

    Raises:
        InputError: at the first use: there is no such file, or it does not hold the weights.
    """

    def __init__(self, weights: str | os.PathLike[str] | None, *, batch_size: int, name: str) -> None:
        super().__init__(name, batch_size)
        self.weights = None if weights is None else os.fspath(weights)

    @property
    @abstractmethod
    def identity(self) -> tuple[str, ...]:
        """What identifies the function of images, but for the weights."""

    @staticmethod
    @abstractmethod
    def build() -> keras.Model:
        """Return the network, before it has its weights."""

    def find(self) -> Path:
        """Return the file of the weights where none was given."""
        raise InputError(f"`weights` must be a file for {type(self).__name__}. Received: weights=None")

    @functools.cached_property
    def network(self) -> keras.Model:
        """The network with its weights, read when it is first asked for."""
        arrays = self._arrays
        with in_float32():
            network = self.build()
        set_weights(network, arrays)
        return network

    def load(self) -> None:
        """Read the weights."""
        _ = self.network

    @functools.cached_property
    def _arrays(self) -> Mapping[str, np.ndarray]:
        path = self.find() if self.weights is None else Path(self.weights)
        if not path.is_file():
            raise InputError(f"`weights` must be a file. Received: weights={self.weights!r}")
        arrays = read_arrays(path) if path.suffix == ".npz" else read_torch_file(path)
        if arrays is None:
            raise InputError(f"`weights` must be a whole .npz file. Received: weights={self.weights!r}")
        return arrays

    @property
    def digest(self) -> str:
        """The SHA-256 of the weights and of what is done to images first."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        return digest(*self.identity, *(self._arrays[name] for name in weight_shapes(self.network)))

    def coloured(self, samples: Tensor) -> Tensor:
        """Return images of three channels: grey ones become red, green and blue.

        Raises:
            InputError: they are no images of one channel or of three.
        """
        if len(samples.shape) != 4 or samples.shape[3] not in (1, 3):
            raise InputError(
                f"`samples` must be images (n, h, w, 1 or 3) for {type(self).__name__}. "
                f"Received: shape {tuple(samples.shape)}"
            )
        return tf.repeat(samples, 3, axis=3) if samples.shape[3] == 1 else samples

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "weights": self.weights}
