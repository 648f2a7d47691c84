import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import PatchProjector
from keras_gan.models import resnet_translator
from tests.models.test_unet import moved, trainable, zeros  # noqa: F401
from tests.reference import translation as reference


@pytest.mark.parametrize(("blocks", "count"), [(6, 7_837_699), (9, 11_378_179)])
def test_the_counts_of_cyclegan(zeros, blocks, count):  # noqa: F811
    assert trainable(resnet_translator(blocks=blocks)) == count


def test_it_is_the_network_of_the_paper():
    model = moved(resnet_translator(2, 3, width=2, blocks=2))
    x = np.random.default_rng(1).normal(size=(2, 16, 24, 3))
    expected = reference.resnet(x, model.get_weights(), blocks=2)
    assert np.ptp(expected) > 0.5
    assert_allclose(model(x.astype("float32")), expected, atol=1e-4)


def test_the_antialiased_network_has_as_many_weights(zeros):  # noqa: F811
    assert trainable(resnet_translator(antialiased=True)) == 11_378_179


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_it_is_the_network_of_cut_and_where_it_compares(blocks):
    model = moved(resnet_translator(3, 3, width=2, blocks=blocks, antialiased=True, projectors=True))
    projectors = [layer for layer in model.layers if isinstance(layer, PatchProjector)]
    weights = {id(weight) for layer in projectors for weight in layer.weights}
    own = [np.asarray(weight) for weight in model.weights if id(weight) not in weights]
    x = np.random.default_rng(1).normal(size=(2, 16, 24, 3))
    expected, compared = reference.antialiased_resnet(x, own, blocks)
    assert np.ptp(expected) > 0.5
    assert_allclose(model(x.astype("float32")), expected, atol=1e-4)
    assert len(projectors) == len(compared) == (4 if blocks == 1 else 5)
    maps = keras.Model(model.inputs[0], [layer.output for layer in projectors])(x.astype("float32"))
    for ours, theirs in zip(maps, compared, strict=True):
        assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.parametrize("size", [(32, 32), (33, 50), (7, 18)])
def test_any_side(size):
    model = resnet_translator(1, 3, width=2, blocks=1)
    images = np.asarray(model(np.random.default_rng(0).normal(size=(2, *size, 3)).astype("float32")))
    assert images.shape == (2, *size, 1)
    assert np.abs(images).max() <= 1


def test_normalizations():
    for normalization, layer in (("batch", keras.layers.BatchNormalization), ("none", ())):
        found = resnet_translator(width=2, blocks=1, normalization=normalization).layers
        assert sum(isinstance(part, layer) for part in found) == (7 if layer else 0)
        assert not any("group" in part.name for part in found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"blocks": 0}, "`blocks`"), ({"width": 0}, "`width`"), ({"channels": 0}, "`channels`")],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        resnet_translator(**arguments)
