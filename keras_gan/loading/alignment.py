"""Which weights of two networks belong together."""

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import keras

from keras_gan.types import Variable

_NUMBER = re.compile(r"_\d+(?=/|$)")  # by which Keras tells layers of one kind apart


def aligned(theirs: keras.Model, ours: keras.Model) -> tuple[list[tuple[Variable, Variable]], bool]:
    """Return pairs of weights of the same kind, shape and place, and whether places are counted from the largest maps.

    A layer's place is how many sizes of maps are smaller than its own, or larger, by which more numbers are paired: so
    what made maps of 16x16 is paired with what does so, where a network has a size more; and of networks whose channels
    follow from the distance to the image, what was next to it with what is. Layers of one kind at one place are paired
    in their order; layers without maps, and subclassed networks, by their order alone.

    Args:
        theirs: a network.
        ours: one that need not be the same.
    """
    if not all(hasattr(network, "operations") for network in (theirs, ours)):
        return _weights(theirs.weights, ours.weights), False
    found = [_by_place(theirs, ours, from_largest) for from_largest in (False, True)]
    numbers = [sum(math.prod(one.shape) for one, _ in pairs) for pairs in found]
    from_largest = numbers[1] > numbers[0]
    return found[from_largest], from_largest


def _by_place(theirs: keras.Model, ours: keras.Model, from_largest: bool) -> list[tuple[Variable, Variable]]:
    first, second = (_groups(network, from_largest) for network in (theirs, ours))
    return [
        pair
        for key, layers in second.items()
        for one, other in _layers(first.get(key, []), layers)
        for pair in _weights(one.weights, other.weights)
    ]


def _groups(network: keras.Model, from_largest: bool) -> dict[tuple[str, int | None], list[keras.layers.Layer]]:
    """Return the layers with weights by kind and place."""
    places = _places(network, from_largest)
    found: dict[tuple[str, int | None], list[keras.layers.Layer]] = defaultdict(list)
    for layer in network.layers:
        if layer.weights:
            area = _area(layer)
            found[_kind(layer.name), None if area is None else places[area]].append(layer)
    return found


def _places(network: keras.Model, from_largest: bool) -> dict[int, int]:
    """Return the place of each area of maps."""
    areas = {area for layer in network.layers if layer.weights and (area := _area(layer)) is not None}
    return {area: index for index, area in enumerate(sorted(areas, reverse=from_largest))}


def _area(layer: keras.layers.Layer) -> int | None:
    """Return the pixels of a layer's maps; `None` where it makes none, or of any sides."""
    maps = [tensor for tensor in keras.tree.flatten(layer.output) if len(tensor.shape) == 4]
    sides = maps[0].shape[1:3] if maps else (None,)
    return None if None in sides else math.prod(sides)


def _layers(
    theirs: Sequence[keras.layers.Layer], ours: Sequence[keras.layers.Layer]
) -> Iterator[tuple[keras.layers.Layer, keras.layers.Layer]]:
    """Yield pairs of layers: of equal shapes first, and of what lies between these where as many do."""
    first, second = ([[tuple(w.shape) for w in layer.weights] for layer in layers] for layers in (theirs, ours))
    matcher = difflib.SequenceMatcher(None, [*map(str, first)], [*map(str, second)], autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        if end - start == stop - begin:
            yield from zip(theirs[start:end], ours[begin:stop], strict=True)


def _weights(theirs: Sequence[Variable], ours: Sequence[Variable]) -> list[tuple[Variable, Variable]]:
    """Return pairs of weights of the same name and shape, in their order."""
    first, second = ([f"{_kind(weight.path)} {tuple(weight.shape)}" for weight in each] for each in (theirs, ours))
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return [(theirs[one + index], ours[other + index]) for one, other, size in blocks for index in range(size)]


def _kind(name: str) -> str:
    return _NUMBER.sub("", name)
