import keras
import numpy as np
import pytest
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
        with tf.GradientTape() as tape:
            tape.watch(own)
            each = distribution.of_each_replica(own)
            value = tf.reduce_sum(each * [[1.0, 2.0], [3.0, 4.0]])
        slopes = distribution.of_each_replica(tape.gradient(value, own))  # of the sum of both values, which are equal
        assert not distribution.is_alone()
        return distribution.global_mean(own), *total, distribution.global_batch(own), each, slopes

    results = two_replicas.run(step, (values,))
    expected_of_all = (4.0, [6, 10], [12, 20], [1, 2, 5, 8], [[1, 2], [5, 8]], [[2, 4], [6, 8]])
    for result, expected in zip(results, expected_of_all, strict=True):
        for local in two_replicas.experimental_local_results(result):
            assert_array_equal(local, np.array(expected, "float32"))


def test_alone_all_is_ones_own():
    own = tf.constant([1.0, 3.0])
    assert_array_equal(distribution.global_sum(own), own)
    assert_array_equal(distribution.global_batch(own), own)
    assert_array_equal(distribution.of_each_replica(own), own[None])
    assert distribution.is_alone()
    assert float(distribution.global_mean(own)) == 2.0
    assert distribution.on_first_replica(own) is own


def test_the_first_replicas_part(two_replicas):
    with two_replicas.scope():
        variable = tf.Variable(3.0)
        assert float(distribution.on_first_replica(variable)) == 3.0


def test_rows_that_are_not_shared_equally(two_replicas):
    rows = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([4, 3][context.replica_id_in_sync_group])
    )
    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([[1.0, 2.0, 3.0, 6.0], [4.0, 5.0, 7.0]][context.replica_id_in_sync_group])
    )

    @tf.function
    def step(rows, own):
        return distribution.rows_before(rows), distribution.global_mean(own), distribution.global_mean(own[1:], axis=0)

    before, mean, rest = map(two_replicas.experimental_local_results, two_replicas.run(step, (rows, values)))
    assert [int(number) for number in before] == [0, 4]
    assert [float(number) for number in mean] == [4.0, 4.0]
    assert [float(number) for number in rest] == pytest.approx([23 / 5] * 2)


@pytest.mark.long
@pytest.mark.parametrize(
    "make", [lambda: tf.distribute.MirroredStrategy(["CPU:0"]), lambda: tf.distribute.OneDeviceStrategy("CPU:0")]
)
def test_one_device_is_none(make, make_gan, images):
    alone = make_gan()
    alone.fit(images[0], epochs=1, verbose=0)
    with make().scope():
        gan = make_gan()
    gan.fit(images[0], epochs=1, verbose=0)
    for ours, theirs in zip(gan.get_weights(), alone.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_what_each_replica_moves_alike_is_that_of_the_first(two_replicas):
    with two_replicas.scope():
        one, two, other = (
            keras.Variable(np.zeros(shape, dtype), dtype=dtype, trainable=False, aggregation="none")
            for shape, dtype in (((2, 3), "float32"), ((), "float32"), ((2,), "int32"))
        )

    @tf.function
    def step(own):
        distribution.assign(one, tf.fill((2, 3), own))
        distribution.assign(two, 10 * own)
        distribution.assign(other, tf.fill((2,), tf.cast(own, tf.int32)))
        distribution.equalize([one, two, other])
        return tf.identity(one.value), tf.identity(two.value), tf.identity(other.value)

    owns = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([1.5, np.inf][context.replica_id_in_sync_group], tf.float32)
    )
    ones, twos, others = map(two_replicas.experimental_local_results, two_replicas.run(step, (owns,)))
    assert_array_equal(ones, np.full((2, 2, 3), 1.5))
    assert_array_equal(twos, [15.0, 15.0])
    assert others[0][0] == 1
    distribution.equalize([one])  # alone there is nothing to do
