import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import distribution


def test_one_device():
    assert distribution.num_replicas() == 1
    assert distribution.first_position(tf.constant(5)) == 0


def test_two_replicas_continue_each_other(two_replicas):
    @tf.function
    def step():
        return distribution.first_position(tf.constant(5)) + 0 * distribution.num_replicas()

    firsts = two_replicas.experimental_local_results(two_replicas.run(step))
    assert_array_equal([int(first) for first in firsts], [0, 5])
    with two_replicas.scope():
        assert distribution.num_replicas() == 2
