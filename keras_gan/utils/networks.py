"""What is inside a network."""

from collections.abc import Iterator
from typing import Any


def walk(network: Any) -> Iterator[Any]:
    """Yield every layer of a network, those of nested networks and inside wrappers too."""
    inside = [*getattr(network, "layers", []), getattr(network, "layer", None)]
    for layer in inside:
        if layer is not None:
            yield layer
            yield from walk(layer)


def computes_in_float16(network: Any) -> bool:
    """Return whether any layer computes in float16, whose range needs a scale where gradients pass."""
    return any(layer.compute_dtype == "float16" for layer in walk(network))
