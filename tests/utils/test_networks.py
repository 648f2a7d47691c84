import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.layers import SpectralNormalization
from keras_gan.utils.networks import check_sizes, computes_in_float16, is_samplewise, walk


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


def network(*layers, shape=(4, 4, 2)):
    return keras.Sequential([keras.Input(shape), *layers])


def of_two(function):
    """A functional network, with `function` between its layers."""
    x = keras.Input((3,))
    return keras.Model(x, keras.layers.Dense(1)(function(keras.layers.Dense(2)(x))))


class Mixing(keras.layers.Dense):
    def call(self, inputs):
        return super().call(inputs) - keras.ops.mean(inputs)


class OwnCall(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dense(1)

    def call(self, inputs):
        return self.inner(inputs - keras.ops.mean(inputs, axis=0))


class OwnAttention(keras_gan.layers.SelfAttention):
    pass


SAMPLEWISE = {
    "dcgan": lambda: keras_gan.models.dcgan(8, latent_dim=2, width=2, discriminator_batch_norm=False)[1],
    "mlp with labels": lambda: keras_gan.models.mlp((2,), num_classes=3, hidden=(4,))[1],
    "nested": lambda: network(network(keras.layers.Conv2D(2, 3)), keras.layers.Flatten()),
    "spectral": lambda: network(SpectralNormalization(keras.layers.Conv2D(2, 3)), keras_gan.layers.SelfAttention()),
    "attention": lambda: network(keras_gan.layers.Resample("down"), keras_gan.layers.PixelNorm()),
    "layer norm": lambda: network(keras.layers.LayerNormalization(), keras.layers.Dense(1, activation="relu")),
}
OTHERS = {
    "batch norm": lambda: keras_gan.models.dcgan(16, latent_dim=2, width=2, discriminator_batch_norm=True)[1],
    "dropout": lambda: keras_gan.models.mlp((2,), hidden=(4,), dropout=0.5)[1],
    "mixing": lambda: network(keras_gan.layers.MinibatchStdDev()),
    "inside": lambda: network(network(keras.layers.BatchNormalization())),
    "wrapped": lambda: network(SpectralNormalization(Mixing(2))),
    "a subclass": lambda: network(Mixing(2)),
    "a subclass of ours": lambda: network(OwnAttention()),
    "a call": OwnCall,
    "an operation": lambda: of_two(lambda x: x - keras.ops.mean(x, axis=0)),
    "a function": lambda: network(keras.layers.Activation(lambda x: x - keras.ops.mean(x))),
    "a function of a layer": lambda: network(keras.layers.Dense(2, activation=lambda x: x - keras.ops.mean(x))),
    "a regularizer": lambda: network(keras.layers.Dense(2, activity_regularizer="l2")),
    "an axis": lambda: of_two(lambda x: keras.layers.Concatenate(axis=0)([x, x])),
    "lambda": lambda: network(keras.layers.Lambda(lambda x: x)),
}


@pytest.mark.parametrize("name", SAMPLEWISE)
def test_networks_that_treat_samples_one_by_one(name):
    """That they do: what the others in the batch are makes no difference."""
    model = SAMPLEWISE[name]()
    assert is_samplewise(model)
    generator = np.random.default_rng(0)
    inputs = [
        generator.integers(0, 3, (6,)) if x.dtype == "int32" else generator.normal(size=(6, *x.shape[1:])).astype("f")
        for x in model.inputs
    ]
    part = lambda rows: [x[rows] for x in inputs] if len(inputs) > 1 else inputs[0][rows]  # noqa: E731
    whole = model(part(slice(None)), training=True)
    for rows in (slice(0, 2), slice(2, 6)):
        np.testing.assert_allclose(model(part(rows), training=True), whole[rows], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OTHERS)
def test_networks_of_which_nobody_knows(name):
    assert not is_samplewise(OTHERS[name]())
