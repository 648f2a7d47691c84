"""A player of an adversarial game."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras_gan.types import Variable


@dataclass(frozen=True)
class Player:
    """A name, the networks that it moves, and how they are averaged.

    Attributes:
        name: also names its optimizer and its losses.
        networks: built Keras models.
        average: how the networks' weights are averaged: an `ExponentialMovingAverage`, a decay in [0, 1), or `None`.
    """

    name: str
    networks: Sequence[Any]
    average: Any = None

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that the player's optimizer moves."""
        return [variable for network in self.networks for variable in network.trainable_variables]
