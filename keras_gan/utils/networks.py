"""What is inside a network."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras


def walk(network: Any) -> Iterator[Any]:
    """Yield every layer of a network, those of nested networks, inside wrappers and inside composite layers too."""
    for layer in _inside(network):
        yield layer
        yield from walk(layer)


def _inside(network: Any) -> Iterable[Any]:
    """Return the layers that a network lists, or that a layer holds in its attributes."""
    if isinstance(network, keras.Model):
        return network.layers
    attributes = [value if isinstance(value, (list, tuple)) else [value] for value in vars(network).values()]
    return dict.fromkeys(item for items in attributes for item in items if isinstance(item, keras.layers.Layer))


def computes_in_float16(network: Any) -> bool:
    """Return whether any layer computes in float16, whose range needs a scale where gradients pass."""
    return any(layer.compute_dtype == "float16" for layer in walk(network))
