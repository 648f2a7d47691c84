import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import AuxiliaryDecoder, Noise, SkipLayerExcitation, SpectralNormalization
from keras_gan.models import fastgan
from keras_gan.models.fastgan import _Layers
from keras_gan.utils.networks import last_function

DECODERS = 3_139_488


@pytest.mark.long
@pytest.mark.parametrize(
    ("side", "generator", "discriminator"),
    [
        (256, 29_127_846, 8_386_672),
        (512, 29_174_392, 8_387_008),
        (1024, 29_176_512, 8_388_704),
    ],
)
def test_the_paper_s_parameters(side, generator, discriminator, undrawn, trainable):
    networks = fastgan((side, side, 3))
    assert [trainable(network) for network in networks] == [generator, discriminator + DECODERS]
    decoders = [trainable(layer) for layer in networks.discriminator.layers if isinstance(layer, AuxiliaryDecoder)]
    assert sum(decoders) == DECODERS
    assert networks.discriminator.output["logits"].shape == (None, 50, 1)


@pytest.fixture(scope="module")
def of_64():
    return fastgan((64, 64, 3), latent_dim=5, width=2)


def small(shape, **arguments):
    return fastgan(shape, **{"latent_dim": 5, "width": 1, **arguments})


@pytest.mark.parametrize(
    ("shape", "condition", "places", "decoded"),
    [
        ((8, 8, 1), {"num_classes": 4}, 25, {"whole": (8, 8, 1)}),
        ((16, 16, 64), {"condition_dim": 2}, 25, {"whole": (16, 16, 64), "part": (8, 8, 64)}),
        ((48, 32, 2), {}, 2 * 9 * 5, {"whole": (48, 32, 2), "small": (24, 16, 2), "part": (24, 16, 2)}),
    ],
)
def test_shapes(shape, condition, places, decoded, played):
    networks = small(shape, **condition)
    images, heads = played(networks, shape, condition)
    assert np.abs(images).max() <= 1
    discriminator = networks.discriminator
    assert heads.pop("logits").shape == (2, places, 1)
    made = {name: discriminator.get_layer(name).decode(maps) for name, maps in heads.items() if name != "part"}
    if "part" in heads:
        height, width = heads["part"].shape[1:3]
        made["part"] = discriminator.get_layer("part").decode(heads["part"][:, : height // 2, : width // 2])
    assert {name: tuple(image.shape[1:]) for name, image in made.items()} == decoded
    for image in made.values():
        assert image.dtype == "float32"
        assert np.abs(image).max() <= 1


def test_without_decoders_there_are_logits_alone():
    discriminator = small((8, 8, 1), decoders=False).discriminator
    assert discriminator(np.zeros((3, 8, 8, 1))).shape == (3, 25, 1)


@pytest.mark.parametrize("condition", ["num_classes", "condition_dim"])
def test_labels_are_told_to_both(condition):
    """To all logits of the main branch by the same number, which the features give."""
    generator, discriminator = small((8, 8, 1), **{condition: 2}, decoders=False)
    labels = np.array([0, 1]) if condition == "num_classes" else np.eye(2, dtype="float32")
    images = np.asarray(generator([np.ones((2, 5), "float32"), labels]))
    assert np.abs(images[0] - images[1]).max() > 1e-4
    logits = np.asarray(discriminator([images[:1].repeat(2, axis=0), labels]))
    difference = logits[1] - logits[0]
    assert np.abs(difference).max() > 1e-4
    assert_allclose(difference, np.full((25, 1), difference[0, 0]), atol=1e-5)


def inputs_of_excitations(network):
    found = [layer for layer in network.layers if isinstance(layer, SkipLayerExcitation)]
    return [tuple((tensor.shape[1], tensor.shape[-1]) for tensor in layer.input) for layer in found]


@pytest.mark.long
def test_excitations_join_the_paper_s_maps(undrawn):
    """Sides and channels of the small and of the large ones, at 512 and a width of 64."""
    generator, discriminator = fastgan((512, 512, 3), decoders=False)
    assert inputs_of_excitations(generator) == [
        ((4, 1024), (64, 128)),
        ((8, 512), (128, 64)),
        ((16, 256), (256, 32)),
        ((32, 128), (512, 16)),
    ]
    assert inputs_of_excitations(discriminator) == [
        ((256, 16), (32, 128)),
        ((128, 32), (16, 256)),
        ((64, 64), (8, 512)),
    ]


def test_every_second_size_has_noise_twice(of_64):
    noises = [layer.output.shape[1] for layer in of_64.generator.layers if isinstance(layer, Noise)]
    assert noises == [8, 8, 32, 32]


def test_weights_begin_as_in_the_paper(of_64):
    """Kernels of N(0, 0.02), gains of N(1, 0.02), and no biases."""
    for network in of_64:
        kernels = np.concatenate([np.ravel(w) for w in network.trainable_weights if w.name == "kernel"])
        gains = np.concatenate([np.ravel(w) for w in network.trainable_weights if w.name == "gamma"])
        assert_allclose([kernels.mean(), kernels.std()], [0.0, 0.02], atol=5e-4)
        assert_allclose([gains.mean(), gains.std()], [1.0, 0.02], atol=5e-3)
        assert {w.name for w in network.trainable_weights} <= {"kernel", "gamma", "beta", "strength"}


def test_all_convolutions_are_normalized(of_64):
    for network in of_64:
        bare = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
        assert not bare
        assert sum(isinstance(layer, SpectralNormalization) for layer in network.layers) > 8


def test_the_small_image_is_part_of_the_large_one(of_64):
    """Without the last convolution, what is left is constant on 2x2 pixels: an image of 32x32, for the branch."""
    generator = of_64.generator
    last = [layer for layer in generator.layers if isinstance(layer, SpectralNormalization)]
    (large,) = [layer.layer for layer in last if layer.layer.filters == 3 and layer.layer.kernel_size == (3, 3)]
    kernel = large.kernel.numpy()
    large.kernel.assign(0 * kernel)
    images = np.asarray(generator(np.random.default_rng(0).normal(size=(2, 5)).astype("float32")))
    large.kernel.assign(kernel)
    assert images.std() > 1e-5
    assert_array_equal(images[:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2), images)


def test_the_second_branch_sees_means(of_64):
    """Which do not see a change of pixels that cancels in each 2x2; the main branch does."""
    checkers = np.indices((64, 64)).sum(0)[None, :, :, None] % 2 * 2.0 - 1.0
    images = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 64, 64, 3)).astype("float32")
    plain, changed = (of_64.discriminator(x)["logits"] for x in (images, (images + 0.3 * checkers).astype("float32")))
    assert np.abs(plain - changed)[:, :25].max() > 1e-4
    assert_allclose(plain[:, 25:], changed[:, 25:], atol=1e-5)


