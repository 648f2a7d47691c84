import keras

from keras_gan import Player


def test_trainable_variables_are_those_of_all_its_networks():
    networks = [keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]) for _ in range(2)]
    player = Player("pair", networks)
    assert len(player.trainable_variables) == 4
    networks[0].trainable = False
    assert len(player.trainable_variables) == 2
