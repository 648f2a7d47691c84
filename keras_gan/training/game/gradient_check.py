"""A look at all gradients before the first step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.augmentation import Augmentation
from keras_gan.round import Round
from keras_gan.training.game.fakes import MakesSamples
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.objective import Objective
from keras_gan.training.game.player import Player
from keras_gan.types import Tensor, Variable
from keras_gan.utils.networks import computes_in_float16
from keras_gan.utils.validation import InputError

_ROWS = 4  # of the rehearsal
_NUDGE = 0.1  # of a weight without gradient, to see whether the value moves with it
_MOVED = 1e-5  # relatively: more than rounding does


class Rehearsed(MakesSamples, Protocol):
    """What is asked of a game to play a round before there are data."""

    objective: Objective
    players: Mapping[str, Player]
    augmentation: Augmentation | None

    def rehearsal(self, rows: int) -> Minibatch:
        """Return a small random batch."""
        ...

    def round_of(self, batch: Minibatch, fake: Tensor, player: str, augmentation: Augmentation | None) -> Round:
        """Return a player's round."""
        ...


class GradientCheck:
    """Checks that what a player minimises has a finite gradient for each weight that it depends on.

    An operation without a derivative (a hue shift), or without a second one (a bilinear resize under a penalty), is no
    error in TensorFlow: the weights before it are just never moved, or not by that term. Nothing that is trained or
    saved is changed by the look.

    Args:
        game: compiled; its loss and its terms are looked at one by one, with and without its augmentation.
    """

    def __init__(self, game: Rehearsed) -> None:
        self._game = game
        self._objective, self._players, self._augmentation = game.objective, game.players, game.augmentation

    def check(self) -> None:
        """Raise at the first fault.

        Raises:
            InputError: a gradient is missing or not finite. The message names the part, the player and the weights, and
                the augmentation where it is to blame.
        """
        try:
            self._check()
        except tf.errors.ResourceExhaustedError:  # not of the batch, but of this machine
            raise
        except tf.errors.OpError:  # a network that such a small batch does not suit: nothing can be said
            return

    def _check(self) -> None:
        for player in ("discriminator", "generator"):
            for name, fault in self._faults(player, self._augmentation):
                if self._augmentation is not None and name not in dict(self._faults(player, None)):
                    name = f"augmentation {self._augmentation.name!r} under the {name}"
                raise InputError(
                    f"The {name} must have a finite gradient with respect to the {player}'s weights (weights that are "
                    f"not meant to be trained need `trainable=False`). Received: {fault}"
                )

    def _faults(self, player: str, augmentation: Augmentation | None) -> Iterator[tuple[str, str]]:
        """Yield the name of each part with a fault, and the fault."""
        variables = self._players[player].trainable_variables
        for name in self._objective.summands(player) if variables else ():
            fault = self._fault(player, augmentation, name, variables)
            if fault is not None:
                yield name, fault

    def _fault(
        self, player: str, augmentation: Augmentation | None, name: str, variables: Sequence[Variable]
    ) -> str | None:
        # Not `gradients.watching`: its ZERO would hide what is looked for, a gradient that is missing.
        values = [distribution.on_first_replica(variable.value) for variable in variables]
        try:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(values)
                value = self._value(player, augmentation, name)
            gradients = tape.gradient(value, values)
        except LookupError as error:
            if type(error) is not LookupError:  # a KeyError, and no operation without derivative
                raise
            return str(error)
        missing = [variable for variable, gradient in zip(variables, gradients, strict=True) if gradient is None]
        flawed = [v for v, g in zip(variables, gradients, strict=True) if g is not None and not _finite(g)]
        if missing and self._moves(player, augmentation, name, missing, value):
            return f"none for {_paths(missing)}"
        if flawed and self._expects_finite():
            return f"NaN or infinity for {_paths(flawed)}"
        return None

    def _value(
        self,
        player: str,
        augmentation: Augmentation | None,
        name: str,
        nudged: Sequence[tuple[Variable, Tensor]] = (),
    ) -> Tensor:
        """Return the mean of a part of what the player minimises, with some weights replaced."""
        # In this scope of Keras's nothing that a pass assigns, such as batch statistics, reaches the variables.
        with keras.StatelessScope(state_mapping=nudged, collect_losses=True) as scope:
            value = tf.reduce_mean(self._objective.summands(player)[name](self._rehearse(player, augmentation)))
        if scope.losses:
            raise InputError(
                "The layers of the networks must add no losses of their own but regularizers of weights: a network is "
                "called several times a step. Received: an activity regularizer or `add_loss`"
            )
        return value

    def _rehearse(self, player: str, augmentation: Augmentation | None) -> Round:
        """Return a player's round over a small random batch."""
        game, batch = self._game, self._game.rehearsal(_ROWS)
        if player == "generator":
            batch = game.for_generator(batch, keep=False)
        return game.round_of(batch, game.fake(batch), player, augmentation)

    def _moves(
        self, player: str, augmentation: Augmentation | None, name: str, variables: Sequence[Variable], value: Tensor
    ) -> bool:
        # No gradient is no fault by itself: an R1 term does not depend on the last bias. It is one where the value
        # moves with the weight all the same.
        random = np.random.default_rng(0)
        nudged = [(v, v.value + tf.cast(random.normal(0.0, _NUDGE, v.shape), v.dtype)) for v in variables]
        if self._same(self._value(player, augmentation, name, nudged), value):
            return False
        # If it moves by itself, it draws random numbers of its own: nothing can be said.
        return self._same(self._value(player, augmentation, name), value)

    @staticmethod
    def _same(a: Tensor, b: Tensor) -> bool:
        return bool(tf.abs(a - b) <= _MOVED * (1.0 + tf.abs(b)))

    def _expects_finite(self) -> bool:
        """Return whether an infinity is a fault. None in float16, or of weights that are not finite themselves."""
        networks = [network for each in self._players.values() for network in each.networks]
        weights = [weight for network in networks for weight in network.trainable_variables]
        return not any(computes_in_float16(network) for network in networks) and all(map(_finite, weights))


def _finite(value: Tensor | Variable) -> bool:
    return bool(tf.reduce_all(tf.math.is_finite(tf.convert_to_tensor(value))))


def _paths(variables: Sequence[Variable]) -> str:
    return ", ".join(variable.path for variable in variables)
