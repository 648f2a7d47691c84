"""The moving averages of the players' networks."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import keras

from keras_gan.training.game.exponential_moving_average import ExponentialMovingAverage
from keras_gan.training.game.moving_average import AverageLike, MovingAverage, move_average
from keras_gan.training.game.player import Player
from keras_gan.types import Tensor, Variable
from keras_gan.utils.validation import check_number


@dataclass(frozen=True)
class _Followed:
    """A network of a player, and a copy that follows it."""

    player: str
    rule: MovingAverage
    network: keras.Model
    copy: keras.Model


class Averages:
    """Copies of the players' networks that are averaged: their weights follow those of the networks.

    Args:
        players: of a game, by name.

    Attributes:
        copies: by player's name; where it has several averages, all networks of the first, then those of the next.
        derived: variables of copies that are functions of others, such as the batch statistics of a generator. Whoever
            computes them lists them here. They are neither moved nor kept.

    Raises:
        InputError: `average` of a player is none, or a network can't be copied.
    """

    def __init__(self, players: Mapping[str, Player]) -> None:
        self.copies: dict[str, list[keras.Model]] = {}
        self._followed: list[_Followed] = []
        for name, player in players.items():
            for number, rule in enumerate(moving_averages(player.average, "average"), 1):
                copies = player.copies(number)
                self.copies.setdefault(name, []).extend(copies)
                networks = zip(player.networks, copies, strict=True)
                self._followed += [_Followed(name, rule, network, copy) for network, copy in networks]
        self.derived: list[Variable] = []

    @property
    def networks(self) -> list[keras.Model]:
        """All copies."""
        return [followed.copy for followed in self._followed]

    def pairs(self) -> Iterator[tuple[str, keras.Model, keras.Model]]:
        """Yield each player's name and network with its copy; of several averages, one after the other."""
        for followed in self._followed:
            yield followed.player, followed.network, followed.copy

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
        for followed in self._followed:
            decay = followed.rule.decay_at(step, images)
            for weight, average in zip(followed.network.weights, followed.copy.weights, strict=True):
                if id(average) in moved:
                    move_average(average, weight, decay)

    def restart(self) -> None:
        """Give every copy the weights that its network has now."""
        for followed in self._followed:
            followed.copy.set_weights(followed.network.get_weights())


def moving_averages(ema: AverageLike, argument: str = "ema") -> list[MovingAverage]:
    """Return the averages that a decay, an object, its config, or several of them stand for; `None` for none.

    Args:
        ema: one of these, or a list or tuple of some.
        argument: its name, for messages.

    Raises:
        InputError: it is none of these.
    """
    if ema is None:
        return []
    return [_moving_average(each, argument) for each in (ema if isinstance(ema, (list, tuple)) else [ema])]


def _moving_average(ema: object, argument: str) -> MovingAverage:
    if isinstance(ema, MovingAverage):
        return ema
    if isinstance(ema, dict):
        with contextlib.suppress(TypeError, ValueError, KeyError):  # what is no config is told of below
            ema = keras.saving.deserialize_keras_object(ema)
        if isinstance(ema, MovingAverage):
            return ema
    return ExponentialMovingAverage(check_number(argument, ema, minimum=0.0, maximum=1.0, open_maximum=True))
