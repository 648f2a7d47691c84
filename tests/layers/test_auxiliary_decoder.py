import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.layers import AuxiliaryDecoder

MAPS = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")


def doubling():
    return keras.layers.Conv2DTranspose(1, 2, 2, name="doubling")


def test_maps_go_through_as_they_are():
    layer = AuxiliaryDecoder(doubling())
    assert layer.name == "auxiliary_doubling"
    assert_array_equal(layer(MAPS), MAPS)


def test_decodes_when_asked():
    decoder = doubling()
    layer = AuxiliaryDecoder(decoder)
    layer(MAPS)
    images = layer.decode(MAPS)
    assert images.shape == (2, 8, 12, 1)
    assert_array_equal(images, decoder(MAPS))


def test_training_reaches_the_decoder():
    layer = AuxiliaryDecoder(keras.layers.Dropout(0.5))
    layer(MAPS)
    assert_array_equal(layer.decode(MAPS), MAPS)
    assert np.any(layer.decode(MAPS, training=True) == 0)


def test_its_weights_are_those_of_the_network_around():
    x = keras.Input((4, 6, 3))
    model = keras.Model(x, AuxiliaryDecoder(doubling(), name="whole")(x))
    assert [weight.path.split("/")[-1] for weight in model.trainable_weights] == ["kernel", "bias"]
    assert model.count_params() == 2 * 2 * 3 + 1


def test_of_a_crop_it_is_built_for_half_the_sides():
    dense = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    layer = AuxiliaryDecoder(dense, crop=True)
    layer(MAPS)
    assert layer.decode(MAPS[:, :2, :3]).shape == (2, 1)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`layer` must be a Keras layer\. Received: layer='conv'"):
        AuxiliaryDecoder("conv")
    with pytest.raises(InputError, match=r"`crop` must be True or False\. Received: crop=2"):
        AuxiliaryDecoder(doubling(), crop=2)
