import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError, layers
from keras_gan.models import stylegan2

CIFAR = {"sample_shape": (32, 32, 3), "residual": False, "mapping_depth": 2, "mixing": 0.0, "group_size": 32}


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "generator", "discriminator"),
    [
        ({"sample_shape": (1024, 1024, 3)}, 30_370_060, 29_012_513),
        ({"sample_shape": (1024, 1024, 3), "channel_base": 16384}, 24_900_764, 24_038_161),
        ({"sample_shape": (512, 512, 3)}, 30_276_583, 28_982_849),
        ({"sample_shape": (256, 256, 3)}, 30_034_338, 28_864_129),
        ({"sample_shape": (256, 256, 3), "channel_base": 16384}, 24_767_458, 24_001_089),
        ({"sample_shape": (256, 256, 3), "channel_base": 16384, "mapping_depth": 2}, 23_191_522, 24_001_089),
        (CIFAR, 19_947_539, 20_720_641),
        ({**CIFAR, "num_classes": 10}, 20_215_315, 23_089_664),
    ],
    ids=["F 1024", "E 1024", "F 512", "F 256", "half 256", "auto 256", "CIFAR-10", "CIFAR-10 with classes"],
)
def test_the_papers_parameters(arguments, generator, discriminator, undrawn, trainable):
    assert [trainable(network) for network in stylegan2(**arguments)] == [generator, discriminator]


def small(shape=(8, 8, 1), **arguments):
    given = {"latent_dim": 5, "style_dim": 8, "channel_base": 64, "max_channels": 8, "mapping_depth": 2}
    return stylegan2(shape, **{**given, **arguments})


@pytest.mark.parametrize(
    ("shape", "condition"),
    [
        ((8, 8, 1), {}),
        ((28, 28, 1), {"num_classes": 4}),
        ((48, 32, 3), {"condition_dim": 2}),
        ((64, 64, 4), {"num_classes": 4}),
    ],
)
def test_shapes(shape, condition, played):
    images, logits = played(small(shape, **condition), shape, condition)
    assert np.std(images) > 0.1
    assert logits.shape == (2, 1)


def test_each_place_has_its_style():
    """None of them is unused, and each is for itself."""
    generator, _ = small((16, 16, 1))
    mapping = generator.get_layer("mapping")
    assert mapping.num_styles == 6
    synthesis = keras.Model(mapping.output, generator.output)
    styles = tf.constant(np.random.default_rng(0).normal(size=(1, 6, 8)).astype("float32"))
    images = synthesis(styles)
    for place in range(6):
        moved = synthesis(styles + tf.one_hot(place, 6)[None, :, None])
        assert not np.allclose(moved, images), place


def test_the_strided_path_is_the_paper_s():
    """Filter, padded by two pixels, and every second place of the convolution, against SciPy."""
    import scipy.signal

    x = np.random.default_rng(0).normal(size=(1, 8, 8, 1)).astype("float32")
    convolution = layers.EqualizedConv2D(1, 3, 2, "valid", seed=0)
    padded = keras.layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    ours = np.asarray(convolution(layers.Blur()(padded)))[0, :, :, 0]
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
    blurred = scipy.signal.convolve2d(np.pad(x[0, :, :, 0], 2), taps, mode="valid")
    kernel = np.asarray(convolution.kernel)[:, :, 0, 0] / 3
    expected = scipy.signal.correlate2d(blurred, kernel, mode="valid")[::2, ::2]
    assert_allclose(ours, expected, atol=1e-5)


def test_truncation_in_w():
    generator, _ = small()
    latents = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    mapping = generator.get_layer("mapping")
    mapping.average.assign(np.linspace(-1, 1, 8))
    mapping.truncation.assign(0.0)
    images = np.asarray(generator(latents))
    assert_allclose(images, np.repeat(images[:1], 3, 0), atol=1e-6)


