"""What the user has changed in networks and optimizers since the model was made, compiled or traced."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan.types import Config, Variable
from keras_gan.utils.validation import InputError, warn


def check_networks(model: Any, moved: Mapping[str, Sequence[Variable]]) -> None:
    """Raise if the networks of a game are no longer those that `compile` saw.

    Args:
        model: the game.
        moved: the variables that each player's optimizer was built for, by the player's name.

    Raises:
        InputError: others are trainable, or a network has other variables than its average.
    """
    for network, average in _averaged(model):
        if len(network.weights) != len(average.weights):
            raise InputError(
                f"{network.name!r} must keep the variables that its average was made of: make a new model of it. "
                f"Received: {len(network.weights)} weights, {len(average.weights)} in the average"
            )
    for name, variables in moved.items():
        now = model.players[name].trainable_variables
        if [id(variable) for variable in now] != [id(variable) for variable in variables]:
            raise InputError(
                f"`trainable` of a layer of the {name} was changed: `compile` again, for it to have an effect. "
                f"Received: {len(now)} trainable variables, {len(variables)} when it was compiled"
            )


def check_optimizers(before: Mapping[str, Config], now: Mapping[str, Config]) -> None:
    """Raise if an optimizer has other arguments than when the step was traced, which has taken these for good.

    Args:
        before: what `rules` returned then, by the player's name.
        now: what it returns.

    Raises:
        InputError: an argument is another one.
    """
    for player, arguments in now.items():
        for name, value in arguments.items():
            if value != before[player][name]:
                raise InputError(
                    f"`{name}` of `{player}_optimizer` was changed after the first step: `compile` again, for it to "
                    "have an effect; with the same instance its moments stay. "
                    f"Received: {name}={value!r}, {before[player][name]!r} before"
                )


def rules(optimizer: Any) -> Config:
    """Return the arguments of an optimizer that a traced step keeps: all, but a rate that is a number."""
    config: Config = getattr(optimizer, "inner_optimizer", optimizer).get_config()
    return config | ({"learning_rate": "a number"} if isinstance(config["learning_rate"], float) else {})


def warn_of_old_averages(model: Any) -> None:
    """Warn if an average is not of its network's weights though no step was made: these came from elsewhere."""
    if model.step.numpy() > 0:
        return
    for network, average in _averaged(model):
        pairs = zip(network.weights, average.weights, strict=True)
        # An average may have batch statistics of its own: `set_standing_statistics`.
        trained = [(weight.numpy(), copy.numpy()) for weight, copy in pairs if weight.trainable]
        if not all(np.array_equal(*pair) for pair in trained):
            warn(
                f"The weights of {network.name!r} were set, and its average still has those from before: samples are "
                "the average's. `restart_average()` gives it the new ones."
            )


def _averaged(model: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each averaged network with its average."""
    for name, averages in model.averages.items():
        yield from zip(model.players[name].networks, averages, strict=True)
