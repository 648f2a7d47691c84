import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import (
    GAN,
    ExponentialMovingAverage,
    ImageToImage,
    InputError,
    PowerFunctionAverage,
    augmentation,
    optimizers,
)
from keras_gan.data import ImageData
from keras_gan.layers import EqualizedConv2D
from keras_gan.loading import carry_over, freeze
from keras_gan.models import dcgan, fastgan, mlp, patch_discriminator, r3gan, sngan, stylegan2, unet
from keras_gan.penalties import R1, LeCam
from keras_gan.terms import AutoEncoding, PathLength

FIXED = "not the probability of ADA, which is fixed here, or follows a schedule"


def gan(side=16, channels=1, num_classes=None, seed=0, ema=0.5, **rules):
    networks = dcgan((side, side, channels), latent_dim=4, width=4, num_classes=num_classes, seed=seed)
    game = GAN(*networks, num_classes=num_classes, ema=ema)
    game.compile("adam", "adam", **rules)
    return game


def far(game):
    """Give weights and averages values of their own."""
    for index, weight in enumerate([*game.weights, *(w for copy in game.averages["generator"] for w in copy.weights)]):
        weight.assign(np.full(weight.shape, index + 1, weight.dtype))
    return game


def test_all_of_equal_networks():
    source = far(gan(augmentation=augmentation.ADA(p=0.1)))
    source.augmentation.current_p.assign(0.7)
    target = gan(seed=1, augmentation=augmentation.ADA(p=0.2, target=0.3, speed=1e5))
    carried = carry_over(source, target, "a.keras")
    for one, other in zip(source.get_weights(), target.get_weights(), strict=True):
        assert_array_equal(one, other)
    ada = target.augmentation
    found = [float(number) for number in (ada.current_p, ada.current_target, ada.current_speed, *ada.seen.numpy())]
    assert_allclose(found, [0.7, 0.3, 1e5, 0.0, 0.0, 0.0], rtol=1e-6)
    assert carried.is_whole
    assert str(carried).splitlines() == [
        "begun from:    a.keras, with fresh optimizers",
        "  discriminator: 100.0% of its numbers",
        "  generator: 100.0% of its numbers",
        "  the average of the generator (until the first step, which begins anew)",
        "  the probability of ADA, 0.7",
    ]
    assert int(target.step) == 0
    assert_array_equal(source.sample(3, seed=0), target.sample(3, seed=0))


@pytest.mark.parametrize(
    ("other", "anew"),
    [
        ({"num_classes": 3}, {"generator": 1, "discriminator": 1}),
        ({"channels": 3}, {"generator": 2, "discriminator": 1}),
    ],
)
def test_networks_that_differ_in_few_layers(other, anew):
    kept = {"num_classes": 5} if "num_classes" in other else {}
    source, target = far(gan(**kept)), gan(seed=1, **other)
    before = [weight.numpy() for weight in target.generator.weights]
    carried = carry_over(source, target)
    assert {name: len(names) for name, names in carried.others.items()} == anew
    assert not carried.is_whole
    assert 0.3 < min(carried.shares.values()) <= max(carried.shares.values()) < 1
    for weight, was in zip(target.generator.weights, before, strict=True):
        if f"{weight.path} {weight.shape}" in carried.others["generator"]:
            assert_array_equal(weight, was)
        else:
            assert np.unique(weight).size == 1


def test_twice_the_side():
    carried = carry_over(far(gan(16)), gan(32, seed=1))
    assert all(share > 0 for share in carried.shares.values())
    assert "% of its numbers, to maps of other sides; anew: " in str(carried)


@pytest.mark.long
@pytest.mark.parametrize(
    "networks",
    [
        lambda side: stylegan2((side, side, 3), latent_dim=4, channel_base=64, mapping_depth=2),
        lambda side: r3gan((side, side, 3), latent_dim=4, width=16, blocks=1),
        lambda side: fastgan((side, side, 3), latent_dim=4, width=1),
    ],
    ids=["stylegan2", "r3gan", "fastgan"],
)
def test_networks_that_grow_outwards(networks):
    source, target = GAN(*networks(16)), GAN(*networks(32), seed=1)
    for game in (source, target):
        game.compile("adam", "adam")
    carried = carry_over(source, target)
    assert min(carried.shares.values()) > 0.6, str(carried)
    assert carried.moved == ()
    assert not carried.is_whole


@pytest.mark.parametrize(
    ("arguments", "p", "told"),
    [
        ({"p": 0.1}, 0.7, ["the probability of ADA, 0.7"]),
        ({"p": 0.1, "target": None}, 0.1, [FIXED]),
        ({"p": optimizers.Cosine(0.0, 0.3, steps=10), "target": None}, 0.0, [FIXED]),
    ],
    ids=["moved", "fixed", "scheduled"],
)
def test_a_probability_is_carried_over_where_it_is_moved(arguments, p, told):
    source = gan(augmentation=augmentation.ADA())
    source.augmentation.current_p.assign(0.7)
    target = gan(seed=1, augmentation=augmentation.ADA(**arguments))
    besides = carry_over(source, target).besides
    assert_allclose(target.augmentation.current_p.numpy(), p)
    assert [line for line in besides if "ADA" in line] == told
    assert not target.augmentation.seen.numpy().any()


