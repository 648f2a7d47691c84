"""What is inside a network."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras


def walk(network: Any) -> Iterator[Any]:
    """Yield every layer of a network once: those of nested networks, in wrappers and in composite layers too."""
    return _walk(network, set())


def _walk(network: Any, seen: set[int]) -> Iterator[Any]:
    for layer in _inside(network):
        if id(layer) not in seen:  # shared by two, or the way back to where we come from
            seen.add(id(layer))
            yield layer
            yield from _walk(layer, seen)


def _inside(network: Any) -> Iterable[Any]:
    """Return the layers that a network lists, or that a layer holds in its attributes."""
    if isinstance(network, keras.Model):
        return network.layers
    attributes = [value if isinstance(value, (list, tuple)) else [value] for value in vars(network).values()]
    return dict.fromkeys(item for items in attributes for item in items if isinstance(item, keras.layers.Layer))


def computes_in_float16(network: Any) -> bool:
    """Return whether any layer computes in float16, whose range needs a scale where gradients pass."""
    return any(layer.compute_dtype == "float16" for layer in walk(network))
