"""Which fakes each player's update sees: fresh ones, or the same."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import tensorflow as tf

from keras_gan.training.game.minibatch import Minibatch
from keras_gan.types import Tensor


class Made(NamedTuple):
    """Fakes, and the tape of the generator's variables that has recorded how they were made.

    Attributes:
        samples: `(batch, ...)`, float32.
        tape: a `tf.GradientTape`; `None` of fakes that are data to whoever sees them.
    """

    samples: Tensor
    tape: tf.GradientTape | None


class HasFakes(Protocol):
    """Whatever holds the fakes of a micro-batch, such as a turn."""

    @property
    def made(self) -> Made | None:
        """These, where they are used again."""
        ...


class MakesSamples(Protocol):
    """What is asked of a game: its generator, and what an update is computed from."""

    def fake(self, batch: Minibatch) -> Tensor:
        """Return samples, made from what the batch has for it."""
        ...

    def for_generator(self, batch: Minibatch, keep: bool) -> Minibatch:
        """Return the same reals for the generator's update: with the same latents, or with others."""
        ...

    def tape(self, player: str) -> tf.GradientTape:
        """Return a tape of the player's variables."""
        ...


class Fakes(ABC):
    """Makes the fakes of an iteration. It has no state: the game is an argument."""

    @abstractmethod
    def for_discriminator(self, game: MakesSamples, microbatch: Minibatch) -> Made:
        """Return the fakes that the discriminator sees."""

    @abstractmethod
    def kept(self, made: Made) -> Made | None:
        """Return what a turn of the discriminator keeps of its fakes, for the generator."""

    @abstractmethod
    def minibatch(self, game: MakesSamples, last: Minibatch) -> Minibatch:
        """Return what the generator's update plays with, from the discriminator's last minibatch."""

    @abstractmethod
    def for_generator(self, game: MakesSamples, microbatch: Minibatch, played: Sequence[HasFakes]) -> Made:
        """Return the fakes that the generator learns from; `played` are the discriminator's turns."""


class FreshFakes(Fakes):
    """Each update has fakes of its own, as in Algorithm 1 of Goodfellow et al. 2014, arXiv:1406.2661."""

    def for_discriminator(self, game: MakesSamples, microbatch: Minibatch) -> Made:
        """Return new fakes, of which nothing is recorded."""
        # Outside of any tape of the generator's variables: nobody will differentiate this pass.
        return Made(game.fake(microbatch), None)

    def kept(self, made: Made) -> None:
        """Keep nothing."""

    def minibatch(self, game: MakesSamples, last: Minibatch) -> Minibatch:
        """Return the same reals with new latents."""
        return game.for_generator(last, keep=False)

    def for_generator(self, game: MakesSamples, microbatch: Minibatch, played: Sequence[HasFakes]) -> Made:
        """Return new fakes."""
        return _recorded(game, microbatch)


class ReusedFakes(Fakes):
    """The generator learns from the fakes of the discriminator's last update: one pass less, more memory."""

    def for_discriminator(self, game: MakesSamples, microbatch: Minibatch) -> Made:
        """Return new fakes."""
        return _recorded(game, microbatch)

    def kept(self, made: Made) -> Made:
        """Keep them, with the pass that has made them."""
        return made

    def minibatch(self, game: MakesSamples, last: Minibatch) -> Minibatch:
        """Return the same reals and latents."""
        return game.for_generator(last, keep=True)

    def for_generator(self, game: MakesSamples, microbatch: Minibatch, played: Sequence[HasFakes]) -> Made:
        """Return those that the discriminator has seen."""
        made = played[microbatch.index].made
        assert made is not None, "a turn keeps what is used again"
        return made


def _recorded(game: MakesSamples, microbatch: Minibatch) -> Made:
    # The tape is handed on, and goes on recording in the generator's turn. Where fakes are reused that is a turn later.
    with game.tape("generator") as tape:
        samples = game.fake(microbatch)
    return Made(samples, tape)
