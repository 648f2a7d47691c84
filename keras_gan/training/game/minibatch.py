"""What one update of a player is computed from."""

from dataclasses import dataclass, replace

from keras_gan.random import RandomStream
from keras_gan.types import Tensor


@dataclass(frozen=True)
class Minibatch:
    """Real samples, the latents of as many fakes, and what goes with them.

    Attributes:
        samples: `(batch, ...)`, float32.
        latents: `(batch, latent_dim)`.
        labels: int32 classes `(batch,)`, float32 vectors `(batch, condition_dim)`, or `None`.
        random: the random numbers of the rows.
        index: its number among the micro-batches of one update.
    """

    samples: Tensor
    latents: Tensor
    labels: Tensor | None
    random: RandomStream
    index: int = 0

    def split(self, n: int) -> list["Minibatch"]:
        """Return `n` shares of the rows, each with its random numbers: row `i` goes to share `i % n`.

        By stride, so that the shares of all replicas together are those of one.
        """
        if n == 1:
            return [self]
        # Not one block of rows after another: a replica holds a block of the global batch, so that its first block
        # would be other rows than the first block of one device.
        return [
            Minibatch(
                self.samples[j::n],
                self.latents[j::n],
                None if self.labels is None else self.labels[j::n],
                self.random.every(n, j),
            )
            for j in range(n)
        ]

    def microbatches(self, n: int) -> list["Minibatch"]:
        """Return `n` shares, numbered, that together make one update."""
        return [replace(share, index=j) for j, share in enumerate(self.split(n))]
