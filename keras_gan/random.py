"""The only source of random numbers of a step.

Each number is a pure function of (seed, purpose, step, position in the global batch): a counter-based generator
(Philox 4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") whose key is the seed and the
purpose, and whose counter is the step and the position. So noise survives a restart, a replica draws only its own rows,
the number of replicas changes nothing, and graph, eager and XLA draw the same bits (TensorFlow's stateless *normals*
differ between the last two, its bits do not).
"""

import math
import zlib
from collections.abc import Sequence

import tensorflow as tf

from keras_gan.types import Tensor

_PHILOX = 1  # `tf.random.Algorithm.PHILOX`
_WORDS = 4  # uint32 numbers that one value of Philox's counter gives


class RandomStream:
    """The random numbers of one step, addressed by purpose and row.

    Args:
        seed: a Python integer or an integer tensor, in `[0, 2^31)`.
        step: the step that the numbers belong to, in `[0, 2^63)`.
        first: the position in the global batch of the first row that is drawn.
        scope: goes before every purpose, to keep apart what else would share an address.
        share: `(n, j)` draws for the rows `j`, `j + n`, `j + 2n`, ... of the batch, as in `rows[j::n]`.

    Example:
    ```python
    whole = keras_gan.RandomStream(seed=0, step=7).uniform("latents", (64, 100))
    tail = keras_gan.RandomStream(seed=0, step=7, first=60).uniform("latents", (4, 100))  # equals whole[60:]
    ```
    """

    def __init__(
        self,
        seed: int | Tensor,
        step: int | Tensor = 0,
        first: int | Tensor = 0,
        scope: str = "",
        share: tuple[int, int] = (1, 0),
    ) -> None:
        self.seed = seed
        self.step = step
        self.first = first
        self.scope = scope
        self.share = share

    def every(self, n: int, j: int) -> "RandomStream":
        """Return the numbers of every `n`-th row from row `j` on: those of `rows[j::n]`, for equal shares."""
        of, offset = self.share
        return RandomStream(self.seed, self.step, self.first, self.scope, (of * n, offset + of * j))

    def within(self, scope: str) -> "RandomStream":
        """Return the numbers under `scope`, which are independent of those outside."""
        return RandomStream(self.seed, self.step, self.first, f"{self.scope}{scope}/", self.share)

    def bits(self, purpose: str, shape: Sequence[int | Tensor]) -> Tensor:
        """Return uniform uint32 numbers of `shape`; the first axis is the position in the batch and may be a tensor."""
        of, offset = self.share
        rows, columns = shape[0] * of, math.prod(shape[1:])
        blocks = -(-columns // _WORDS)  # a row begins at a counter of its own
        key = tf.cast(self.seed, tf.uint64) * 2**32 + zlib.crc32(f"{self.scope}{purpose}".encode())
        counter = tf.stack([tf.cast(self.first, tf.uint64) * tf.cast(blocks, tf.uint64), tf.cast(self.step, tf.uint64)])
        drawn = tf.raw_ops.StatelessRandomUniformFullIntV2(
            shape=tf.stack([tf.cast(rows, tf.int32), blocks * _WORDS]),
            key=tf.reshape(key, [1]),
            counter=counter,
            alg=_PHILOX,
            dtype=tf.uint32,
        )
        return tf.reshape(drawn[offset::of, :columns], shape)

    def uniform(self, purpose: str, shape: Sequence[int | Tensor]) -> Tensor:
        """Return float32 numbers in the open interval (0, 1): the odd multiples of 2^-24, which float32 holds exactly.

        They are symmetric about 1/2 and never touch the ends, so an inverse distribution function stays finite.
        """
        high = tf.bitwise.right_shift(self.bits(purpose, shape), tf.constant(9, tf.uint32))
        return (tf.cast(high, tf.float32) + 0.5) * 2.0**-23

    def normal(self, purpose: str, shape: Sequence[int | Tensor]) -> Tensor:
        """Return standard normal float32 numbers: the inverse distribution function of `uniform`, so never infinite."""
        return tf.math.ndtri(self.uniform(purpose, shape))
