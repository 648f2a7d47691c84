"""What the user has changed in networks and optimizers since the model was made, compiled or traced."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.training.game.player import Player
from keras_gan.types import Config, Variable
from keras_gan.utils.validation import InputError, warn


class HasPlayers(Protocol):
    """What is asked of a game to see whether it was changed."""

    players: Mapping[str, Player]
    step: Variable
    train_function: object

    def averaged_networks(self) -> Iterator[tuple[str, keras.Model, keras.Model]]:
        """Yield each player's name and network with its average."""
        ...


class Seen:
    """What `compile` and the traced step know of networks and optimizers: later changes do not reach them.

    Args:
        players: of the game, by name.
    """

    def __init__(self, players: Mapping[str, Player]) -> None:
        self._moved = {name: player.trainable_variables for name, player in players.items()}
        self._rules: dict[str, Config] = {}
        self._attributes: list[list[object]] | None = None

    def check(self, model: HasPlayers) -> None:
        """Raise if a game is no longer what was seen.

        Raises:
            InputError: a network has other variables than its average, others are trainable, or an optimizer has other
                arguments.
        """
        for _, network, average in model.averaged_networks():
            if len(network.weights) != len(average.weights):
                raise InputError(
                    f"{network.name!r} must keep the variables that its average was made of: make a new model of it. "
                    f"Received: {len(network.weights)} weights, {len(average.weights)} in the average"
                )
        for name, player in model.players.items():
            _check_trainable(name, player.trainable_variables, self._moved[name])
        optimizers = {name: getattr(model, f"{name}_optimizer") for name in model.players}
        attributes = [_attributes(optimizer) for optimizer in optimizers.values()]
        # This runs at each `train_on_batch` too: a look at the attributes takes less time than the configs.
        if self._rules and attributes == self._attributes:
            return
        rules = {name: _rules(optimizer) for name, optimizer in optimizers.items()}
        if model.train_function is None or not self._rules:  # nothing was traced yet
            self._rules = rules
        for name, arguments in rules.items():
            _check_arguments(name, arguments, self._rules[name])
        self._attributes = attributes


def _check_trainable(player: str, now: Sequence[Variable], before: Sequence[Variable]) -> None:
    if [id(variable) for variable in now] != [id(variable) for variable in before]:
        raise InputError(
            f"`trainable` of a layer of the {player} was changed: `compile` again, for it to have an effect. "
            f"Received: {len(now)} trainable variables, {len(before)} when it was compiled"
        )


def _check_arguments(player: str, now: Config, before: Config) -> None:
    for name, value in now.items():
        if repr(value) != repr(before.get(name)):  # which may be arrays
            raise InputError(
                f"`{name}` of `{player}_optimizer` was changed after the first step: `compile` again, for it to have "
                "an effect; with the same instance its moments stay. "
                f"Received: {name}={value!r}, {before.get(name)!r} before"
            )


def _attributes(optimizer: keras.optimizers.Optimizer) -> list[object]:
    """Return the attributes of an optimizer: numbers and strings by value, other objects by identity."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return [value if isinstance(value, (int, float, str)) else id(value) for value in vars(inner).values()]


def _rules(optimizer: keras.optimizers.Optimizer) -> Config:
    """Return the arguments of an optimizer that a traced step keeps: all but a learning rate that is a number."""
    config: Config = getattr(optimizer, "inner_optimizer", optimizer).get_config()
    return config | ({"learning_rate": "a number"} if isinstance(config.get("learning_rate"), float) else {})


class Weights:
    """What the weights of averaged networks were when somebody last looked: only a step may move them."""

    def __init__(self) -> None:
        self._step: int | None = None
        self._sums: list[np.ndarray] = []

    def note(self, model: HasPlayers) -> None:
        """Remember the weights of now as those that the averages know of."""
        self._step, self._sums = int(model.step.numpy()), _sums(model)

    def forget(self) -> None:
        """Remember, at the next look, the weights that are there then."""
        self._step = None

    def warn_of_others(self, model: HasPlayers) -> None:
        """Warn of a network whose weights have changed since, without a step: its average still has the old ones."""
        if self._step != int(model.step.numpy()):
            self.note(model)
            return
        for network, old, new in zip(_averaged(model), self._sums, _sums(model), strict=True):
            if not np.array_equal(old, new, equal_nan=True):
                warn(
                    f"The weights of {network.name!r} were set, and its average still has those from before: samples "
                    "are the average's. `restart_average()` gives it the new ones."
                )


def _averaged(model: HasPlayers) -> list[keras.Model]:
    """Return the networks that have averages, each once."""
    return [*{id(network): network for _, network, _ in model.averaged_networks()}.values()]


def _sums(model: HasPlayers) -> list[np.ndarray]:
    """Return, of each averaged network, the sums of its trainable weights."""
    # Sums, and not the weights: these would be one more copy of the network in memory. On the device: pictures of many
    # classes ask for samples many times, and the weights of each would have to come to the host.
    return [np.array([_sum(weight) for weight in network.trainable_weights]) for network in _averaged(model)]


def _sum(weight: Variable) -> float:
    return float(tf.reduce_sum(tf.cast(distribution.on_first_replica(weight.value), tf.float64)))