@pytest.mark.some(1)
@pytest.mark.parametrize(("other", "here"), [(None, "no augmentation"), ("diff_augment", "DiffAugment")])
def test_that_a_probability_is_lost_is_told(other, here):
    besides = carry_over(gan(augmentation="ada"), gan(seed=1, augmentation=other)).besides
    assert f"not the state of ADA: here is {here}" in besides
    assert len(carry_over(gan(augmentation="diff_augment"), gan(seed=1, augmentation="ada")).besides) == 1


def test_the_mean_path_length_is_carried_over():
    """From 0 on, a generator that has learnt would first be made to stand still."""

    def game(seed):
        game = GAN(*stylegan2((8, 8, 1), latent_dim=4, style_dim=4, channel_base=32, mapping_depth=1, seed=seed))
        game.compile("adam", "adam", terms=[R1(interval=16), PathLength()])
        return game

    source, target = game(0), game(1)
    source.terms[1].average.assign(3.125)
    assert "the mean path length, 3.12" in carry_over(source, target).besides
    assert float(target.terms[1].average.numpy()) == 3.125


def test_the_state_of_other_terms_is_carried_over_or_its_loss_told():
    source, target = gan(terms=[LeCam()]), gan(seed=1, terms=[LeCam()])
    for variable in source.terms[0].own_state:
        variable.assign(0.5)
    assert "the state of le_cam" in carry_over(source, target).besides
    assert [float(variable.numpy()) for variable in target.terms[0].own_state] == [0.5] * 3
    assert "not the state of le_cam: there is none here" in carry_over(source, gan(seed=1)).besides


def test_networks_that_terms_hold_stay_as_they_are():
    x = keras.Input((None, None, 1))
    terms = [AutoEncoding(keras.Model(x, keras.layers.Conv2D(2, 3)(x))) for _ in range(2)]
    assert [term.own_state for term in terms] == [[], []]
    before = terms[1].network.get_weights()
    assert terms[1].carry_over(terms[0]) == ""
    for one, other in zip(before, terms[1].network.get_weights(), strict=True):
        assert_array_equal(one, other)


def test_the_average_of_one_that_has_none_is_its_weights():
    source, target = gan(ema=None), gan(seed=1)
    carried = carry_over(source, target)
    assert "the average of the generator, from its weights (until the first step, which begins anew)" in carried.besides
    for one, other in zip(source.generator.weights, target.averages["generator"][0].weights, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("ema", "told"),
    [
        (PowerFunctionAverage(0.1), "average of the generator (until the first step, which begins anew)"),
        (
            ExponentialMovingAverage(half_life=1000),
            "average of the generator (until the first step, which begins anew)",
        ),
        (ExponentialMovingAverage(half_life=1000, warm_up=False), "average of the generator"),
        (
            [ExponentialMovingAverage(0.9, warm_up=False), PowerFunctionAverage(0.1)],
            "averages of the generator (some until the first step, which begins anew)",
        ),
    ],
    ids=str,
)
def test_an_average_that_begins_anew_says_so(ema, told):
    assert f"the {told}" in carry_over(gan(), gan(ema=ema)).besides


def test_of_several_averages_each_has_its_own_and_else_the_sampled_one():
    source = far(gan(ema=[0.5, 0.9]))
    source.sampled_average = 1
    averages = source.averages["generator"]
    for ema, expected in (([0.3, 0.4], averages), (0.5, averages[1:]), ([0.1, 0.2, 0.3], averages[1:] * 3)):
        target = gan(seed=1, ema=ema)
        carried = carry_over(source, target)
        (told,) = carried.besides
        assert told.startswith(f"the average{'s' * (len(expected) > 1)} of the generator")
        for ours, theirs in zip(target.averages["generator"], expected, strict=True):
            for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
                assert_array_equal(one, other)


def test_next_to_nothing_in_common_is_an_error():
    message = r"`start` must be a game whose \w+ has layers .* Received: b\.keras, with 0\.\d\d% of the numbers"
    with pytest.raises(InputError, match=message):
        carry_over(gan(), GAN(*mlp((16, 16, 1), latent_dim=7, hidden=(5,))), "b.keras")
    others = [GAN(*sngan((16, 16, 1), latent_dim=4, width=width)) for width in (8, 2)]
    for other in others:
        other.compile("adam", "adam")
    with pytest.raises(InputError, match=message):
        carry_over(*others, "b.keras")


