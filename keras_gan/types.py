"""Aliases of the types that travel through the package."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import keras
import numpy as np

Tensor: TypeAlias = Any
"""A `tf.Tensor`: TensorFlow and Keras carry no types, so the alias documents and does not check."""

Variable: TypeAlias = Any
"""A `keras.Variable`."""

Shape: TypeAlias = tuple[int | None, ...]
"""The sides of a tensor, the batch first; `None` for a side that is known to the graph alone."""

Labels: TypeAlias = np.ndarray | Sequence[int]
"""Integers in host memory, the classes of samples, one a sample."""

Data: TypeAlias = object
"""What `fit` and `evaluate` take: an array, a pair of arrays, a `tf.data.Dataset`, a `keras.utils.PyDataset`, a
generator of batches, an `ArrayData`, or a random access source. Users hand over anything, so nothing is known of it
before it was looked at."""

Batch: TypeAlias = Tensor | tuple[Tensor | None, ...]
"""What Keras hands to a step: samples, or `(samples, labels)`."""

OptimizerLike: TypeAlias = str | keras.optimizers.Optimizer | dict[str, Any]
"""What stands for an optimizer: its name, itself, or its config as Keras serializes it."""

Config: TypeAlias = dict[str, Any]
"""What `get_config` returns and `from_config` takes."""

Logs: TypeAlias = Mapping[str, Any]
"""What a step returns and a callback receives: names of quantities to scalars."""


@runtime_checkable
class Rows(Protocol):
    """Rows by their indices, kept anywhere: what is asked of samples that are not all in memory."""

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def digest(self) -> str:
        """What identifies the rows."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | Sequence[int] | np.ndarray) -> np.ndarray: ...
