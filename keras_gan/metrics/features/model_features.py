"""Any Keras model, or any function, as an extractor of features."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.metrics.features.feature_extractor import FeatureExtractor, network_digest
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError

ModelLike: TypeAlias = (
    keras.Model | str | os.PathLike[str] | Callable[[np.ndarray], ArrayLike | Mapping[str, ArrayLike]]
)
"""What stands for a network: itself, the path of its `.keras` file, or any function of a batch of arrays."""

ExtractorLike: TypeAlias = FeatureExtractor | ModelLike | Config
"""What stands for an extractor: itself, its config, or the network whose outputs are the features."""


@register
class ModelFeatures(FeatureExtractor):
    """The outputs of a Keras model, or of a function, as features.

    The model gets images as float32 in [-1, 1], `(n, h, w, c)`, or vectors, `(n, d)`, with `training=False`, and
    returns `(n, features)`; or a dictionary with the heads `features` and `logits`. A function that is no model gets
    the same as NumPy arrays and is not compiled. Metrics make one of these from a bare model or function.

    A model in memory is not saved with a metric, only its digest: hand it over again after loading, or give a path.

    Args:
        model: a `keras.Model`, the path of a `.keras` file with one, a function, or `None` for one that is not here.
        name: what results call it; by default the name of the model, the file or the function.
        batch_size: the most samples that are passed at once.
        digest: the SHA-256 of the model's layers and weights; computed if not given, and what a file must have if
            given. Of a function, or a model whose class has no `get_config` and is then known by its name, it is what
            you say: change it with the function.

    Raises:
        InputError: `model` is none of these; at the first call, if there is no model, or another than `digest` says.

    Example:
    ```python
    features = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(16)])
    metric = keras_gan.metrics.FrechetDistance(keras_gan.metrics.ModelFeatures(features))
    ```
    """

    def __init__(
        self,
        model: ModelLike | None = None,
        *,
        name: str | None = None,
        batch_size: int = 256,
        digest: str | None = None,
    ) -> None:
        if isinstance(model, os.PathLike):
            model = os.fspath(model)
        if model is not None and not isinstance(model, str) and not callable(model):
            raise InputError(
                "`model` must be a keras.Model, the path of a .keras file, a function or None. "
                f"Received: model={model!r}"
            )
        super().__init__(name or _name(model), batch_size)
        self.model = model
        self._given_digest = digest
        self._loaded: Any = model if not isinstance(model, str) else None

    @property
    def digest(self) -> str | None:
        """What was given, else the SHA-256 of the model as it is now: it may be trained further in the meantime."""
        if self._given_digest is None and (isinstance(self.model, keras.Model | str)):
            return network_digest(self.network)
        return self._given_digest

    @property
    def network(self) -> Callable[..., Any]:
        """The model or the function, read from its file when it is first asked for."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> keras.Model:
        if self.model is None:
            raise InputError(
                f"`extractor` {self.name!r} was a model in memory, of which only the digest is saved: compile again "
                f"with a metric that has the model. Received: model=None, digest={self._given_digest!r}"
            )
        try:
            loaded = keras.saving.load_model(self.model, compile=False)
        except (ValueError, OSError) as error:
            raise InputError(f"`model` must be a .keras file. Received: model={self.model!r} ({error})") from error
        found = network_digest(loaded)
        if self._given_digest not in (None, found):
            raise InputError(
                f"`model` must be the one with the digest {self._given_digest}. "
                f"Received: model={self.model!r} with the digest {found}"
            )
        return loaded

    def forward(self, samples: Tensor) -> Tensor | Mapping[str, Tensor]:
        """Return the model's outputs for a batch, images scaled to [-1, 1]."""
        scaled = normalize(samples) if len(samples.shape) == 4 else tf.cast(samples, tf.float32)
        return self.network(scaled, training=False)

    def _compile(self, head: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Callable[[np.ndarray], Tensor]:
        if isinstance(self.network, keras.Model):
            return super()._compile(head, shape, dtype)
        function = self.network
        return lambda samples: self._head(function(_scaled(samples)), head)

    def get_config(self) -> Config:
        """Return the constructor's arguments, a model in memory as `None` and its digest."""
        model = self.model if isinstance(self.model, str) else None
        return {**super().get_config(), "model": model, "digest": self.digest}


def as_extractor(value: ExtractorLike | None) -> FeatureExtractor | None:
    """Return an extractor from one, from its config, or from a model, a path or a function; `None` stays `None`."""
    if isinstance(value, dict):
        value = keras.saving.deserialize_keras_object(value)
    if value is None or isinstance(value, FeatureExtractor):
        return value
    if isinstance(value, str | os.PathLike) and not os.path.isfile(value):
        raise InputError(f"`extractor` must be a file if it is a path. Received: extractor={os.fspath(value)!r}")
    if isinstance(value, str | os.PathLike | keras.Model) or (callable(value) and not isinstance(value, type)):
        return ModelFeatures(value)
    raise InputError(
        "`extractor` must be a FeatureExtractor, a keras.Model, the path of a .keras file, a function or None. "
        f"Received: extractor={value!r}"
    )


def _scaled(samples: np.ndarray) -> np.ndarray:
    return np.asarray(normalize(tf.convert_to_tensor(samples)))


def _name(model: ModelLike | None) -> str:
    if isinstance(model, str):
        return os.path.splitext(os.path.basename(model))[0]
    return getattr(model, "name", None) or getattr(model, "__name__", None) or type(model).__name__
