import keras
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.layers import SpectralNormalization
from keras_gan.utils.networks import (
    by_distance,
    check_precision,
    check_sizes,
    computes_in_float16,
    kernels,
    seeing,
    stride,
    walk,
)


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


def of(dtype):
    return keras.Sequential([keras.Input((2,), dtype="float32"), keras.layers.Dense(1, dtype=dtype, name="last")])


@pytest.fixture
def floatx():
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_float32_weights_are_precise_enough(dtype):
    check_precision([of(dtype)])


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_other_weights_are_refused(dtype, floatx):
    message = rf"`dtype` of a layer must keep float32 .*'mixed_float16'.*Received: dtype='{dtype}' of 'last'"
    with pytest.raises(InputError, match=message):
        check_precision([of("float32"), keras.Sequential([of(dtype)])])
    keras.config.set_dtype_policy(dtype)
    with pytest.raises(InputError, match=rf"`dtype_policy` must keep.*Received: dtype_policy='{dtype}'"):
        check_precision([])


@pytest.mark.parametrize("name", ["float64", "float16", "bfloat16"])
def test_another_floatx_is_refused_when_a_gan_is_made_and_compiled(name, floatx, make_gan):
    gan = make_gan()
    keras.config.set_floatx(name)
    message = rf"`floatx` must be 'float32'; .*'mixed_bfloat16'.*Received: floatx='{name}'"
    with pytest.raises(InputError, match=message):
        gan.compile("sgd", "sgd")
    with pytest.raises(InputError, match=message):
        make_gan()


def test_one_layer_of_float64_in_a_gan_is_refused():
    z = keras.Input((4,))
    generator = keras.Model(z, keras.layers.Dense(2, dtype="float64", name="precise")(z))
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(InputError, match="Received: dtype='float64' of 'precise' in"):
        keras_gan.GAN(generator, discriminator)


def test_the_stride_is_that_of_all_convolutions_and_poolings():
    x = keras.Input((None, None, 1))
    y = keras.layers.Conv2D(1, 3, strides=(1, 2))(x)
    y = keras.layers.AveragePooling2D(3)(keras.layers.Conv2D(1, 3)(y))
    assert stride(keras.Model(x, keras.layers.Conv2DTranspose(1, 4, 2)(y))) == 6
    assert stride(keras.Model(x, x)) == 1


def test_the_stride_is_what_images_are_continued_to():
    assert stride(keras_gan.models.unet(width=1, depth=3)) == 8
    assert stride(keras_gan.models.resnet_translator(width=1, blocks=1)) == 4


def test_the_layers_that_an_input_goes_through():
    x, y = keras.Input((8, 8, 1)), keras.Input((3,))
    seen = keras.layers.Flatten(name="flat")(x) * 2.0
    other = keras.layers.Dense(64, name="other")(keras.layers.Dense(5, name="others")(y))
    network = keras.Model([x, y], keras.layers.Dense(1, name="both")(keras.layers.Add(name="sum")([seen, other])))
    assert [layer.name for layer in seeing(network, [x])] == ["flat", "sum", "both"]
    assert [layer.name for layer in seeing(network, [y])] == ["others", "other", "sum", "both"]
    line = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="one"), keras.layers.Dense(1, name="two")])
    assert [layer.name for layer in seeing(line, line.inputs)] == ["one", "two"]


def test_the_nearest_to_an_input_come_first():
    x, y = keras.Input((8, 8, 1)), keras.Input((8, 8, 2))
    one = keras.layers.BatchNormalization()(keras.layers.Conv2D(1, 3, name="one")(x))
    one = keras.layers.Conv2D(1, 3, name="two")(one)
    other = keras.layers.Conv2D(1, 5, name="other")(keras.layers.ReLU()(x))
    label = keras.layers.Conv2D(1, 5, name="label")(y)
    out = keras.layers.Conv2D(1, 3, name="last")(keras.layers.Add()([one, other, label]))
    network = keras.Model([x, y], out)
    assert [layer.name for layer in by_distance(network, [x])] == ["one", "other", "two", "last"]
    network.get_layer("one").trainable = False
    assert [layer.name for layer in by_distance(network, [x])] == ["other", "two", "last"]


def test_of_a_network_within_those_with_a_kernel():
    inner = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3), keras.layers.BatchNormalization()])
    layer = keras.layers.Conv2D(1, 3)
    assert kernels(layer) == [layer]
    layer.build((None, 6, 6, 1))
    assert kernels(keras.Sequential([inner, layer])) == [inner.layers[0], layer]
