"""The terms of a game, by player."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan import terms
from keras_gan.round import Round
from keras_gan.training.means import Sums
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError


class TermSet:
    """The terms that `compile` was given: checked together, and evaluated together for one player.

    Args:
        given: terms: names, classes, instances or configs.
        reserved: names in the logs that no term may take.

    Raises:
        InputError: not a list, an unknown term, or two with one name in the logs.
    """

    def __init__(self, given: Sequence[Any], reserved: Sequence[str]) -> None:
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
            raise InputError(f"`terms` must be a list of terms. Received: terms={given!r}")
        self.terms = [terms.get(term) for term in given]
        self.log_names = tuple(name for term in self.terms for name in term.log_names().values())
        if len({*self.log_names, *reserved}) < len(self.log_names) + len(reserved):
            raise InputError(
                f"`terms` need names that differ, and not {list(reserved)}: pass `name=` to one. "
                f"Received: names {list(self.log_names)}"
            )

    def of(self, player: str) -> list[Any]:
        """Return the terms of the `"discriminator"` or of the `"generator"`."""
        return [term for term in self.terms if term.of(player) is not None]

    def evaluate(self, player: str, round: Round) -> tuple[Tensor, Sums]:
        """Return what a player's terms add to its loss, weighted, and what is logged of them, unweighted."""
        addition, logs = tf.constant(0.0), {}
        for term in self.of(player):
            value, total, count = term.evaluate(player, round)
            addition += value
            logs[term.log_names()[player]] = (total, count)
        return addition, logs
