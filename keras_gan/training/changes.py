"""What the user has changed in networks and optimizers since the model was made, compiled or traced."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan.training.player import Player
from keras_gan.types import Config, Variable
from keras_gan.utils.validation import InputError, warn


class Seen:
    """What `compile`, and the step when it was traced, saw of networks and optimizers: later changes do not reach it.

    Args:
        players: of the game, by name.
    """

    def __init__(self, players: Mapping[str, Player]) -> None:
        self._moved = {name: player.trainable_variables for name, player in players.items()}
        self._rules: dict[str, Config] = {}

    def check(self, model: Any) -> None:
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
        rules = {name: _rules(getattr(model, f"{name}_optimizer")) for name in model.players}
        if model.train_function is None or not self._rules:  # nothing was traced yet
            self._rules = rules
        for name, arguments in rules.items():
            _check_arguments(name, arguments, self._rules[name])


def _check_trainable(player: str, now: Sequence[Variable], before: Sequence[Variable]) -> None:
    if [id(variable) for variable in now] != [id(variable) for variable in before]:
        raise InputError(
            f"`trainable` of a layer of the {player} was changed: `compile` again, for it to have an effect. "
            f"Received: {len(now)} trainable variables, {len(before)} when it was compiled"
        )


def _check_arguments(player: str, now: Config, before: Config) -> None:
    for name, value in now.items():
        if value != before.get(name):
            raise InputError(
                f"`{name}` of `{player}_optimizer` was changed after the first step: `compile` again, for it to have "
                "an effect; with the same instance its moments stay. "
                f"Received: {name}={value!r}, {before.get(name)!r} before"
            )


def _rules(optimizer: Any) -> Config:
    """Return the arguments of an optimizer that a traced step keeps: all, but a rate that is a number."""
    config: Config = getattr(optimizer, "inner_optimizer", optimizer).get_config()
    return config | ({"learning_rate": "a number"} if isinstance(config["learning_rate"], float) else {})


def warn_of_old_averages(model: Any) -> None:
    """Warn if an average is not of its network's weights though no step was made: these came from elsewhere."""
    if model.were_set or model.step.numpy() > 0:
        return
    for _, network, average in model.averaged_networks():
        pairs = zip(network.weights, average.weights, strict=True)
        # The batch statistics of an average are its own.
        trained = [(weight.numpy(), copy.numpy()) for weight, copy in pairs if weight.trainable]
        if not all(np.array_equal(*pair) for pair in trained):
            warn(
                f"The weights of {network.name!r} were set, and its average still has those from before: samples are "
                "the average's. `restart_average()` gives it the new ones."
            )
