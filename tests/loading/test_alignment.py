import math

import keras
import pytest

from keras_gan.layers import SpectralNormalization
from keras_gan.loading.alignment import aligned
from keras_gan.models import biggan, dcgan, fastgan, mlp, r3gan, stylegan2

GROWING = {
    "stylegan2": lambda side, **told: stylegan2(
        (side, side, 3), latent_dim=4, channel_base=4096, max_channels=8, mapping_depth=2, style_dim=8, **told
    ),
    "r3gan": lambda side, **told: r3gan((side, side, 3), latent_dim=4, width=32, blocks=1, **told),
    "fastgan": lambda side, **told: fastgan((side, side, 3), latent_dim=4, width=2, **told),
}


def sides(network):
    """Return the side of the maps that each weight's layer makes, by the weight."""
    maps = {layer: keras.tree.flatten(layer.output)[0].shape for layer in network.layers}
    return {id(w): shape[1] if len(shape) == 4 else None for layer, shape in maps.items() for w in layer.weights}


def numbers(weights):
    return sum(math.prod(weight.shape) for weight in weights)


def of_sizes(alignment, theirs, ours):
    """Return the sides of the maps that are paired, theirs and ours."""
    before, after = sides(theirs), sides(ours)
    return {(before[id(one)], after[id(other)]) for one, other in alignment.pairs} - {(None, None)}


def is_one_to_one(pairs):
    return len({id(one) for one, _ in pairs}) == len(pairs) == len({id(other) for _, other in pairs})


@pytest.mark.some(6)
@pytest.mark.parametrize("told", [{}, {"num_classes": 3}], ids=["nothing", "classes"])
@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("side", [16, 32])
def test_a_network_that_grows_keeps_each_layer_at_its_size(name, told, side):
    """ToRGB layers, noises and excitations of all sizes have the same kind and shape, and Keras lists them by depth."""
    for theirs, ours in zip(GROWING[name](side, **told), GROWING[name](2 * side, **told), strict=True):
        alignment = aligned(theirs, ours)
        assert not alignment.moved
        assert all(one == other for one, other in of_sizes(alignment, theirs, ours))
        assert is_one_to_one(alignment.pairs)
        most = numbers(theirs.weights)
        assert numbers(one for one, _ in alignment.pairs) > 0.8 * most, "all but what meets the image"


@pytest.mark.parametrize("name", GROWING)
def test_equal_networks_are_paired_weight_by_weight(name):
    for theirs, ours in zip(GROWING[name](32), GROWING[name](32), strict=True):
        alignment = aligned(theirs, ours)
        assert not alignment.moved
        place = {id(weight): index for index, weight in enumerate(ours.weights)}
        found = {id(one): place[id(other)] for one, other in alignment.pairs}
        assert found == {id(weight): index for index, weight in enumerate(theirs.weights)}


@pytest.mark.parametrize(
    "networks",
    [
        lambda side: dcgan((side, side, 1), latent_dim=4, width=4),
        lambda side: biggan((side, side, 3), latent_dim=120, width=4),
    ],
    ids=["dcgan", "biggan"],
)
def test_where_channels_follow_from_the_image_it_is_counted_from_there(networks):
    for theirs, ours in zip(networks(64), networks(128), strict=True):
        alignment = aligned(theirs, ours)
        assert alignment.moved
        assert {other / one for one, other in of_sizes(alignment, theirs, ours) if one and other} == {2.0}


def test_sides_of_another_family_are_counted_from_the_smallest():
    for theirs, ours in zip(GROWING["stylegan2"](48), GROWING["stylegan2"](64), strict=True):
        alignment = aligned(theirs, ours)
        assert alignment.moved
        assert of_sizes(alignment, theirs, ours) <= {(6, 4), (12, 8), (24, 16), (48, 32)}


def network(*filters, kind=keras.layers.Conv2D):
    x = inputs = keras.Input((8, 8, 2))
    for count in filters:
        x = kind(count, 3, padding="same")(x)
    return keras.Model(inputs, x)


