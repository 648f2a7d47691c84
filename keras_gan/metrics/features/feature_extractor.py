"""The base of what turns images into features."""

import contextlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.metrics.cache import digest
from keras_gan.metrics.samples import as_samples
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import snake_case
from keras_gan.utils.validation import InputError, check_integer


@contextlib.contextmanager
def in_float32() -> Iterator[None]:
    """Let networks that are made meanwhile compute in float32, whatever the policy of what they measure."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


class FeatureExtractor(ABC):
    """What turns samples into the features, or into the logits of classes, that metrics compare.

    A member defines `forward`, in the graph, for a batch: uint8 images `(n, h, w, c)` or float32 vectors `(n, d)`
    to a tensor `(n, features)` or a dictionary of such by head. Metrics ask for the head `"features"` or `"logits"`;
    a single tensor serves for both.

    Args:
        name: what the results of metrics call it.
        batch_size: the most samples that are passed at once; it changes the speed and the memory, and no result.

    Example:
    ```python
    class MeanColor(keras_gan.metrics.FeatureExtractor):
        digest = "mean-color-1"

        def forward(self, samples):
            return ops.mean(ops.cast(samples, "float32"), axis=(1, 2))

    print(MeanColor("mean_color")(images).shape)
    ```
    """

    def __init__(self, name: str, batch_size: int = 256) -> None:
        self.name = name
        self.batch_size = check_integer("batch_size", batch_size)
        self._compiled: dict[tuple[str, tuple[int, ...], np.dtype[Any]], Callable[[np.ndarray], Tensor]] = {}

    @property
    def digest(self) -> str | None:
        """What identifies this function of images, weights and all; `None` if nothing is known that does."""
        return None

    def load(self) -> None:  # noqa: B027 (most have nothing to read)
        """Read the weights, if they are in a file; called before `forward` is compiled."""

    @abstractmethod
    def forward(self, samples: Tensor) -> Tensor | Mapping[str, Tensor]:
        """Return the features of a batch, `(n, features)`, or a dictionary of heads."""

    def __call__(self, samples: ArrayLike, head: str = "features") -> np.ndarray:
        """Return features of samples, float32 `(n, features)`, computed `batch_size` at a time.

        Args:
            samples: images `(n, h, w, c)`, uint8 or floats in [-1, 1], or vectors `(n, d)`.
            head: `"features"` or `"logits"`.

        Raises:
            InputError: other samples, no such head, or what comes out is not of the shape `(n, features)`.
        """
        samples = as_samples("given", samples)
        samples = samples if samples.ndim == 4 else samples.astype(np.float32, copy=False)
        signature = (head, samples.shape[1:], samples.dtype)
        if signature not in self._compiled:
            self.load()
            self._compiled[signature] = self._compile(*signature)
        compute, size = self._compiled[signature], self.batch_size
        # One batch even of no samples: the width of the features is known from it.
        parts = [compute(samples[first : first + size]) for first in range(0, max(len(samples), 1), size)]
        features = np.concatenate([np.asarray(part, np.float32) for part in parts])
        if features.shape != (len(samples), features.size // max(len(samples), 1)) and len(samples):
            raise InputError(
                f"`extractor` must return features of shape (n, features): pool or flatten feature maps. "
                f"Received: shape {features.shape} for {len(samples)} samples from {self.name!r}"
            )
        return features

    def _compile(self, head: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Callable[[np.ndarray], Tensor]:
        """Return the function of a batch of arrays, of samples of this shape and type, to one head."""
        return tf.function(
            lambda samples: self._head(self.forward(samples), head),
            input_signature=[tf.TensorSpec((None, *shape), dtype)],
            autograph=False,
        )

    def _head(self, outputs: Tensor | Mapping[str, Tensor], head: str) -> Tensor:
        if not isinstance(outputs, Mapping):
            return outputs
        if head not in outputs:
            raise InputError(
                f"`extractor` must have a head {head!r} for this metric. "
                f"Received: {self.name!r} with the heads {sorted(outputs)}"
            )
        return outputs[head]

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"name": self.name, "batch_size": self.batch_size}

    @classmethod
    def from_config(cls, config: Config) -> "FeatureExtractor":
        """Return the extractor that `get_config` described."""
        return cls(**config)


def network_digest(network: keras.Model) -> str | None:
    """Return the SHA-256 of a network's layers and weights, whatever numbers Keras gave to its layers' names.

    Of a class without `get_config` the name stands for the layers. Before the weights are made there is no digest.
    """
    return digest(_architecture(network), *network.get_weights()) if network.built else None


def _architecture(network: keras.Model) -> str:
    try:
        text = network.to_json()
    except NotImplementedError:
        return f"{type(network).__module__}.{type(network).__qualname__}"
    for index, name in enumerate(_numbered_names(json.loads(text))):
        text = text.replace(f'"{name}"', f'"#{index}"')
    return text


def _numbered_names(config: object) -> list[str]:
    """Return the names that Keras made of class names, such as `dense_3`, in the order in which they appear."""
    if isinstance(config, list):
        return list(dict.fromkeys(name for item in config for name in _numbered_names(item)))
    if not isinstance(config, dict):
        return []
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, dict) else None
    pattern = rf"{snake_case(str(config.get('class_name')))}(_\d+)?"
    own = [name] if isinstance(name, str) and re.fullmatch(pattern, name) else []
    return list(dict.fromkeys([*own, *_numbered_names(list(config.values()))]))
