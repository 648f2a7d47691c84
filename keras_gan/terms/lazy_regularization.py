"""Lazy regularization: a term at every so many steps (Karras et al. 2020, arXiv:1912.04958, section 3.1)."""

from collections.abc import Callable

import tensorflow as tf

from keras_gan.types import Tensor


def where_due(
    values: Callable[[], tuple[Tensor, Tensor]], step: Tensor, interval: int, skip: bool
) -> tuple[Tensor, Tensor]:
    """Return the sum and the number of a term's values at every `interval`-th step, and twice 0 at others.

    What it is worth where it is due, `interval` times its weight, is the caller's.

    Args:
        values: computes the sum and the number.
        step: from 0, which is due.
        interval: in steps.
        skip: whether the work of other steps is saved by `tf.cond`, or done and thrown away.
    """
    if interval == 1:
        return values()
    due = tf.equal(step % interval, 0)
    if skip:
        return tf.cond(due, values, lambda: (tf.constant(0.0), tf.constant(0.0)))
    total, count = values()
    return tf.where(due, total, 0.0), tf.where(due, count, 0.0)
