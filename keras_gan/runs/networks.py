"""The networks of a game, and how many numbers they learn."""

import math

import keras

from keras_gan.training.generative_model import GenerativeModel


def networks(gan: GenerativeModel) -> dict[str, keras.Model]:
    """Return the networks of the players, by the name of the player, numbered where it has several."""
    return {
        name if len(player.networks) == 1 else f"{name} {index}": network
        for name, player in gan.players.items()
        for index, network in enumerate(player.networks, 1)
    }


def parameters(network: keras.Model) -> int:
    """Return how many numbers a network learns."""
    return sum(math.prod(weight.shape) for weight in network.trainable_weights)
