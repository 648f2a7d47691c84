"""Which weights of two networks belong together."""

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import keras

from keras_gan.types import Variable
from keras_gan.utils.networks import output_of

Pair: TypeAlias = tuple[Variable, Variable]
Sides: TypeAlias = tuple[int, ...]
_Layers: TypeAlias = tuple[keras.layers.Layer, keras.layers.Layer]
_Places: TypeAlias = Callable[[keras.Model], dict[Sides, Hashable]]

_NUMBER = re.compile(r"_\d+(?=/|$)")  # by which Keras tells layers of one kind apart
_BETTER = 1.5  # times as many numbers, for which layers go to others than those of the same size


@dataclass(frozen=True)
class Alignment:
    """What belongs together.

    Attributes:
        pairs: of weights of the same kind and shape, theirs first; none is in two.
        moved: whether layers are paired whose maps have other sides.
    """

    pairs: Sequence[Pair]
    moved: bool = False


def aligned(theirs: keras.Model, ours: keras.Model) -> Alignment:
    """Return which weights of two networks belong together.

    Layers of one kind whose maps have the same sides are paired in their order: so each stays at its size where a
    network has a size more. Where half as many numbers more are paired so, it is those whose maps are as many sizes
    above the smallest, or else below the largest: so networks whose channels follow from the distance to the image have
    next to it what was there. Layers without maps, and subclassed networks, are paired by their order alone.

    Args:
        theirs: a network.
        ours: one that need not be the same.
    """
    plain = _weights(theirs.weights, ours.weights)
    both = (theirs, ours)
    if len(plain) == len(theirs.weights) == len(ours.weights) or not all(hasattr(net, "operations") for net in both):
        return Alignment(plain)
    found: list[_Layers] = []
    for places in (_own, _above_the_smallest, _below_the_largest):
        pairs = _by_place(theirs, ours, places)
        if not found or _numbers(pairs) > _BETTER * _numbers(found):
            found = pairs
    weights = [pair for one, other in found for pair in _weights(one.weights, other.weights)]
    weights += _weights(*(_of_no_layer(network) for network in both))
    moved = any(
        _sides(one) != _sides(other) for one, other in found if _sides(one) and _weights(one.weights, other.weights)
    )
    return Alignment(_once(weights), moved)


def _own(network: keras.Model) -> dict[Sides, Hashable]:
    return {sides: sides for sides in _sizes(network)}


def _above_the_smallest(network: keras.Model) -> dict[Sides, Hashable]:
    return {sides: number for number, sides in enumerate(_sizes(network))}


def _below_the_largest(network: keras.Model) -> dict[Sides, Hashable]:
    return {sides: number for number, sides in enumerate(reversed(_sizes(network)))}


def _sizes(network: keras.Model) -> list[Sides]:
    """Return the sides of the maps that layers with weights make, the smallest first."""
    found = {_sides(layer) for layer in network.layers if layer.weights} - {()}
    return sorted(found, key=lambda sides: (math.prod(sides), sides))


def _sides(layer: keras.layers.Layer) -> Sides:
    """Return the sides of a layer's maps; none where it makes none, or of any sides."""
    maps = [tensor for tensor in keras.tree.flatten(output_of(layer)) if len(tensor.shape) == 4]
    sides = tuple(maps[0].shape[1:3]) if maps else ()
    return () if None in sides else sides


def _by_place(theirs: keras.Model, ours: keras.Model, places: _Places) -> list[_Layers]:
    first, second = (_groups(network, places(network)) for network in (theirs, ours))
    return [pair for key, layers in second.items() for pair in _layers(first.get(key, []), layers)]


def _groups(network: keras.Model, places: dict[Sides, Hashable]) -> dict[Hashable, list[keras.layers.Layer]]:
    """Return the layers with weights by kind and place."""
    found: dict[Hashable, list[keras.layers.Layer]] = defaultdict(list)
    for layer in network.layers:
        if layer.weights:
            found[_kind(layer.name), places.get(_sides(layer))].append(layer)
    return found


def _layers(theirs: Sequence[keras.layers.Layer], ours: Sequence[keras.layers.Layer]) -> Iterator[_Layers]:
    """Yield pairs of layers: of equal shapes first, and of what lies between these where as many do."""
    first, second = ([str([tuple(w.shape) for w in layer.weights]) for layer in layers] for layers in (theirs, ours))
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        if end - start == stop - begin:
            yield from zip(theirs[start:end], ours[begin:stop], strict=True)


def _weights(theirs: Sequence[Variable], ours: Sequence[Variable]) -> list[Pair]:
    """Return pairs of weights of the same name and shape, in their order."""
    first, second = ([f"{_kind(weight.path)} {tuple(weight.shape)}" for weight in each] for each in (theirs, ours))
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return [(theirs[one + index], ours[other + index]) for one, other, size in blocks for index in range(size)]


def _of_no_layer(network: keras.Model) -> list[Variable]:
    """Return the weights of a subclassed functional network that none of its layers has."""
    owned = {id(weight) for layer in network.layers for weight in layer.weights}
    return [weight for weight in network.weights if id(weight) not in owned]


def _once(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs without those of weights that were in one before: of layers that are shared."""
    seen: set[int] = set()
    kept = []
    for one, other in pairs:
        if not {id(one), id(other)} & seen:
            seen |= {id(one), id(other)}
            kept.append((one, other))
    return kept


def _numbers(layers: Sequence[_Layers]) -> int:
    """Return how many numbers of layers with maps are paired."""
    return sum(
        math.prod(weight.shape)
        for one, other in layers
        if _sides(other)
        for _, weight in _weights(one.weights, other.weights)
    )


def _kind(name: str) -> str:
    return _NUMBER.sub("", name)
