import math

import keras
import pytest

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


@pytest.mark.parametrize("told", [{}, {"num_classes": 3}], ids=["nothing", "classes"])
@pytest.mark.parametrize("name", GROWING)
def test_a_network_that_grows_keeps_each_layer_at_its_size(name, told):
    """ToRGB layers, noises and excitations of all sizes have the same kind and shape, and Keras lists them by depth."""
    for theirs, ours in zip(GROWING[name](32, **told), GROWING[name](64, **told), strict=True):
        pairs, from_largest = aligned(theirs, ours)
        assert not from_largest
        before, after = sides(theirs), sides(ours)
        assert [after[id(other)] for _, other in pairs] == [before[id(one)] for one, _ in pairs]
        assert len({id(one) for one, _ in pairs}) == len(pairs) == len({id(other) for _, other in pairs})
        assert numbers(one for one, _ in pairs) > 0.9 * numbers(theirs.weights), "all but what meets the image"


@pytest.mark.parametrize("name", GROWING)
def test_equal_networks_are_paired_weight_by_weight(name):
    for theirs, ours in zip(GROWING[name](32), GROWING[name](32), strict=True):
        pairs, from_largest = aligned(theirs, ours)
        assert not from_largest
        place = {id(weight): index for index, weight in enumerate(ours.weights)}
        assert {id(one): place[id(other)] for one, other in pairs} == {
            id(weight): index for index, weight in enumerate(theirs.weights)
        }


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
        pairs, from_largest = aligned(theirs, ours)
        assert from_largest
        before, after = sides(theirs), sides(ours)
        assert {after[id(other)] / before[id(one)] for one, other in pairs if before[id(one)] and after[id(other)]} == {
            2.0
        }


def network(*filters, kind=keras.layers.Conv2D):
    x = inputs = keras.Input((8, 8, 2))
    for count in filters:
        x = kind(count, 3, padding="same")(x)
    return keras.Model(inputs, x)


def test_layers_of_one_size_go_in_their_order():
    theirs, ours = network(4, 4, 6), network(4, 4, 4, 6)
    pairs, _ = aligned(theirs, ours)
    of = [
        ([id(weight) for weight in one.weights], [id(weight) for weight in other.weights])
        for one, other in zip(theirs.layers[1:], [ours.layers[index] for index in (1, 2, 4)], strict=True)
    ]
    assert [(id(one), id(other)) for one, other in pairs] == [
        pair for one, other in of for pair in zip(one, other, strict=True)
    ]


def test_of_a_layer_that_differs_the_rest_is_kept():
    theirs, ours = network(4, 4, 6), network(4, 4, 5)
    pairs, _ = aligned(theirs, ours)
    assert len(pairs) == 4
    theirs, ours = network(3, 4, 6), network(5, 4, 6)
    pairs, _ = aligned(theirs, ours)
    assert [tuple(one.shape) for one, _ in pairs] == [(4,), (3, 3, 4, 6), (6,)]
    assert aligned(network(4), network(4, kind=keras.layers.SeparableConv2D))[0] == []


def test_without_maps_it_is_their_order():
    theirs, ours = (mlp((4, 4, 1), latent_dim=2, hidden=hidden).generator for hidden in ((5, 5), (5, 5, 5)))
    pairs, _ = aligned(theirs, ours)
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
        pairs, _ = aligned(theirs, ours)
        assert [(id(one), id(other)) for one, other in pairs] == [
            (id(one), id(other)) for one, other in zip(theirs.weights, ours.weights, strict=True)
        ]
