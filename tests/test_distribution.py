import numpy as np
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


def test_what_is_global_is_of_all_replicas(two_replicas):
    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([[1.0, 2.0], [5.0, 8.0]][context.replica_id_in_sync_group])
    )

    @tf.function
    def step(own):
        total = distribution.global_sum([own, 2 * own])
        return distribution.global_mean(own), *total, distribution.global_batch(own)

    results = two_replicas.run(step, (values,))
    for result, expected in zip(results, (4.0, [6, 10], [12, 20], [1, 2, 5, 8]), strict=True):
        for local in two_replicas.experimental_local_results(result):
            assert_array_equal(local, np.array(expected, "float32"))


def test_alone_all_is_ones_own():
    own = tf.constant([1.0, 3.0])
    assert_array_equal(distribution.global_sum(own), own)
    assert_array_equal(distribution.global_batch(own), own)
    assert float(distribution.global_mean(own)) == 2.0
    assert distribution.on_first_replica(own) is own


def test_the_first_replicas_part(two_replicas):
    with two_replicas.scope():
        variable = tf.Variable(3.0)
        assert float(distribution.on_first_replica(variable)) == 3.0
