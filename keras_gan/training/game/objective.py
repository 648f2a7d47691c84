"""What the players of a GAN minimise: the adversarial loss, the terms, and what goes with them."""

import functools
from collections.abc import Callable, Mapping, Sequence

import keras
import tensorflow as tf

from keras_gan import augmentation as augmentations
from keras_gan import distribution, losses, terms
from keras_gan.augmentation import Augmentation
from keras_gan.losses import AdversarialLoss
from keras_gan.ops.platform import under_xla
from keras_gan.round import Round
from keras_gan.terms import Term
from keras_gan.training.game.logs import Sums, sums
from keras_gan.training.game.signature import DataSignature
from keras_gan.training.game.top_k import Share, TopK
from keras_gan.types import Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import InputError, check_choice


class Objective:
    """What each player minimises in a round.

    Args:
        loss: an adversarial loss: a name, a class, an instance or a config.
        given: terms: likewise.
        top_k: the share of the fakes that the generator learns from; see `TopK`. `None` is all.
        augmentation: what images go through before they are judged: likewise, or `None`.
        reserved: names in the logs that no term may take.

    Raises:
        InputError: one of them is unknown, `given` is no list, two terms have one name in the logs.
    """

    def __init__(
        self,
        loss: Identifier[AdversarialLoss],
        given: Sequence[Identifier[Term]],
        top_k: Share | None = None,
        augmentation: Identifier[Augmentation] | None = None,
        reserved: Sequence[str] = (),
    ) -> None:
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
            raise InputError(f"`terms` must be a list of terms. Received: terms={given!r}")
        self.augmentation = None if augmentation is None else augmentations.get(augmentation)
        self.loss = losses.get(loss)
        self.terms = [terms.get(term) for term in given]
        self.top_k = None if top_k is None else TopK(top_k)
        own = () if self.augmentation is None else tuple(self.augmentation.log_names)
        # Two of one name would be added up in the logs, in silence.
        names = [name for term in self.terms for name in term.names_by_player().values()]
        if len({*names, *own, *reserved}) < len(names) + len(own) + len(reserved):
            raise InputError(
                f"`terms` need names that differ, and not {[*reserved, *own]}: pass `name=` to one. "
                f"Received: names {names}"
            )
        self.log_names = (*own, *names)

    @property
    def layers(self) -> list[keras.layers.Layer]:
        """The layers that may have state which a step moves: the augmentation and the terms."""
        return [*([] if self.augmentation is None else [self.augmentation]), *self.terms]

    def check(self, signature: DataSignature, networks: Mapping[str, Sequence[keras.Model]]) -> None:
        """Raise for what does not suit the samples, or the replicas of this scope.

        Args:
            signature: of the networks.
            networks: by the names of `Term.runs`: the layers that a pass goes through.
        """
        for layer in self.layers:
            distribution.check_scope(layer)
        if self.augmentation is not None and not signature.is_image:
            raise InputError(f"`augmentation` is for images. Received: samples of shape {signature.sample_shape}")
        if distribution.num_replicas() > 1:
            self._check_intervals(networks)

    def _check_intervals(self, networks: Mapping[str, Sequence[keras.Model]]) -> None:
        """Raise for terms that can't be lazy under several replicas: a reduction over them can't be skipped."""
        for term in self.terms:
            if term.interval == 1 or term.moves_when_due:
                continue
            names = [check_choice("runs", name, networks) for name in term.runs]
            run = [part for name in names for part in networks[name]]
            if "discriminator" in names and self.augmentation is not None:
                run.append(self.augmentation)
            layers = [*walk(term), *(layer for part in run for layer in (part, *walk(part)))]
            reducing = [layer.name for layer in dict.fromkeys(layers) if distribution.reduces(layer)]
            if term.is_global or reducing:
                why = f", as in {reducing}," if reducing else ""
                raise InputError(
                    f"`interval` of `{term.name}` must be 1 where there are several replicas: what is computed over "
                    f"all of them{why} can't be skipped. Received: interval={term.interval}"
                )

    def terms_of(self, player: str) -> list[Term]:
        """Return the terms of the `"discriminator"` or of the `"generator"`."""
        return [term for term in self.terms if term.of(player) is not None]

    @property
    def generator_sees_real(self) -> bool:
        """Whether the generator's round needs the discriminator's pass over the reals."""
        parts: list[AdversarialLoss | Term] = [self.loss, *self.terms_of("generator")]
        return any(part.generator_sees_real for part in parts)

    def total(self, player: str, round: Round) -> tuple[Tensor, Sums]:
        """Return what a player minimises, a scalar, and what is logged of its parts, unweighted.

        Args:
            player: `"discriminator"` or `"generator"`.
            round: its round.
        """
        values = self._adversarial(player, round)
        total = tf.reduce_mean(values)
        if player == "generator" and self.top_k is not None:
            total = tf.reduce_mean(values * self.top_k.weights(round.fake.logits, round.step))
        logs = sums(**{f"{player[0]}_loss": values})
        for term in self.terms_of(player):
            # XLA fails on some gradients of gradients inside a `tf.cond`: those of a transpose. There a lazy penalty is
            # computed at every step, and thrown away where it is not due; and so is what several replicas compute.
            whole = (under_xla() and term.differentiates) or (term.moves_when_due and distribution.num_replicas() > 1)
            addition, of_values, count = term.evaluate(player, round, skip=not whole)
            total += addition
            logs[term.names_by_player()[player]] = (of_values, count)
        return total, logs

    def summands(self, player: str) -> dict[str, Callable[[Round], Tensor]]:
        """Return what adds up to what a player minimises, unweighted, by what they are called in messages."""
        # One by one, and not their sum: a gradient check that finds a fault has to name the part that has it.
        parts = {f"term `{term.name}`": part for term in self.terms if (part := term.of(player)) is not None}
        return {f"loss `{type(self.loss).__name__}`": functools.partial(self._adversarial, player), **parts}

    def _adversarial(self, player: str, round: Round) -> Tensor:
        real = round.real.logits if player == "discriminator" or self.generator_sees_real else None
        values = getattr(self.loss.drawn(round.random), f"{player}_loss")(real, round.fake.logits)
        if values.shape.rank != round.fake.logits.shape.rank:
            raise InputError(
                f"The {player}'s loss must be of the shape of the logits, {round.fake.logits.shape}. "
                f"Received: shape {values.shape}"
            )
        return values
