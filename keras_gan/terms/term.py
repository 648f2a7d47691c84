"""The base of everything that is added to a player's adversarial loss."""

from collections.abc import Callable, Sequence
from typing import Self, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from keras_gan.critic import Judgement
from keras_gan.optimizers.cosine import Number, config_of, number_or_schedule
from keras_gan.round import Round
from keras_gan.terms.lazy_regularization import where_due
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.networks import walk
from keras_gan.utils.registry import snake_case
from keras_gan.utils.validation import InputError, check_class_logits, check_integer

Weight: TypeAlias = Number
"""The factor before a term: a number, a schedule of `gan.step`, or the config of one."""


def head(evaluation: Judgement, name: str, user: str) -> Tensor:
    """Return a head of the discriminator as float32; raise with the heads that there are.

    Args:
        evaluation: a pass of the discriminator.
        name: the head's name.
        user: who asks for it, for the message.
    """
    if name not in evaluation.outputs:
        raise InputError(
            f"`{user}` needs a discriminator with a head {name!r}: let it return a dictionary. "
            f"Received: heads {sorted(evaluation.outputs)}"
        )
    return tf.cast(evaluation.outputs[name], tf.float32)


def class_logits(evaluation: Judgement, name: str, user: str) -> Tensor:
    """Return a head of class logits, `(batch, classes)`, as `head` does.

    Raises:
        InputError: they are probabilities; seen where they are computed eagerly, as before the first step.
    """
    logits = head(evaluation, name, user)
    if tf.executing_eagerly():
        check_class_logits(f"`{user}` needs logits in the head {name!r}", np.asarray(logits))
    return logits


class Term(keras.layers.Layer):
    """Something added to a player's loss: a penalty, a classification loss, feature matching.

    A member defines `discriminator_term(round)`, `generator_term(round)` or both, each returning float32 `(batch,)`,
    unweighted (or `(batch, ...)`, a value for each place of a map of logits: the mean counts). It is a Keras layer, so
    that one with state makes it by `add_weight` and it is saved with the GAN.

    Args:
        weight: the factor before the term: a number, or a `keras.optimizers.schedules.LearningRateSchedule` of
            `gan.step`.
        interval: lazy regularization: the term is computed at every `interval`-th step only, and counts
            `interval` times there (Karras et al. 2020, arXiv:1912.04958, section 3.1).
        name: the name in the logs, where the term appears unweighted; the default is the class's name in snake case.

    Attributes:
        generator_sees_real: whether `generator_term` reads `round.real`, which costs a pass over the reals.
        differentiates: whether the value is made of a gradient, as that of a gradient penalty.
        is_global: whether the value is computed over the batches of all replicas together.
        moves_when_due: whether nothing but its value tells of steps in which it is computed and not due, so that it may
            be lazy on several replicas, where work can't be skipped.
        runs: which networks are run anew or differentiated where the term is computed: `"discriminator"` (by
            `round.critic` or `input_gradient`), `"generator"` (by `round.generator`). A network with layers that reduce
            over replicas, such as batch normalization, can't be run at some steps only.
    """

    generator_sees_real: bool = True
    differentiates: bool = False
    is_global: bool = False
    moves_when_due: bool = False
    runs: Sequence[str] = ("discriminator", "generator")

    def __init__(self, weight: Weight = 1.0, interval: int = 1, name: str | None = None) -> None:
        super().__init__(name=name or snake_case(type(self).__name__), dtype="float32")
        self.weight = number_or_schedule("weight", weight)
        self.interval = check_integer("interval", interval)
        self.built = True

    def discriminator_term(self, round: Round) -> Tensor:
        """Return what is added to the discriminator's loss, float32 `(batch,)`, unweighted."""
        raise NotImplementedError

    def generator_term(self, round: Round) -> Tensor:
        """Return what is added to the generator's loss, float32 `(batch,)`, unweighted."""
        raise NotImplementedError

    def of(self, player: str) -> Callable[[Round], Tensor] | None:
        """Return the method for `"discriminator"` or `"generator"`, or `None` if this term has no part there."""
        method = f"{player}_term"
        return None if getattr(type(self), method) is getattr(Term, method) else getattr(self, method)

    def carry_over(self, other: Self) -> str:
        """Begin where another of the same class and name has come to, for fine-tuning; arguments stay this one's.

        Networks that a term holds stay as they are: whoever made it has chosen them.

        Args:
            other: the one of the GAN that fine-tuning begins with.

        Returns:
            What was carried over, or was not, in words; nothing if there is nothing, as in most.
        """
        ours, theirs = self.own_state, other.own_state
        if [v.shape for v in ours] != [v.shape for v in theirs]:
            return f"not the state of {self.name}, which has other shapes here"
        for variable, value in zip(ours, theirs, strict=True):
            variable.assign(value)
        return f"the state of {self.name}" if ours else ""

    @property
    def own_state(self) -> list[Variable]:
        """The variables that it has made itself, other than those of the networks that it holds."""
        inner = {id(variable) for layer in walk(self) for variable in layer.variables}
        return [variable for variable in self.variables if id(variable) not in inner]

    def names_by_player(self) -> dict[str, str]:
        """Return the name in the logs by player: the term's own, with `d_` and `g_` before it if it has both parts."""
        players = [player for player in ("discriminator", "generator") if self.of(player) is not None]
        return {player: self.name if len(players) == 1 else f"{player[0]}_{self.name}" for player in players}

    def evaluate(self, player: str, round: Round, skip: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        """Compute the term where its interval has come.

        Args:
            player: whose part.
            round: its round.
            skip: whether the work of other steps is saved by `tf.cond`, or done and thrown away.

        Returns:
            What to add to the player's loss (a scalar: weighted, averaged over the batch); the sum of the unweighted
            values; and the number of values in the sum, 0 at a step that is skipped.
        """
        compute = self.of(player)
        if compute is None:
            raise InputError(f"`{type(self).__name__}` has no term for the {player}.")

        def values() -> tuple[Tensor, Tensor]:
            value = tf.convert_to_tensor(compute(round))
            return tf.reduce_sum(value), tf.cast(tf.size(value), tf.float32)

        total, count = where_due(values, round.step, self.interval, skip)
        factor = self.interval * self._weight_at(round.step)
        return factor * tf.math.divide_no_nan(total, count), total, count

    def _weight_at(self, step: Tensor) -> Tensor:
        return tf.cast(self.weight(step) if callable(self.weight) else self.weight, tf.float32)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"weight": config_of(self.weight), "interval": self.interval, "name": self.name}
