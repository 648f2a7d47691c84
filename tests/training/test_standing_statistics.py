import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.random import RandomStream


def make(ema=0.9, num_classes=None, dropout=0.0):
    z = keras.Input((4,))
    y = keras.Input((), dtype="int32")
    x = (
        z
        if num_classes is None
        else keras.layers.Concatenate()([z, keras.layers.CategoryEncoding(3, output_mode="one_hot")(y)])
    )
    x = keras.layers.Dense(6)(x)
    x = keras.layers.Dropout(dropout, seed=1)(x)
    x = keras.layers.BatchNormalization(center=False, scale=False, name="norm")(x)
    x = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64, "tanh")(x))
    generator = keras.Model(z if num_classes is None else [z, y], x)
    _, discriminator = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), num_classes=num_classes)
    gan = keras_gan.GAN(generator, discriminator, ema=ema, num_classes=num_classes)
    gan.compile(keras.optimizers.Adam(0.05), "adam")
    return gan


def statistics(network):
    return [np.asarray(v) for v in (network.get_layer("norm").moving_mean, network.get_layer("norm").moving_variance)]


@pytest.mark.parametrize("ema", [None, 0.9])
def test_they_are_the_means_over_batches_of_the_networks_own_activations(ema, images):
    gan = make(ema)
    gan.fit(images[0], batch_size=8, epochs=4, verbose=0)
    gan.set_standing_statistics(batches=5, batch_size=16, seed=2)
    network = gan.sampling_generator
    kernel, bias = (w.astype("float64") for w in network.layers[1].get_weights())
    means, variances = [], []
    for batch in range(5):
        z = gan.prior.transform(RandomStream(2, batch).uniform("standing_statistics", (16, 4))).numpy()
        activations = z @ kernel + bias
        means.append(activations.mean(axis=0))
        variances.append(activations.var(axis=0))
    mean, variance = statistics(network)
    assert_allclose(mean, np.mean(means, axis=0), atol=1e-5)
    assert_allclose(variance, np.mean(variances, axis=0), rtol=1e-4)


def test_they_make_the_average_right_where_its_moving_statistics_are_late(images):
    """With its own statistics the normalized activations of the average have mean 0 and variance 1."""
    gan = make(ema=0.9)
    gan.fit(images[0], batch_size=8, epochs=4, verbose=0)

    def error():
        network = gan.sampling_generator
        z = gan.prior.transform(RandomStream(9).uniform("any", (2000, 4)))
        normalized = keras.Model(network.input, network.get_layer("norm").output)(z, training=False)
        return np.abs(np.mean(normalized, axis=0)).max() + np.abs(np.std(normalized, axis=0) - 1).max()

    before = error()
    gan.set_standing_statistics(batches=32, batch_size=64)
    assert error() < 0.2 < before


def test_nothing_else_changes(images):
    """Not the trained generator, nor the state of dropout, nor what training does next."""
    ours, theirs = make(dropout=0.3), make(dropout=0.3)
    theirs.set_weights(ours.get_weights())
    for gan in (ours, theirs):
        gan.fit(images[0], batch_size=8, verbose=0)
    ours.set_standing_statistics(batches=2)
    assert_array_equal(statistics(ours.generator), statistics(theirs.generator))
    layer = ours.sampling_generator.get_layer("norm")
    assert (layer.momentum, layer.trainable) == (0.99, False)
    for gan in (ours, theirs):
        gan.fit(images[0], batch_size=8, verbose=0)
    for a, b in zip(ours.generator.get_weights(), theirs.generator.get_weights(), strict=True):
        assert_array_equal(a, b)


def test_labels_are_taken_in_turn():
    gan = make(num_classes=3)
    before = statistics(gan.sampling_generator)
    gan.set_standing_statistics(batches=2, batch_size=5)
    assert np.abs(statistics(gan.sampling_generator)[0] - before[0]).max() > 0


def test_a_generator_without_batch_normalization_stays(make_gan):
    gan = make_gan()
    before = gan.sample(3, seed=0)
    gan.set_standing_statistics(batches=1)
    assert_array_equal(gan.sample(3, seed=0), before)


@pytest.mark.parametrize("arguments", [{"batches": 0}, {"batch_size": 1}, {"seed": -1}])
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=f"`{name}` must be"):
        make().set_standing_statistics(**arguments)
