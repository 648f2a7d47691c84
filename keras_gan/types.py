"""Aliases of the types that travel through the package."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

Tensor: TypeAlias = Any
"""A `tf.Tensor`: TensorFlow and Keras carry no types, so the alias documents and does not check."""

Variable: TypeAlias = Any
"""A `keras.Variable`."""

Shape: TypeAlias = tuple[int | None, ...]
"""The sides of a tensor, the batch first; `None` for a side that is known to the graph alone."""

Labels: TypeAlias = np.ndarray | Sequence[int]
"""Integers in host memory, the classes of samples, one a sample."""

Config: TypeAlias = dict[str, Any]
"""What `get_config` returns and `from_config` takes."""

Logs: TypeAlias = Mapping[str, Any]
"""What a step returns and a callback receives: names of quantities to scalars."""
