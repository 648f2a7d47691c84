"""Aliases of the types that travel through the package."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A `tf.Tensor`: TensorFlow and Keras carry no types, so the alias documents and does not check."""

Variable: TypeAlias = Any
"""A `keras.Variable`."""

Config: TypeAlias = dict[str, Any]
"""What `get_config` returns and `from_config` takes."""

Logs: TypeAlias = Mapping[str, Any]
"""What a step returns and a callback receives: names of quantities to scalars."""
