"""A player of an adversarial game."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_gan.training.game.moving_average import AverageLike
from keras_gan.types import Tensor, Variable
from keras_gan.utils.validation import InputError


@dataclass(frozen=True)
class Player:
    """A name, the networks that it moves, and how they are averaged.

    Attributes:
        name: also names its optimizer and its losses.
        networks: built Keras models.
        average: how the networks' weights are averaged: an `ExponentialMovingAverage` or a `PowerFunctionAverage`, a
            decay in [0, 1), several of them in a list, or `None`.
    """

    name: str
    networks: Sequence[keras.Model]
    average: AverageLike = None

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that the player's optimizer moves."""
        return [variable for network in self.networks for variable in network.trainable_variables]

    @property
    def regularization(self) -> Tensor:
        """The sum of the losses of the networks' own layers, such as kernel regularizers, as float32."""
        losses = [loss for network in self.networks for loss in network.losses]
        return sum((tf.cast(loss, tf.float32) for loss in losses), tf.constant(0.0))

    def copies(self, number: int = 1) -> list[keras.Model]:
        """Return copies of the networks, not trainable.

        Args:
            number: of these copies among several, from 1, which is in their names.

        Raises:
            InputError: a network can't be rebuilt from its config.
        """
        prefix = "average" if number == 1 else f"average_{number}"
        return [_copy(network, f"{prefix}_{network.name}") for network in self.networks]


def _copy(network: keras.Model, name: str) -> keras.Model:
    # From its config, and not by `clone_model`: that leaves the copy the name of the network, so that a summary has it
    # twice.
    try:
        copy = network.__class__.from_config({**_apart(network.get_config(), name), "name": name})
    except (ValueError, TypeError) as error:
        raise InputError(
            "A network that is averaged must be one that its config can rebuild (no Lambda layers, all classes "
            f"registered). Received: {network.name!r}: {error}"
        ) from error
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def _apart(config: Any, name: str) -> Any:
    """Return a network's config whose objects are its own.

    While a model is loaded, Keras gives what has the same `shared_object_id` as an object before that very object: two
    copies of a network would have the same layers.
    """
    if isinstance(config, dict):
        own = {key: (name, value) for key, value in config.items() if key == "shared_object_id"}
        return {**{key: _apart(value, name) for key, value in config.items()}, **own}
    return [_apart(value, name) for value in config] if isinstance(config, list) else config
