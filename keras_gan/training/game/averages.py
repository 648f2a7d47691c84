"""The moving averages of the players' networks."""

from collections.abc import Iterable, Iterator, Mapping

import keras

from keras_gan.training.game.exponential_moving_average import move_average, moving_average
from keras_gan.training.game.player import Player
from keras_gan.types import Tensor, Variable


class Averages:
    """Copies of the players' networks that are averaged: their weights follow those of the networks.

    Args:
        players: of a game, by name.

    Attributes:
        copies: by player's name, in the order of its networks.
        derived: variables of copies that are functions of others, such as the batch statistics of a generator. Whoever
            computes them lists them here. They are neither moved nor kept.

    Raises:
        InputError: `average` of a player is none, or a network can't be copied.
    """

    def __init__(self, players: Mapping[str, Player]) -> None:
        self._players = players
        given = {name: moving_average(player.average, "average") for name, player in players.items()}
        self._rules = {name: average for name, average in given.items() if average is not None}
        self.copies: dict[str, list[keras.Model]] = {name: players[name].copies() for name in self._rules}
        self.derived: list[Variable] = []

    @property
    def networks(self) -> list[keras.Model]:
        """All copies."""
        return [copy for group in self.copies.values() for copy in group]

    def pairs(self) -> Iterator[tuple[str, keras.Model, keras.Model]]:
        """Yield each player's name and network with its copy."""
        for name, copies in self.copies.items():
            for network, copy in zip(self._players[name].networks, copies, strict=True):
                yield name, network, copy

    def not_derived(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return the variables that have to be moved, or kept."""
        derived = {id(variable) for variable in self.derived}
        return [variable for variable in variables if id(variable) not in derived]

    @property
    def moved(self) -> list[Variable]:
        """What `move` moves."""
        return self.not_derived(weight for copy in self.networks for weight in copy.weights)

    def move(self, step: Tensor, images: Tensor) -> None:
        """Move every copy towards its network: `average += (1 - decay) * (weight - average)`.

        Args:
            step: the steps before this one.
            images: the images that this step has shown, of all replicas.
        """
        moved = {id(variable) for variable in self.moved}
        # All weights, not the trainable ones alone: a copy has moving statistics and spectral vectors too.
        for name, network, copy in self.pairs():
            decay = self._rules[name].decay_at(step, images)
            for weight, average in zip(network.weights, copy.weights, strict=True):
                if id(average) in moved:
                    move_average(average, weight, decay)

    def restart(self) -> None:
        """Give every copy the weights that its network has now."""
        for _, network, copy in self.pairs():
            copy.set_weights(network.get_weights())
