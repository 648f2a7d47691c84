import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.models import unet
from tests.reference import translation as reference


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def moved(model, scale=0.3):
    """Return a model whose weights, biases too, are not where they start."""
    generator = np.random.default_rng(0)
    model.set_weights([scale * generator.normal(size=weight.shape) for weight in model.weights])
    return model


@pytest.fixture
def zeros(monkeypatch):
    """Weights that take no time to draw."""
    monkeypatch.setattr(keras.initializers, "RandomNormal", lambda *_, **__: keras.initializers.Zeros())


def test_the_counts_of_pix2pix(zeros):
    assert trainable(unet()) == 54_413_955
    assert trainable(unet(source_channels=1)) == 54_413_955 - 2 * 64 * 16


def test_it_is_the_network_of_the_paper():
    model = moved(unet(2, 3, width=2, depth=3, normalization="none", dropout=0.0))
    # Inner convolutions have a bias where nothing is normalized; the first and the innermost have none.
    weights = []
    for layer in model.layers:
        if layer.weights:
            weights += [layer.kernel.numpy(), 0.0 if layer.bias is None else layer.bias.numpy()]
    x = np.random.default_rng(1).normal(size=(2, 16, 24, 3))
    assert_allclose(model(x.astype("float32")), reference.unet(x, weights, depth=3), atol=1e-4)


@pytest.mark.parametrize("size", [(32, 32), (33, 50), (1, 3), (20, 16)])
def test_any_side(size):
    model = unet(2, 3, width=2, depth=4)
    images = np.asarray(model(np.random.default_rng(0).normal(size=(2, *size, 3)).astype("float32")))
    assert images.shape == (2, *size, 2)
    assert np.abs(images).max() <= 1


@pytest.mark.long
def test_where_it_is_normalized_and_dropped():
    model = unet(width=8, depth=8)
    assert sum(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers) == 6 + 7
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.5] * 3
    assert not any("dropout" in layer.name for layer in unet(width=8, depth=8, dropout=0.0).layers)
    assert sum("group" in layer.name for layer in unet(width=8, depth=4, normalization="instance").layers) == 2 + 3


def test_the_seed():
    one, same, other = (unet(width=2, depth=2, seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0], other[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 1}, "`depth`"),
        ({"width": 0}, "`width`"),
        ({"channels": 65}, "`channels`"),
        ({"source_channels": 0}, "`source"),
        ({"normalization": "layer"}, "`normalization`"),
        ({"dropout": 1.0}, "`dropout`"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        unet(**arguments)