@pytest.mark.long
def test_frozen_layers_stay():
    game = gan()
    freeze(game, 2)
    layers = [layer for layer in game.discriminator.layers if layer.weights]
    before = [[weight.numpy() for weight in layer.weights] for layer in layers]
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 1), dtype=np.uint8)
    game.fit(ImageData(images, batch_size=4), epochs=1, verbose=0)
    moved = [
        any((weight.numpy() != was).any() for weight, was in zip(layer.weights, known, strict=True))
        for layer, known in zip(layers, before, strict=True)
    ]
    assert moved[:2] == [False, False]
    assert moved[-1]


@pytest.mark.long
def test_the_layers_next_to_the_image_are_frozen_and_not_those_of_labels():
    """Which may be many: StyleGAN2's discriminator maps the labels through nine dense layers."""
    networks = stylegan2((8, 8, 1), latent_dim=4, style_dim=4, channel_base=32, mapping_depth=1, num_classes=3)
    game = GAN(*networks, num_classes=3)
    game.compile("adam", "adam")
    freeze(game, 2)
    frozen = [layer for layer in game.discriminator.layers if not layer.trainable]
    assert [type(layer) for layer in frozen] == [EqualizedConv2D, EqualizedConv2D]
    assert frozen[0].kernel.shape[2] == 1
    assert game.discriminator.layers.index(frozen[1]) > 2


@pytest.mark.long
def test_freezing_leaves_what_terms_and_augmentation_have():
    """A term's network, which has no other place for its weights, and the state of ADA."""
    x = keras.Input((None, None, 1))
    network = keras.Model(x, keras.layers.Conv2D(2, 3)(x))
    game = GAN(*fastgan((8, 8, 1), latent_dim=4, width=1))
    game.compile("adam", "adam", terms=[AutoEncoding(network)], augmentation="ada")
    game.augmentation.variables[0].assign(0.7)
    kept = game.get_compile_config()
    before = [*network.get_weights(), *map(np.array, game.augmentation.variables)]
    freeze(game, 1)
    (term,) = game.terms
    after = [*term.network.get_weights(), *map(np.array, game.augmentation.variables)]
    for one, other in zip(before, after, strict=True):
        assert_array_equal(one, other)
    assert game.get_compile_config() == kept


def test_a_frozen_layer_that_is_drawn_is_an_error():
    target = gan(channels=3, seed=1)
    freeze(target, 1)
    message = r"`freeze` must be for .* Received: freeze=1, and nothing in b\.keras for conv2d\S*/kernel \(4, 4, 3, 4\)"
    with pytest.raises(InputError, match=message):
        carry_over(gan(), target, "b.keras", frozen=True)


@pytest.mark.long
def test_of_branches_each_is_frozen_and_normalizations_go_on():
    """Two of FastGAN's see the image. A batch normalization that is frozen takes its moving statistics in training."""
    game = GAN(*fastgan((64, 64, 1), latent_dim=4, width=1))
    game.compile("adam", "adam")
    freeze(game, 4)
    frozen = [layer for layer in game.discriminator.layers if not layer.trainable]
    images = game.discriminator.inputs[0]
    shapes = [layer.layer.kernel.shape for layer in frozen]
    assert sum(shape[2] == images.shape[-1] and shape[0] > 1 for shape in shapes) >= 2, shapes
    assert not any("batch_normalization" in layer.name for layer in frozen)
    assert len(frozen) == 4


def test_frozen_layers_are_told():
    target = gan(seed=1)
    freeze(target, 1)
    (name,) = [layer.name for layer in target.discriminator.layers if not layer.trainable]
    assert f"frozen in the discriminator: {name}" in carry_over(gan(), target, frozen=True).besides


def test_a_game_of_another_kind_is_an_error():
    other = ImageToImage(unet(1, 1, width=2, depth=2, normalization="none"), patch_discriminator(1, 1, 16, 2))
    other.compile("adam", "adam")
    with pytest.raises(InputError, match=r"`start` must hold a GAN with .* Received: c\.keras, of a ImageToImage"):
        carry_over(other, gan(), "c.keras")


def test_what_can_not_be_frozen():
    with pytest.raises(InputError, match="`freeze`"):
        freeze(gan(), 99)
    with pytest.raises(InputError, match=r"games with one discriminator. Received: a Sequential"):
        freeze(keras.Sequential(), 1)


@pytest.mark.parametrize("source_channels", [None, 1])
def test_discriminators_of_patches_are_frozen_too(source_channels):
    game = ImageToImage(unet(1, 1, width=2, depth=2), patch_discriminator(1, source_channels, 16, width=2))
    game.compile("adam", "adam")
    freeze(game, 2)
    layers = [layer for layer in game.discriminator.layers if layer.weights]
    assert [layer.trainable for layer in layers[:3]] == [False, False, True]
