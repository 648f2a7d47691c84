import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import BatchNormalization, ConditionalBatchNormalization, SpectralNormalization
from keras_gan.models import sngan


@pytest.mark.long
@pytest.mark.parametrize(
    ("side", "arguments", "counts"),
    [
        (32, {"logit_bias": False}, (4_276_739, 1_053_824)),
        (32, {}, (4_276_739, 1_053_825)),
        (32, {"num_classes": 10, "logit_bias": False}, (4_304_387, 1_055_104)),
        (128, {}, (32_150_787, 29_017_857)),
        (128, {"num_classes": 1000}, (41_996_931, 30_041_857)),
    ],
)
def test_parameters_are_the_papers(side, arguments, counts, undrawn, trainable):
    """Those of the authors' code: for CIFAR-10 without a bias of the logit, for ImageNet with one."""
    assert tuple(map(trainable, sngan((side, side, 3), **arguments))) == counts


@pytest.mark.parametrize("shape", [(8, 8, 1), (48, 32, 2), (33, 47, 3), (64, 64, 3)])
def test_shapes(shape):
    generator, discriminator = sngan(shape, latent_dim=5, width=1)
    assert generator.output_shape == (None, *shape)
    assert discriminator.output_shape == (None, 1)


@pytest.mark.parametrize("told", [{"num_classes": 4}, {"condition_dim": 2}])
def test_labels_go_in(told):
    for network in sngan((8, 8, 1), latent_dim=5, width=1, **told):
        assert network.input_shape[1] == ((None,) if "num_classes" in told else (None, 2))


def test_what_comes_out():
    generator, discriminator = sngan((9, 12, 2), latent_dim=5, width=2, num_classes=3, seed=4)
    labels = np.array([0, 2])
    images = np.asarray(generator([np.ones((2, 5), "float32"), labels]))
    assert images.shape == (2, 9, 12, 2)
    assert np.abs(images).max() <= 1
    assert images[:, -1].std() > 0, "the last row is made, not padded"
    logits = np.asarray(discriminator([images, labels]))
    assert logits.shape == (2, 1)
    assert np.abs(logits - discriminator([images, labels[::-1]])).max() > 0


def test_only_the_discriminator_is_normalized_spectrally():
    generator, discriminator = sngan((16, 16, 3), width=1, num_classes=3)
    assert not [layer for layer in generator.layers if isinstance(layer, SpectralNormalization)]
    weighty = [layer for layer in discriminator.layers if layer.trainable_weights]
    assert all(isinstance(layer, SpectralNormalization) for layer in weighty)
    assert not [layer for layer in discriminator.layers if isinstance(layer, BatchNormalization)]


def test_batch_normalization_is_chainers():
    for told, kind in [({}, BatchNormalization), ({"num_classes": 3}, ConditionalBatchNormalization)]:
        normal = [layer for layer in sngan((16, 16, 3), width=1, **told).generator.layers if hasattr(layer, "momentum")]
        assert [(layer.momentum, layer.epsilon) for layer in normal] == [(0.9, 2e-5)] * 5
        assert sum(isinstance(layer, kind) for layer in normal) == (4 if told else 5), "the last one knows no class"


def test_kernels_begin_as_in_the_paper():
    """Glorot's bound, times the square root of 2 in the 3x3 convolutions of blocks only."""
    generator, discriminator = sngan((8, 8, 3), width=16)
    blocks = [layer for layer in generator.layers if isinstance(layer, keras.layers.Conv2D)]
    *_, last = blocks
    for layer in blocks:
        *places, inside, out = layer.kernel.shape
        gain = 2.0**0.5 if layer.kernel_size == (3, 3) and layer is not last else 1.0
        bound = gain * (6.0 / (np.prod(places) * (inside + out))) ** 0.5
        assert_allclose(np.abs(layer.kernel).max(), bound, rtol=0.02)
    assert_allclose(np.abs(discriminator.get_layer("spectral_logit").layer.kernel).max(), (6 / 33) ** 0.5, rtol=0.1)


def test_the_seed_decides_the_weights():
    first, second, other = (
        [w for network in sngan((8, 8, 1), width=2, num_classes=3, seed=seed) for w in network.get_weights()]
        for seed in (1, 1, 2)
    )
    for ours, theirs, others in zip(first, second, other, strict=True):
        assert_array_equal(ours, theirs)
        if ours.ndim > 1 and ours.std() > 0:
            assert not np.allclose(ours, others)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_what_comes_out_is_float32(policy):
    keras.mixed_precision.set_global_policy(policy)
    for network in sngan((8, 8, 1), width=2, num_classes=3):
        assert network.outputs[0].dtype == "float32"
        assert any(layer.compute_dtype == policy.removeprefix("mixed_") for layer in network.layers)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        *[({"sample_shape": shape}, "sample_shape") for shape in ((7, 8, 1), (8, 8, 65), (8, 8), 8, "8x8")],
        ({"latent_dim": 0}, "latent_dim"),
        ({"width": 0}, "width"),
        ({"num_classes": 0}, "num_classes"),
        ({"logit_bias": 1}, "logit_bias"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        sngan(**{"sample_shape": (8, 8, 1), **arguments})
