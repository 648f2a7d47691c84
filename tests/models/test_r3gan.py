import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.models import r3gan


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "generator", "discriminator"),
    [
        ({"sample_shape": (32, 32, 3)}, 20_732_160, 20_683_776),
        ({"sample_shape": (32, 32, 3), "num_classes": 10}, 20_781_952, 21_280_512),
        ({"sample_shape": (64, 64, 3)}, 22_429_824, 22_381_440),
        ({"sample_shape": (256, 256, 3)}, 23_057_952, 23_009_568),
        (
            {"sample_shape": (32, 32, 3), "num_classes": 1000, "width": 1536, "group_width": 32},
            82_914_304,
            86_548_992,
        ),
        (
            {"sample_shape": (64, 64, 3), "num_classes": 1000, "width": [1536] * 5, "group_width": 32},
            103_570_432,
            107_205_120,
        ),
    ],
    ids=["CIFAR-10", "CIFAR-10 with classes", "FFHQ-64", "FFHQ-256", "ImageNet-32", "ImageNet-64"],
)
def test_the_paper_s_parameters(arguments, generator, discriminator, undrawn, trainable):
    assert [trainable(network) for network in r3gan(**arguments)] == [generator, discriminator]


def small(shape=(32, 32, 3), **arguments):
    return r3gan(shape, **{"latent_dim": 5, "width": 8, "blocks": 1, **arguments})


@pytest.mark.parametrize(
    ("shape", "condition"),
    [
        ((8, 8, 1), {}),
        ((28, 28, 1), {"num_classes": 4}),
        ((48, 32, 3), {"condition_dim": 2}),
        ((128, 128, 3), {"num_classes": 4}),
    ],
)
def test_shapes(shape, condition, played):
    _, logits = played(small(shape, **condition), shape, condition)
    assert logits.shape == (2, 1)


def test_kernels_begin_as_in_the_paper():
    """Standard deviations: fix-up inside of blocks, 0 at their ends, 1 / sqrt(fan in) elsewhere."""
    generator, discriminator = r3gan((32, 32, 3), width=48, num_classes=10)
    kernels = [w.numpy() for w in generator.trainable_weights if w.name == "kernel" and w.ndim == 4]
    firsts = [k for k in kernels if k.shape == (1, 1, 48, 96)]
    grouped = [k for k in kernels if k.shape == (3, 3, 16, 96)]
    lasts = [k for k in kernels if k.shape == (1, 1, 96, 48)]
    assert len(firsts) == len(grouped) == len(lasts) == 8
    assert all(not kernel.any() for kernel in lasts)
    gain = 0.824567  # sqrt(2 / 1.04) * 8^(-1/4)
    assert_allclose(np.std(firsts), gain / 48**0.5, rtol=0.03)
    assert_allclose(np.std(grouped), gain / 144**0.5, rtol=0.03)
    assert_allclose(np.std(discriminator.get_layer("embedding").kernel), (1 / 10 / 48) ** 0.5, rtol=0.1)
    (pooling,) = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.EinsumDense)]
    assert_allclose(np.std(pooling.kernel), 0.25, rtol=0.1)


def test_at_first_blocks_pass_on_what_they_get():
    """So the first images are the basis, scaled by latents, enlarged and coloured: linear in the latents."""
    generator, _ = small((8, 8, 3))
    latents = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    assert_allclose(generator(2 * latents), 2 * generator(latents), rtol=1e-4, atol=1e-5)
    assert float(tf.math.reduce_std(generator(latents))) > 0.1


def test_the_pooling_is_a_convolution_of_each_channel():
    _, discriminator = small((8, 8, 1))
    (pooling,) = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.EinsumDense)]
    maps = np.random.default_rng(0).normal(size=(2, 4, 4, 8)).astype("float32")
    expected = tf.nn.depthwise_conv2d(maps, tf.convert_to_tensor(pooling.kernel)[..., None], [1] * 4, "VALID")
    assert_allclose(pooling(maps), expected[:, 0, 0], rtol=1e-4, atol=1e-5)


def test_other_sides_are_the_middle_of_larger_ones(check_middle):
    check_middle(lambda shape: r3gan(shape, latent_dim=5, width=8))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        *[({"sample_shape": shape}, "sample_shape") for shape in [(8, 8), (4, 4, 1), (8, 65, 3), "8x8"]],
        *[({"sample_shape": (8, 8, channels)}, "sample_shape") for channels in (0, 65, 3.0)],
        ({"width": 0}, "width"),
        ({"width": [8, 8, 8]}, "width"),
        ({"width": "wide"}, "width"),
        ({"group_width": 0}, "group_width"),
        ({"blocks": 0}, "blocks"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must .*Received: {name}="):
        r3gan(**{"sample_shape": (8, 8, 1), **arguments})


def test_the_seed_decides_the_weights():
    first, second, other = (small((8, 8, 1), seed=seed) for seed in (1, 1, 2))
    for ours, same, another in zip(
        *([w for n in m for w in n.get_weights()] for m in (first, second, other)), strict=True
    ):
        assert_array_equal(ours, same)
        assert not ours.any() or not np.allclose(ours, another)


MODES = ["XLA", "float32", "mixed_bfloat16"]


def pytest_generate_tests(metafunc):
    if "mode" in metafunc.fixturenames:
        metafunc.parametrize("mode", MODES if metafunc.config.getoption("--full") else MODES[:1])


@pytest.mark.long
@pytest.mark.full
def test_three_steps_and_back(mode, tmp_path):
    keras.mixed_precision.set_global_policy("float32" if mode == "XLA" else mode)
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 3), dtype=np.uint8)
    gan = keras_gan.GAN(*small((8, 8, 3), num_classes=3), num_classes=3, ema=0.9)
    adams = [
        keras_gan.optimizers.Adam(1e-3, beta_1=0.0, beta_2=keras_gan.optimizers.Cosine(0.9, 0.99, 3)) for _ in "gd"
    ]
    gan.compile(*adams, loss="relativistic", terms=["r1", "r2"], jit_compile=mode == "XLA")
    history = gan.fit(images, np.arange(24) % 3, batch_size=8, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    gan.save(tmp_path / "gan.keras")
    again = keras_gan.load(tmp_path / "gan.keras")
    assert_array_equal(again.sample(3, labels=1, seed=0), gan.sample(3, labels=1, seed=0))


@pytest.mark.long
@pytest.mark.full
def test_replicas_equal_one(two_replicas):
    images = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)

    def trained(strategy):
        with strategy.scope():
            gan = keras_gan.GAN(*small((8, 8, 1)), ema=0.9)
            adams = [keras.optimizers.Adam(1e-3) for _ in "gd"]
            gan.compile(*adams, loss="relativistic", terms=["r1", "r2"])
        gan.fit(images, batch_size=4, epochs=2, shuffle=False, verbose=0)
        return gan.sample(2, seed=0)

    assert_allclose(trained(two_replicas), trained(tf.distribute.get_strategy()), atol=2e-4)


def test_groups_of_widths_that_16_does_not_divide():
    """12 channels next to the image, of 24 at 32x32: as many as both have in common are a group."""
    generator, discriminator = r3gan((64, 64, 1), latent_dim=4, width=24, blocks=1)
    images = generator(np.ones((1, 4), "float32"))
    assert images.shape == (1, 64, 64, 1)
    assert discriminator(images).shape == (1, 1)
