import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import SelfAttention, SpectralNormalization
from keras_gan.models import biggan


@pytest.mark.parametrize(
    ("side", "arguments", "counts"),
    [
        pytest.param(128, {}, (70_433_988, 87_982_370), marks=pytest.mark.long),
        pytest.param(128, {"width": 64}, (31_978_628, 39_448_258), marks=pytest.mark.long),
        pytest.param(
            256,
            {"latent_dim": 140, "attention": (128, 64)},
            (82_097_604, 99_225_890),
            marks=pytest.mark.long,
        ),
    ],
)
def test_parameters_are_the_papers(side, arguments, counts, undrawn, trainable):
    """At 256 the block from 8 to 8 units has a convolution in its shortcut, as in its authors' code.

    Without it, as in the table that is published beside the paper, there are 768 x 768 + 768 less: 98,635,298.
    """
    assert tuple(map(trainable, biggan((side, side, 3), num_classes=1000, **arguments))) == counts


@pytest.mark.long
def test_parameters_of_the_discriminator_for_cifar(undrawn, trainable):
    assert trainable(biggan((32, 32, 3), width=64, num_classes=10, attention=None).discriminator) == 4_207_361


@pytest.mark.parametrize("shape", [(8, 8, 1), pytest.param((48, 32, 2), marks=pytest.mark.long)])
@pytest.mark.parametrize("told", [{}, {"num_classes": 4}, {"condition_dim": 2}])
def test_shapes(shape, told):
    generator, discriminator = biggan(shape, latent_dim=9, width=1, **told)
    assert generator.output_shape == (None, *shape)
    assert discriminator.output_shape == (None, 1)
    for network in (generator, discriminator):
        assert isinstance(network.input_shape, tuple if not told else list)


@pytest.mark.long
def test_every_part_of_the_latents_and_the_labels_matter():
    generator, _ = biggan((16, 16, 1), latent_dim=7, width=2, num_classes=3)
    latents, labels = np.ones((8, 7), "float32"), np.array([0] * 8)
    latents[np.arange(7), np.arange(7)] = -1.0  # the last row is as it was
    images = np.asarray(generator([latents, labels]))
    assert (np.abs(images[:7] - images[7]).max((1, 2, 3)) > 1e-6).all()
    assert np.abs(np.asarray(generator([latents, labels + 2])) - images).max() > 1e-6


def test_latents_are_split_evenly():
    """In blocks and one more: of 9 columns at 32, 3 go to the innermost maps, and 2 to each block."""
    generator, _ = biggan((32, 32, 1), latent_dim=9, width=1, embedding_dim=5, condition_dim=2)
    dense = [layer.layer for layer in generator.layers if isinstance(layer, SpectralNormalization)]
    rows = [layer.kernel.shape[0] for layer in dense if isinstance(layer, keras.layers.Dense)]
    assert rows == [3] + 3 * 4 * [5 + 2]
    with pytest.raises(InputError, match=r"`latent_dim` must be at least 4, .* Received: latent_dim=3"):
        biggan((32, 32, 1), latent_dim=3, width=1)


def test_kernels_begin_orthogonal():
    networks = biggan((8, 8, 3), width=3, num_classes=3)
    for network in networks:
        for layer in network.layers:
            if isinstance(layer, SpectralNormalization):
                weight = layer.trainable_weights[0].numpy()
                matrix = weight.reshape(-1, weight.shape[-1])
                matrix = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
                assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-5)
            assert not isinstance(layer, keras.layers.Conv2D), "each is normalized spectrally"


def test_attention_of_two_sides():
    places = [
        [layer.output.shape[1:3] for layer in network.layers if isinstance(layer, SelfAttention)]
        for network in biggan((32, 32, 1), width=1, attention=(32, 8))
    ]
    assert places == [[(32, 32)], [(8, 8)]]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"sample_shape": (7, 8, 1)}, "sample_shape"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"latent_dim": "8"}, "latent_dim"),
        ({"width": 0}, "width"),
        ({"num_classes": 0}, "num_classes"),
        ({"embedding_dim": 0}, "embedding_dim"),
        ({"attention": 0}, "attention"),
        ({"attention": (8, 8, 8)}, "attention"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        biggan(**{"sample_shape": (8, 8, 1), **arguments})
