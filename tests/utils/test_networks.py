import keras
import pytest

from keras_gan import InputError
from keras_gan.layers import SpectralNormalization
from keras_gan.utils.networks import check_sizes, computes_in_float16, walk


def nested(dtype):
    inner = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, dtype=dtype, name="deep")])
    wrapped = SpectralNormalization(keras.layers.Dense(1, name="wrapped"))
    return keras.Sequential([keras.Input((2,)), inner, wrapped])


def test_walk_goes_into_networks_and_wrappers():
    names = {layer.name for layer in walk(nested("float32"))}
    assert {"deep", "wrapped", "spectral_wrapped"} <= names


def test_one_layer_deep_inside_is_enough():
    assert computes_in_float16(nested("mixed_float16"))
    assert not computes_in_float16(nested("mixed_bfloat16"))
    assert not computes_in_float16(nested("float32"))


class Block(keras.layers.Layer):
    """A composite layer, as users write them: it lists nothing."""

    def __init__(self):
        super().__init__()
        self.first = SpectralNormalization(keras.layers.Dense(2, name="in_an_attribute"))
        self.others = [keras.layers.Dense(2, name="in_a_list")]

    def build(self, input_shape):
        for layer in (self.first, *self.others):
            layer.build(input_shape)

    def call(self, inputs):
        return self.others[0](self.first(inputs))


def test_walk_goes_into_composite_layers():
    names = [layer.name for layer in walk(keras.Sequential([keras.Input((2,)), Block()]))]
    for name in ("in_an_attribute", "spectral_in_an_attribute", "in_a_list"):
        assert names.count(name) == 1


def test_sizes_are_found_in_nested_networks():
    x = keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), keras.layers.RepeatVector(2**25, name="many"), keras.layers.Flatten()])
    network = keras.Model(x, keras.layers.Dense(1)(keras.ops.max(inner(x), axis=1, keepdims=True)))
    with pytest.raises(InputError, match=r"`g` must make at most .*'many' with the output \(None, 33554432, 4"):
        check_sizes("g", network)
    check_sizes("g", keras.Model(x, keras.layers.RepeatVector(2**24)(x)))


def test_sizes_of_operations():
    x = keras.Input((2**14, 1))
    network = keras.Model(x, keras.ops.mean(keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1))), axis=(1, 2)))
    with pytest.raises(InputError, match=r"'matmul.*' with the output \(None, 16384, 16384\)"):
        check_sizes("d", network)