def test_samples_are_truncated_where_the_average_of_the_generator_is():
    gan = keras_gan.GAN(*small(), ema=0.9)
    kinds = gan.sample(4, seed=0)
    mapping = gan.sampling_generator.get_layer("mapping")
    assert mapping is not gan.generator.get_layer("mapping")
    mapping.truncation.assign(0.5)
    some = gan.sample(4, seed=0)
    mapping.truncation.assign(0.0)
    one = gan.sample(4, seed=0)
    assert np.std(kinds, axis=0).mean() > np.std(some, axis=0).mean() > 0
    assert_allclose(one, np.repeat(one[:1], 4, axis=0), atol=1e-6)


def test_other_sides_are_the_middle_of_larger_ones(check_middle):
    check_middle(small)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        *[({"shape": shape}, "sample_shape") for shape in [(8, 8), (4, 4, 1), (8, 65, 3)]],
        *[({name: 0}, name) for name in ("latent_dim", "style_dim", "channel_base", "max_channels")],
        ({"residual": 1}, "residual"),
        ({"mixing": 1.5}, "mixing"),
        ({"mapping_depth": 0}, "depth"),
        ({"group_size": 0}, "group_size"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must .*Received: {name}="):
        small(**arguments)


def trained(images, labels=None, rules=None, scope=None, interval=2):
    with scope or tf.distribute.get_strategy().scope():
        gan = keras_gan.GAN(
            *small(num_classes=None if labels is None else 3), num_classes=None if labels is None else 3, ema=0.9
        )
        terms = [keras_gan.penalties.R1(interval=interval), keras_gan.terms.PathLength(interval=interval)]
        gan.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.0) for _ in "gd"), terms=terms, **(rules or {}))
    history = gan.fit(images, labels, batch_size=8, shuffle=False, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    return gan


MODES = ["mixed_bfloat16", "float32", "XLA"]


def pytest_generate_tests(metafunc):
    if "mode" in metafunc.fixturenames:
        metafunc.parametrize("mode", MODES if metafunc.config.getoption("--full") else MODES[:1])


@pytest.mark.long
@pytest.mark.full
def test_three_steps_and_back(mode, tmp_path):
    keras.mixed_precision.set_global_policy("float32" if mode == "XLA" else mode)
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 1), dtype=np.uint8)
    gan = trained(images, np.arange(24) % 3, rules={"jit_compile": mode == "XLA"})
    assert float(gan.terms[1].average) > 0
    mapping = gan.generator.get_layer("mapping")
    assert int(mapping.calls) > 3
    assert np.abs(mapping.average).max() > 0
    gan.save(tmp_path / "gan.keras")
    again = keras_gan.load(tmp_path / "gan.keras")
    assert_array_equal(again.sample(3, labels=1, seed=0), gan.sample(3, labels=1, seed=0))
    for each in (gan, again):
        each.train_on_batch(images[:8], np.arange(8) % 3)
    assert_allclose(again.sample(3, labels=1, seed=0), gan.sample(3, labels=1, seed=0), atol=1e-6)


@pytest.mark.long
@pytest.mark.full
def test_replicas_equal_one(two_replicas):
    """Noise, mixed styles and the groups of the deviation are of the global batch."""
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 1), dtype=np.uint8)
    one = trained(images, interval=1)
    two = trained(images, scope=two_replicas.scope(), interval=1)
    assert_allclose(two.sample(2, seed=0), one.sample(2, seed=0), atol=1e-3)
    ours, theirs = (gan.generator.get_layer("mapping").average for gan in (one, two))
    assert_allclose(np.asarray(theirs), np.asarray(ours), atol=1e-5)


@pytest.mark.long
def test_truncation_is_of_styles():
    """Which know the direction of the latents alone: a bound of these would change nothing."""
    gan = keras_gan.GAN(*small(), seed=1)
    whole, same, half, none = (gan.sample(32, seed=0, truncation=psi) for psi in (None, 1.0, 0.5, 0.0))
    assert_allclose(same, whole, atol=1e-6)
    assert 0.2 * whole.std(axis=0).mean() < half.std(axis=0).mean() < 0.8 * whole.std(axis=0).mean()
    assert none.std(axis=0).max() < 1e-6
    assert_array_equal(gan.sample(32, seed=0), whole)
    with pytest.raises(InputError, match="`truncation` must be"):
        gan.sample(2, truncation=-1.0)
