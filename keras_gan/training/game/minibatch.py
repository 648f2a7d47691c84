"""What one update of a player is computed from."""

from dataclasses import dataclass, replace

from keras_gan.random import RandomStream
from keras_gan.types import Tensor


@dataclass(frozen=True)
class Minibatch:
    """Real samples, what as many fakes are made from, and what goes with them.

    Attributes:
        samples: `(batch, ...)`, float32.
        latents: `(batch, latent_dim)`, or `None` where fakes are made from images.
        labels: int32 classes `(batch,)`, float32 vectors `(batch, condition_dim)`, or `None`.
        random: the random numbers of the rows.
        source: images that fakes are made from, `(batch, height, width, channels)`, float32, or `None`.
        index: its number among the micro-batches of one update.
    """

    samples: Tensor
    latents: Tensor | None
    labels: Tensor | None
    random: RandomStream
    source: Tensor | None = None
    index: int = 0

    def split(self, n: int) -> list["Minibatch"]:
        """Return `n` shares of the rows, each with its random numbers: row `i` goes to share `i % n`.

        By stride, so that the shares of all replicas together are those of one.
        """
        if n == 1:
            return [self]

        # Not one block of rows after another: a replica holds a block of the global batch, so that its first block
        # would be other rows than the first block of one device.
        def share(rows: Tensor | None, j: int) -> Tensor | None:
            return None if rows is None else rows[j::n]

        return [
            Minibatch(
                self.samples[j::n],
                share(self.latents, j),
                share(self.labels, j),
                self.random.every(n, j),
                share(self.source, j),
            )
            for j in range(n)
        ]

    def microbatches(self, n: int) -> list["Minibatch"]:
        """Return `n` shares, numbered, that together make one update."""
        return [replace(share, index=j) for j, share in enumerate(self.split(n))]
