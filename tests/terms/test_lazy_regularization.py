import pytest
import tensorflow as tf

from keras_gan.terms.lazy_regularization import where_due


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize(("step", "interval", "due"), [(0, 4, True), (3, 4, False), (4, 4, True), (7, 1, True)])
def test_every_so_many_steps(step, interval, due, skip):
    values = lambda: (tf.constant(5.0), tf.constant(2.0))  # noqa: E731
    found = tf.function(lambda step: where_due(values, step, interval, skip))(tf.constant(step, tf.int64))
    assert [float(value) for value in found] == ([5.0, 2.0] if due else [0.0, 0.0])


@pytest.mark.parametrize("skip", [True, False])
def test_the_work_of_other_steps_is_skipped_or_not(skip):
    counted = tf.Variable(0)

    def values():
        counted.assign_add(1)
        return tf.constant(5.0), tf.constant(2.0)

    step = tf.function(lambda step: where_due(values, step, 4, skip))
    for number in range(8):
        step(tf.constant(number))
    assert int(counted) == (2 if skip else 8)
