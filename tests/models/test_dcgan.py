import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.models import dcgan


def weights(networks):
    return [weight for network in networks for weight in network.get_weights()]


@pytest.mark.some(10)
@pytest.mark.parametrize("side", [8, 12, 28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("num_classes", [None, 4])
def test_shapes(side, channels, num_classes):
    generator, discriminator = dcgan((side, side, channels), latent_dim=5, width=2, num_classes=num_classes)
    latents, labels = np.ones((2, 5), "float32"), [] if num_classes is None else [np.array([0, 3])]
    images = np.asarray(generator([latents, *labels] if labels else latents))
    assert images.shape == (2, side, side, channels)
    assert np.abs(images).max() <= 1
    assert discriminator([images, *labels] if labels else images).shape == (2, 1)


@pytest.mark.parametrize(
    ("side", "inner", "widths"),
    [(8, 4, [3]), (12, 6, [3]), (28, 7, [3, 6]), (32, 4, [3, 6, 12]), (64, 4, [3, 6, 12, 24])],
)
def test_the_side_is_halved_and_the_channels_doubled(side, inner, widths):
    generator, discriminator = dcgan((side, side, 1), width=3)
    convolutions = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == widths
    assert convolutions[-1].output.shape == (None, inner, inner, widths[-1])
    (reshape,) = [layer for layer in generator.layers if isinstance(layer, keras.layers.Reshape)]
    assert reshape.output.shape == (None, inner, inner, widths[-1])


@pytest.mark.parametrize(
    ("size", "path"),
    [
        ((33, 47), [(33, 47), (17, 24), (9, 12), (5, 6)]),
        ((64, 32), [(64, 32), (32, 16), (16, 8), (8, 4)]),
        ((9, 8), [(9, 8), (5, 4)]),
        ((30, 30), [(30, 30), (15, 15), (8, 8), (4, 4)]),
        ((100, 100), [(100, 100), (50, 50), (25, 25)]),
        ((8, 200), [(8, 200), (4, 100)]),
    ],
)
@pytest.mark.parametrize("channels", [4, 7])
def test_sides_that_are_odd_or_differ(size, path, channels):
    """Both networks go through the same sizes."""
    generator, discriminator = dcgan((*size, channels), latent_dim=5, width=2)
    convolutions = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.output.shape[1:3] for layer in convolutions] == path[1:]
    outputs = [layer.output.shape[1:3] for layer in generator.layers if len(layer.output.shape) == 4]
    assert [size for size in dict.fromkeys(reversed(outputs)) if size in path] == path
    images = np.asarray(generator(np.ones((2, 5), "float32")))
    assert images.shape == (2, *size, channels)
    assert discriminator(images).shape == (2, 1)
    assert images[:, -1].std() > 0, "the last row is made, not padded"


def test_parameters_by_hand():
    generator, discriminator = dcgan((8, 8, 1), latent_dim=5, width=2)
    assert generator.count_params() == 5 * (4 * 4 * 2) + 4 * 2 + (4 * 4 * 2 * 1 + 1), "dense, batch norm, the image"
    assert discriminator.count_params() == (4 * 4 * 1 * 2 + 2) + (4 * 4 * 2 + 1)


@pytest.mark.parametrize("num_classes", [None, 10])
def test_kernels_begin_with_standard_deviation_002(num_classes):
    for network in dcgan((32, 32, 3), width=32, num_classes=num_classes):
        kernels = [w for layer in network.layers for w in layer.weights if w.name == "kernel"]
        assert len(kernels) == 4
        for kernel in kernels:
            count = np.prod(kernel.shape)
            assert_allclose(np.std(kernel), 0.02, rtol=5 / (2 * count) ** 0.5)
            assert_allclose(np.mean(kernel), 0.0, atol=5 * 0.02 / count**0.5)


def test_batch_normalization_where_the_paper_has_it():
    """In all hidden layers but the discriminator's first, and nowhere in it if it is turned off."""

    def count(network):
        return sum(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)

    assert [count(network) for network in dcgan((32, 32, 1), width=2)] == [3, 2]
    assert [count(network) for network in dcgan((32, 32, 1), width=2, discriminator_batch_norm=False)] == [3, 0]


def test_the_seed_decides_the_weights():
    make = lambda seed: dcgan((8, 8, 1), width=4, num_classes=3, seed=seed)  # noqa: E731
    first, second, other = make(1), make(1), make(2)
    for ours, theirs in zip(weights(first), weights(second), strict=True):
        assert_array_equal(ours, theirs)
    for (ours, theirs), weight in zip(
        zip(weights(first), weights(other), strict=True), [w for n in first for w in n.weights], strict=True
    ):
        if weight.name in ("kernel", "embeddings"):
            assert not np.allclose(ours, theirs), weight.path


def test_no_two_layers_share_their_first_weights():
    kernels = [w.flatten()[:8] for w in weights(dcgan((32, 32, 1), width=4, seed=1)) if w.ndim > 1]
    assert len({tuple(kernel) for kernel in kernels}) == len(kernels) == 8


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_what_comes_out_is_float32(policy):
    keras.mixed_precision.set_global_policy(policy)
    generator, discriminator = dcgan((8, 8, 1), width=2, num_classes=3)
    for network in (generator, discriminator):
        assert network.layers[-1].compute_dtype == network.outputs[0].dtype == "float32"
        halves = [layer for layer in network.layers if layer.compute_dtype == policy.removeprefix("mixed_")]
        assert any(isinstance(layer, keras.layers.Conv2D | keras.layers.Conv2DTranspose) for layer in halves)
    assert discriminator.get_layer("logit").compute_dtype == "float32"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        *[({"sample_shape": (side, 8, 1)}, "sample_shape") for side in (6, 7, 4, 0, -8, 8.0, "8", True, 4097)],
        *[({"sample_shape": (8, 8, channels)}, "sample_shape") for channels in (0, 65, "1", None, True, 3.0)],
        *[({"sample_shape": shape}, "sample_shape") for shape in (8, (8, 8), (8, 8, 8, 1), "8x8", None)],
        ({"latent_dim": 0}, "latent_dim"),
        ({"width": 0}, "width"),
        ({"num_classes": 0}, "num_classes"),
        ({"seed": -1}, "seed"),
        ({"seed": "0"}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        dcgan(**{"sample_shape": (8, 8, 1), **arguments})


def test_they_are_plain_functional_models(tmp_path):
    for network, inputs in zip(dcgan((8, 8, 1), latent_dim=4, width=2, num_classes=3), [(4,), (8, 8, 1)], strict=True):
        assert {type(layer).__module__.split(".")[0] for layer in network.layers} <= {"keras", "keras_gan"}
        network.save(tmp_path / "network.keras")
        x = [np.ones((2, *inputs), "float32"), np.array([0, 2])]
        assert_array_equal(keras.models.load_model(tmp_path / "network.keras")(x), network(x))