def test_gates_by_hand():
    """One half, times the sigmoid of the other; the statistics of a fresh normalization are 0 and 1."""
    x = keras.Input((2, 3, 8))
    layers = _Layers(0)
    layers.normalized = lambda x: x
    model = keras.Model(x, layers.gated(x))
    given = np.random.default_rng(0).normal(size=(2, 2, 3, 8)).astype("float32")
    assert_allclose(model(given), given[..., :4] / (1 + np.exp(-given[..., 4:])), rtol=1e-5)


def test_the_seed_decides_the_weights():
    ours, same, other = (small((8, 8, 1), seed=seed, decoders=False).generator.get_weights() for seed in (1, 1, 2))
    for weight, again in zip(ours, same, strict=True):
        assert_array_equal(weight, again)
    assert max(np.abs(weight - different).max() for weight, different in zip(ours, other, strict=True)) > 1e-3


def test_half_precision_ends_in_float32():
    keras.mixed_precision.set_global_policy("mixed_float16")
    generator, discriminator = small((8, 8, 1))
    images = generator(np.ones((2, 5), "float32"))
    heads = discriminator(images)
    assert images.dtype == heads["logits"].dtype == tf.float32
    assert heads["whole"].dtype == tf.float16


def test_other_sides_are_the_middle_of_larger_ones(check_middle):
    check_middle(small)
    generator = small((9, 9, 1)).generator
    assert last_function(generator.outputs[0]) == "tanh", "what bounds the samples is seen behind the crop"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_shape": (8, 65, 3)}, r"`sample_shape` must have a longer side of at most 64 beside 8, for this"),
        ({"sample_shape": (8,)}, r"`sample_shape` must be"),
        ({"width": 0}, r"`width` must be an integer >= 1\. Received: width=0"),
        ({"latent_dim": 2.5}, r"`latent_dim` must be an integer >= 1\. Received: latent_dim=2\.5"),
        ({"num_classes": 2, "condition_dim": 2}, r"`num_classes`"),
        ({"decoders": 1}, r"`decoders` must be True or False\. Received: decoders=1"),
        ({"seed": -1}, r"`seed` must be"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        fastgan(**{"sample_shape": (8, 8, 1), **arguments})


def test_as_many_samples_as_places():
    """Keras takes what is added second for a bias, if its one long axis is as long as the places of the first."""
    _, discriminator = small((8, 8, 1), condition_dim=2, decoders=False)
    random = np.random.default_rng(0)
    images, labels = random.normal(size=(25, 8, 8, 1)).astype("float32"), random.normal(size=(25, 2)).astype("float32")
    projection = next(
        layer
        for layer in discriminator.layers
        if isinstance(layer, SpectralNormalization) and layer.layer.name == "embedding"
    )
    projection.layer.kernel.assign(random.normal(size=projection.layer.kernel.shape))
    whole = np.asarray(discriminator([images, labels]))
    parts = [np.asarray(discriminator([images[i : i + 5], labels[i : i + 5]])) for i in range(0, 25, 5)]
    assert whole.shape == (25, 25, 1)
    assert_allclose(whole, np.concatenate(parts), atol=1e-5)
