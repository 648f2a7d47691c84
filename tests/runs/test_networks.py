import keras

import keras_gan
from keras_gan.runs.networks import networks, parameters
from tests.training.test_cycle_gan import made as cycle_gan


def test_they_have_the_names_of_their_players(make_gan):
    gan = make_gan()
    found = networks(gan)
    assert {name: id(network) for name, network in found.items()} == {
        "discriminator": id(gan.discriminator),
        "generator": id(gan.generator),
    }
    assert {*networks(cycle_gan())} == {"generators 1", "generators 2", "discriminators 1", "discriminators 2"}


def test_what_is_learnt_is_counted():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])
    assert parameters(network) == 3 * 4 + 4 + 2 * 4
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    generator.trainable = False
    assert parameters(generator) == 0
