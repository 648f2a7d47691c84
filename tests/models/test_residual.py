import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.models import residual
from keras_gan.models.networks import layer_seeds


@pytest.mark.parametrize(
    ("sides", "sizes"),
    [
        ((8, 8), [(8, 8), (4, 4)]),
        ((32, 32), [(32, 32), (16, 16), (8, 8), (4, 4)]),
        ((28, 28), [(28, 28), (14, 14), (7, 7), (4, 4)]),
        ((48, 32), [(48, 32), (24, 16), (12, 8), (6, 4)]),
        ((33, 47), [(33, 47), (17, 24), (9, 12), (5, 6)]),
        ((9, 100), [(9, 100), (5, 50)]),
    ],
)
def test_sizes(sides, sizes):
    assert residual.map_sizes(*sides) == sizes


def test_multipliers():
    """SNGAN's for CIFAR-10 and 128, and BigGAN's from 64 to 512, whose tables begin inside."""
    assert residual.multipliers(3) == (4, 4, 4, 4)
    assert residual.multipliers(1, small=2) == (2, 2)
    assert residual.multipliers(4) == (1, 2, 4, 8, 16)
    assert residual.multipliers(5) == (1, 2, 4, 8, 16, 16)
    assert residual.multipliers(6) == (1, 2, 4, 8, 8, 16, 16)
    assert residual.multipliers(7) == (1, 1, 2, 4, 8, 8, 16, 16)
    assert residual.multipliers(9) == (1, 1, 1, 1, 2, 4, 8, 8, 16, 16)


def layers(**options):
    return residual.ResidualLayers(layer_seeds(0), **options)


def convolved(x, kernel):
    weights, bias = kernel
    return tf.nn.conv2d(x, weights, 1, "SAME") + bias


def kernels_of(model):
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


def taken(model):
    """The kernels and biases of a block, those of 3x3 first; biases that are not 0."""
    wide = [layer for layer in kernels_of(model) if layer.kernel_size == (3, 3)]
    narrow = [layer for layer in kernels_of(model) if layer.kernel_size == (1, 1)]
    for index, layer in enumerate([*wide, *narrow]):
        layer.bias.assign(0.1 * (index + 1) * np.arange(layer.filters))
    return [(layer.kernel.numpy(), layer.bias.numpy()) for layer in [*wide, *narrow]]


def doubled(x):
    return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)


def halved(x):
    return tf.nn.avg_pool2d(x, 2, 2, "SAME")


def test_the_generators_block_is_the_papers():
    """Which doubles before the convolution of the shortcut too; without normalization here."""
    x = keras.Input((3, 4, 5))
    model = keras.Model(x, layers().up(x, 6, (6, 8), lambda y: y))
    first, second, shortcut = taken(model)
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")
    y = convolved(tf.nn.relu(convolved(doubled(tf.nn.relu(x)), first)), second) + convolved(doubled(x), shortcut)
    assert_allclose(model(x), y, atol=1e-5)


@pytest.mark.parametrize("first", [True, False])
def test_the_discriminators_block_is_the_papers(first):
    """Of the first block the shortcut is pooled before its convolution, of the others after it."""
    x = keras.Input((6, 5, 3))
    model = keras.Model(x, layers().down(x, 4, 2, first=first))
    one, two, shortcut = taken(model)
    assert (one[0].shape[-1], two[0].shape[-1]) == (2, 4)
    x = np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype("float32")
    y = convolved(x if first else tf.nn.relu(x), one)
    y = halved(convolved(tf.nn.relu(y), two))
    y += convolved(halved(x), shortcut) if first else halved(convolved(x, shortcut))
    assert model.output_shape == (None, 3, 3, 4)
    assert_allclose(model(x), y, atol=1e-5)


def test_a_block_that_keeps_all_has_no_convolution_beside_it():
    x = keras.Input((4, 4, 3))
    model = keras.Model(x, layers().down(x, 3, 3, halve=False))
    assert len(kernels_of(model)) == 2
    for layer in kernels_of(model):
        layer.kernel.assign(0.0 * layer.kernel)
    assert_array_equal(model(np.ones((1, 4, 4, 3))), np.ones((1, 4, 4, 3)))


def test_places_are_summed():
    x = keras.Input((2, 3, 2))
    values = np.arange(12.0).reshape(1, 2, 3, 2) - 3.0
    expected = np.maximum(values, 0).sum((1, 2))
    assert_allclose(keras.Model(x, residual.sum_pooled(x))(values), expected, rtol=1e-6)


@pytest.mark.parametrize(("make", "gain"), [(residual.glorot, 1.5), (residual.orthogonal, 0.5)])
def test_initial_kernels(make, gain):
    kernel = np.asarray(make(3, gain)((3, 3, 40, 60)))
    if make is residual.glorot:
        bound = gain * (6.0 / (9 * 40 + 9 * 60)) ** 0.5
        assert_allclose([kernel.min(), kernel.max()], [-bound, bound], rtol=0.01)
    else:
        matrix = kernel.reshape(360, 60)
        assert_allclose(matrix.T @ matrix, gain**2 * np.eye(60), atol=1e-5)


@pytest.mark.parametrize(("attention", "where"), [(32, (16, 16)), (16, (16, 16)), (15, (8, 8)), (8, (8, 8))])
def test_attention_comes_after_the_largest_maps_that_are_small_enough(attention, where):
    images = keras.Input((32, 32, 3))
    maps = residual.discriminator_maps(layers(), images, 1, 2, attention)
    seen = [layer for layer in keras.Model(images, maps).layers if "attention" in layer.name]
    assert [layer.output.shape[1:3] for layer in seen] == [where]
    with pytest.raises(InputError, match=r"`attention` must be at least 8, or None: .* 8x8. Received: attention=7"):
        residual.discriminator_maps(layers(), images, 1, 2, 7)
