import keras
import numpy as np
import pytest

from keras_gan import InputError
from keras_gan.layers import SelfAttention, SpectralNormalization
from keras_gan.models import sagan


@pytest.mark.long
@pytest.mark.parametrize(
    ("attention", "counts"),
    [
        (32, (42_078_852, 39_463_618)),
        pytest.param(64, (42_017_412, 39_448_258), marks=pytest.mark.long),
    ],
)
def test_parameters_are_the_papers(attention, counts, undrawn, trainable):
    """Those of the authors' code, and of BigGAN's baseline: 81.5 million (Brock et al. 2019, table 1)."""
    networks = sagan((128, 128, 3), num_classes=1000, attention=attention)
    assert tuple(map(trainable, networks)) == counts


@pytest.mark.parametrize("shape", [(8, 8, 1), (48, 32, 2), (64, 64, 3)])
def test_shapes(shape):
    generator, discriminator = sagan(shape, latent_dim=5, width=1)
    assert generator.output_shape == (None, *shape)
    assert discriminator.output_shape == (None, 1)


@pytest.mark.parametrize("told", [{"num_classes": 4}, {"condition_dim": 2}])
def test_labels_go_in(told):
    for network in sagan((8, 8, 1), latent_dim=5, width=1, **told):
        assert network.input_shape[1] == ((None,) if "num_classes" in told else (None, 2))


def attention_of(network):
    return [layer.output.shape[1:3] for layer in network.layers if isinstance(layer, SelfAttention)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("shape", "attention", "places"),
    [
        ((64, 64, 3), 32, [(32, 32), (32, 32)]),
        ((64, 64, 3), 64, [(64, 64), (32, 32)]),
        ((48, 32, 3), 40, [(48, 32), (24, 16)]),
        ((48, 32, 3), 32, [(24, 16), (24, 16)]),
        ((8, 8, 1), 32, [(8, 8), (4, 4)]),
    ],
)
def test_attention_is_in_both(shape, attention, places):
    assert [attention_of(network) for network in sagan(shape, width=1, attention=attention)] == [[p] for p in places]
    assert [attention_of(network) for network in sagan(shape, width=1, attention=None)] == [[], []]


def test_both_are_normalized_spectrally():
    for network in sagan((16, 16, 3), width=1, num_classes=3):
        for layer in network.layers:
            if isinstance(layer, SelfAttention):
                assert layer.spectral_normalization
            elif any(weight.name in ("kernel", "embeddings") for weight in layer.trainable_weights):
                assert isinstance(layer, SpectralNormalization)


def test_attention_of_sides_that_there_are_not():
    with pytest.raises(InputError, match=r"`attention` must be at least 8, or None: .* 8x8\. Received: attention=4"):
        sagan((16, 16, 3), width=1, attention=4)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"sample_shape": (7, 8, 1)}, "sample_shape"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"width": 0}, "width"),
        ({"num_classes": 0}, "num_classes"),
        *[({"attention": side}, "attention") for side in (0, -1, 8.0, "8", True)],
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        sagan(**{"sample_shape": (8, 8, 1), **arguments})


def test_labels_reach_both():
    generator, discriminator = sagan((8, 8, 1), width=2, condition_dim=2)
    images = np.asarray(generator([np.ones((2, 128), "float32"), np.ones((2, 2), "float32")]))
    assert np.abs(images).max() <= 1
    one, other = (np.asarray(discriminator([images, label * np.ones((2, 2), "float32")])) for label in (0, 1))
    assert np.abs(one - other).max() > 0
    assert generator.get_layer("images").compute_dtype == keras.config.floatx()
