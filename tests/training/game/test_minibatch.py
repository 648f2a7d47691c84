import numpy as np
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan.random import RandomStream
from keras_gan.training.game.minibatch import Minibatch


def minibatch(labels=None):
    rows = tf.range(12)
    return Minibatch(rows, 100 + rows, labels, RandomStream(5, 1))


def test_a_share_has_every_nth_row_and_its_random_numbers():
    whole = minibatch(labels=tf.range(12) % 3)
    numbers = whole.random.uniform("any", (12, 2)).numpy()
    for j, share in enumerate(whole.split(4)):
        assert_array_equal(share.samples, np.arange(12)[j::4])
        assert_array_equal(share.latents, 100 + np.arange(12)[j::4])
        assert_array_equal(share.labels, (np.arange(12) % 3)[j::4])
        assert_array_equal(share.random.uniform("any", (3, 2)), numbers[j::4])
        assert share.index == 0


def test_micro_batches_are_numbered():
    numbers = minibatch().random.uniform("any", (12, 2)).numpy()
    parts = minibatch().split(2)[1].microbatches(3)
    assert [part.index for part in parts] == [0, 1, 2]
    for j, part in enumerate(parts):
        assert_array_equal(part.samples, np.arange(12)[1::2][j::3])
        assert_array_equal(part.random.uniform("any", (2, 2)), numbers[1::2][j::3])
        assert part.labels is None


def test_one_share_is_the_whole():
    whole = minibatch()
    assert whole.split(1) == [whole]
