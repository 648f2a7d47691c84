"""What one turn of a player plays with."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import tensorflow as tf

from keras_gan.random import RandomStream
from keras_gan.types import Tensor


@dataclass(frozen=True)
class Minibatch:
    """Real samples, the latents of as many fakes, and what goes with them.

    Attributes:
        samples: `(batch, ...)`, float32.
        latents: `(batch, latent_dim)`.
        labels: int32, `(batch,)`, or `None`.
        random: the random numbers of the rows.
        part: its number among the parts of one turn.
    """

    samples: Tensor
    latents: Tensor
    labels: Tensor | None
    random: RandomStream
    part: int = 0

    def split(self, n: int) -> list["Minibatch"]:
        """Return `n` shares of the rows, each with its random numbers: row `i` goes to share `i % n`.

        By stride, so that the shares of all replicas together are those of one.
        """
        if n == 1:
            return [self]
        return [
            Minibatch(
                self.samples[j::n],
                self.latents[j::n],
                None if self.labels is None else self.labels[j::n],
                self.random.every(n, j),
            )
            for j in range(n)
        ]

    def parts(self, n: int) -> list["Minibatch"]:
        """Return `n` shares, numbered, that together are one turn."""
        return [replace(share, part=j) for j, share in enumerate(self.split(n))]


class Played(NamedTuple):
    """What a part of the discriminator's turn leaves behind.

    Attributes:
        real_logits: what the discriminator said of the reals.
        made: with `reuse_fakes` a tape of the generator, and the fakes that are recorded on it.
    """

    real_logits: Tensor
    made: tuple[tf.GradientTape, Tensor] | None
