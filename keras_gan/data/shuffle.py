"""Orders that are pure functions of a seed and of the position."""

import numpy as np
import tensorflow as tf

from keras_gan.types import Labels, Tensor

# `tf.random.experimental.index_shuffle` fixes this at 4, and with 4 the orders of two epochs of 60,000
# examples were seen to have a correlation of 0.91. From 8 on none was found.
_ROUNDS = 24
# The third word of the cipher's key: it keeps the orders apart, and from what else is keyed by (seed, step).
_EXAMPLES, _CLASSES, _MEMBERS = 0x64617461, 0x636C6173, 0x6D656D62


def shuffled(
    position: Tensor, count: int | Tensor, seed: int, epoch: Tensor, purpose: int | Tensor = _EXAMPLES
) -> Tensor:
    """Return where each position of an epoch is taken from: each epoch is a permutation of its own.

    Args:
        position: int64 in `[0, count)`, `(n,)`.
        count: how many are permuted: an integer, or one for each position.
        seed: of all orders.
        epoch: int64, one or one for each position.
        purpose: another one gives independent orders.
    """
    key = [tf.cast(part, tf.int64) + tf.zeros_like(position) for part in (seed, epoch, purpose)]
    last = tf.cast(count, tf.int64) - 1 + tf.zeros_like(position)
    return tf.raw_ops.RandomIndexShuffle(index=position, seed=tf.stack(key, axis=1), max_index=last, rounds=_ROUNDS)


class Classes:
    """The members of each class, in an endless order in which every class is equally frequent.

    Args:
        labels: integers, `(n,)`.
        seed: of the order.
    """

    def __init__(self, labels: Labels, seed: int) -> None:
        _, classes, counts = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
        self.seed = seed
        self.counts = counts.astype(np.int64)
        self.members = np.argsort(classes, kind="stable").astype(np.int64)  # class by class
        self.firsts = np.cumsum(self.counts) - self.counts

    def rows(self, position: Tensor) -> Tensor:
        """Return the rows of the examples at these positions of the endless order, int64 `(n,)`."""
        classes = len(self.counts)
        turn, place = position // classes, position % classes
        chosen = shuffled(place, classes, self.seed, turn, _CLASSES)
        count = tf.gather(tf.constant(self.counts), chosen)
        member = shuffled(turn % count, count, self.seed, turn // count, _MEMBERS + chosen)
        return tf.gather(tf.constant(self.members), tf.gather(tf.constant(self.firsts), chosen) + member)
