"""Translation in tiles against translation in one piece."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.models import resnet_translator, rrdb, srresnet, unet
from keras_gan.training.sampling.translator import Translator
from tests.models.test_unet import moved


def images(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


@pytest.fixture(scope="module")
def near():
    """A network that sees 4 pixels in each direction."""
    x = keras.Input((None, None, 3))
    y = keras.layers.Conv2D(4, 5, padding="same", activation="tanh")(x)
    return moved(keras.Model(x, keras.layers.Conv2D(2, 5, padding="same", activation="tanh")(y)))


@pytest.mark.parametrize("size", [(40, 56), (33, 32), (32, 32), (20, 70), (97, 33)])
@pytest.mark.parametrize("batch_size", [1, 3])
def test_tiles_are_the_whole_where_the_network_sees_no_further(near, size, batch_size):
    x = images(2, *size, 3)
    whole = Translator(near, (None, None, 3)).translate(x, tile=128)
    assert whole.dtype == np.float32
    assert_allclose(whole, near(x), atol=1e-5)
    tiles = Translator(near, (None, None, 3)).translate(x, tile=32, overlap=16, batch_size=batch_size)
    assert_allclose(tiles, whole, atol=1e-4)


def test_without_enough_overlap_they_are_not(near):
    x = images(1, 64, 64, 3)
    whole, tiles = (Translator(near, (None, None, 3)).translate(x, tile=tile, overlap=0) for tile in (64, 32))
    assert np.abs(whole - tiles).max() > 0.1


def test_there_is_no_seam():
    """Of a network that gives each tile a look of its own, neighbouring pixels differ no more than by the ramp."""

    class Looks(keras.layers.Layer):
        def call(self, x):
            return keras.ops.mean(x, axis=(1, 2), keepdims=True) + keras.ops.zeros_like(x)

    x = keras.Input((None, None, 1))
    network = keras.Model(x, Looks()(x))
    steps = np.repeat(np.linspace(-1, 1, 4), 32).reshape(1, 1, 128, 1) * np.ones((1, 64, 128, 1))
    made = Translator(network, (None, None, 1)).translate(steps.astype("float32"), tile=64, overlap=32)
    assert np.ptp(made) > 0.5
    assert np.abs(np.diff(made, axis=2)).max() < 0.12
    assert np.abs(np.diff(made, axis=1)).max() < 1e-6


@pytest.mark.parametrize("build", [srresnet, rrdb])
def test_what_enlarges(build):
    network = build(3, 3, scale=2, width=2, blocks=1)
    x = images(1, 70, 40, 3)
    made = Translator(network, (None, None, 3)).translate(x, tile=60, overlap=30)
    assert made.shape == (1, 140, 80, 3)
    assert_allclose(made[:, 60:80], np.asarray(network(x))[:, 60:80], atol=0.05)


def test_eight_bits_are_read_as_floats(near):
    eight = np.random.default_rng(0).integers(0, 256, (1, 20, 20, 3), dtype=np.uint8)
    translator = Translator(near, (None, None, 3))
    assert_allclose(translator.translate(eight), translator.translate(eight / np.float32(127.5) - 1), atol=1e-5)


def test_a_network_of_one_side():
    x = keras.Input((16, 16, 3))
    fixed = moved(keras.Model(x, keras.layers.Conv2D(3, 3, padding="same", activation="tanh")(x)))
    translator = Translator(fixed, (16, 16, 3))
    assert translator.translate(images(1, 40, 16, 3)).shape == (1, 40, 16, 3)
    with pytest.raises(InputError, match=r"`tile` must be 16 or None.*a side of 12"):
        translator.translate(images(1, 12, 16, 3))


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (np.zeros((8, 8, 3)), {}, r"must have the shape \(batch, any, any, 3\)"),
        (np.zeros((1, 8, 8, 1)), {}, r"Received: shape \(1, 8, 8, 1\)"),
        (np.zeros((1, 8, 8, 3), int), {}, "dtype int64"),
        (np.full((1, 8, 8, 3), 3.0), {}, r"in \[-1, 1\]"),
        (np.zeros((1, 8, 8, 3)), {"tile": 0}, "`tile`"),
        (np.zeros((1, 8, 8, 3)), {"tile": 4, "overlap": 3}, "at most half a tile, 2"),
        (np.zeros((1, 8, 8, 3)), {"batch_size": 0}, "`batch_size`"),
    ],
)
def test_what_is_refused(near, x, options, message):
    with pytest.raises(InputError, match=message):
        Translator(near, (None, None, 3)).translate(x, **options)


def test_it_is_traced_for_few_sides(near):
    translator = Translator(near, (None, None, 3))
    for side in (20, 24, 28, 32, 36):
        translator.translate(images(1, side, side + 1, 3))
    assert translator._apply.experimental_get_tracing_count() <= 2


@pytest.mark.parametrize("build", [unet, resnet_translator])
@pytest.mark.parametrize("side", [250, 300])
def test_strides_do_not_show(build, side):
    """Tiles begin where the network's strides do, whatever the side is."""
    network = build(1, 1, width=2, normalization="none", **({"depth": 2} if build is unet else {"blocks": 1}))
    random = np.random.default_rng(0)
    network.set_weights([random.normal(0, 0.3, weight.shape) for weight in network.get_weights()])
    x = images(1, side, side, 1)
    whole = np.asarray(network(x))
    tiles = Translator(network, (None, None, 1)).translate(x, tile=200, overlap=96)
    assert tiles.shape == whole.shape
    assert whole.std() > 0.1
    assert_allclose(tiles, whole, atol=1e-4)


def test_images_that_are_too_small():
    network = resnet_translator(1, 1, width=2, blocks=1)
    with pytest.raises(InputError, match=r"must be as large as 'generator' needs. Received: 2x2 pixels, and"):
        Translator(network, (None, None, 1)).translate(images(1, 2, 2, 1))


@pytest.mark.parametrize(("pool", "made"), [((1, 2), "32x16"), ((2, 2), "16x16")])
def test_what_makes_no_tile_larger_by_one_integer(pool, made):
    x = keras.Input((None, None, 1))
    network = keras.Model(x, keras.layers.AveragePooling2D(pool)(x))
    assert Translator(network, (None, None, 1)).translate(images(1, 64, 64, 1)).shape[1] == 64 // pool[0]
    with pytest.raises(InputError, match=f"tiles of 32x32 that become {made}"):
        Translator(network, (None, None, 1)).translate(images(1, 64, 64, 1), tile=32)


def test_any_side_of_a_unet():
    network = unet(width=2, depth=3)
    assert Translator(network, (None, None, 3)).translate(images(1, 45, 70, 3), tile=32).shape == (1, 45, 70, 3)