def test_layers_of_one_size_go_in_their_order():
    theirs, ours = network(4, 4, 6), network(4, 4, 4, 6)
    pairs = aligned(theirs, ours).pairs
    of = [
        ([id(weight) for weight in one.weights], [id(weight) for weight in other.weights])
        for one, other in zip(theirs.layers[1:], [ours.layers[index] for index in (1, 2, 4)], strict=True)
    ]
    assert [(id(one), id(other)) for one, other in pairs] == [
        pair for one, other in of for pair in zip(one, other, strict=True)
    ]


def test_of_a_layer_that_differs_the_rest_is_kept():
    theirs, ours = network(4, 4, 6), network(4, 4, 5)
    pairs = aligned(theirs, ours).pairs
    assert len(pairs) == 4
    theirs, ours = network(3, 4, 6), network(5, 4, 6)
    pairs = aligned(theirs, ours).pairs
    assert [tuple(one.shape) for one, _ in pairs] == [(4,), (3, 3, 4, 6), (6,)]
    assert aligned(network(4), network(4, kind=keras.layers.SeparableConv2D)).pairs == []


def test_without_maps_it_is_their_order():
    theirs, ours = (mlp((4, 4, 1), latent_dim=2, hidden=hidden).generator for hidden in ((5, 5), (5, 5, 5)))
    pairs = aligned(theirs, ours).pairs
    assert [tuple(one.shape) for one, _ in pairs][:4] == [tuple(w.shape) for w in theirs.weights][:4]


def test_subclassed_and_sequential_networks_are_paired_by_the_order_of_their_weights():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = keras.layers.Dense(3), keras.layers.Dense(3)

        def call(self, x):
            return self.second(self.first(x))

    def sequential():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(3)])

    for make in (Own, sequential):
        theirs, ours = make(), make()
        for each in (theirs, ours):
            each(keras.ops.ones((1, 3)))
        pairs = aligned(theirs, ours).pairs
        assert [(id(one), id(other)) for one, other in pairs] == [
            (id(one), id(other)) for one, other in zip(theirs.weights, ours.weights, strict=True)
        ]


@pytest.mark.parametrize("same", [True, False])
def test_weights_that_no_layer_has_are_paired_too(same):
    class Scaled(keras.Model):
        def __init__(self, filters):
            x = inputs = keras.Input((8, 8, 2))
            for count in filters:
                x = keras.layers.Conv2D(count, 3, padding="same")(x)
            super().__init__(inputs, x)
            self.scale = self.add_weight(shape=(3,), name="scale")

    theirs, ours = Scaled((4, 4)), Scaled((4, 4) if same else (4, 5))
    pairs = aligned(theirs, ours).pairs
    assert len(pairs) == (5 if same else 3)
    assert (id(theirs.scale), id(ours.scale)) in [(id(one), id(other)) for one, other in pairs]


def test_a_layer_that_is_shared_is_paired_once():
    def shared(last):
        convolution = keras.layers.Conv2D(2, 3, padding="same")
        inner = keras.Input((8, 8, 2))
        nested = keras.Model(inner, convolution(inner), name="nested")
        x = inputs = keras.Input((8, 8, 2))
        x = nested(convolution(x))
        return keras.Model(inputs, keras.layers.Dense(last)(x))

    pairs = aligned(shared(3), shared(4)).pairs
    assert [tuple(one.shape) for one, _ in pairs] == [(3, 3, 2, 2), (2,)]


def test_networks_with_several_outputs_and_wrappers():
    def split(last):
        inputs = keras.Input((8, 8, 2))
        both = keras.Model(
            inner := keras.Input((8, 8, 2)), [keras.layers.Dense(3)(inner), keras.layers.Dense(2)(inner)]
        )
        one, other = both(SpectralNormalization(keras.layers.Conv2D(2, 3, padding="same"))(inputs))
        return keras.Model(inputs, [one, keras.layers.Dense(last)(other)])

    theirs, ours = split(3), split(4)
    assert len(aligned(theirs, ours).pairs) == len(theirs.weights) - 2
