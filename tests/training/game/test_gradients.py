import types

import keras
import numpy as np
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.training.game.gradients import Gradients, accumulated, differentiate, in_order, suspects, watching
from keras_gan.training.game.logs import sums
from keras_gan.training.game.player import Player


def variables():
    return [keras.Variable([2.0, 3.0], name="used"), keras.Variable([5.0], name="unused")]


def test_the_gradient_of_a_share_of_the_loss():
    both = used, _ = variables()
    with watching(both) as tape:
        loss = tf.reduce_sum(used.value**2)
    gradients = differentiate(tape, loss, both, tf.constant(0.5))
    assert_allclose(gradients[0], [2.0, 3.0])
    assert_allclose(gradients[1], [0.0])
    assert float(loss) == 13.0, "which is not scaled"


def test_a_tape_records_in_several_with():
    used, other = variables()
    with (tape := watching([used])):
        half = used.value * 2.0
    outside = used.value * 100.0
    with tape:
        loss = tf.reduce_sum(half * other.value) + 0.0 * tf.reduce_sum(tf.stop_gradient(outside))
    assert_allclose(differentiate(tape, loss, [used], tf.constant(1.0))[0], [10.0, 10.0])


def test_gradients_of_an_embedding_are_dense():
    table = keras.Variable(np.ones((4, 2), "float32"))
    with watching([table]) as tape:
        loss = tf.reduce_sum(tf.gather(table.value, [1, 1]))
    (gradient,) = differentiate(tape, loss, [table], tf.constant(1.0))
    assert_allclose(gradient, [[0, 0], [2, 2], [0, 0], [0, 0]])


def test_sums_over_micro_batches():
    parts = [
        Gradients(tf.constant(loss), sums(d_loss=tf.constant([loss, 1.0])), [tf.constant([loss]), tf.constant(1.0)])
        for loss in (1.0, 2.0, 4.0)
    ]
    values, totals = accumulated(parts)
    assert_allclose(values[0], [7.0])
    assert_allclose(values[1], 3.0)
    assert_allclose(totals, [7.0, 10.0])


def test_micro_batches_are_played_in_order_each_after_the_gradients_of_the_one_before():
    with tf.Graph().as_default():

        def play(part):
            value = tf.constant(float(part)) + 1.0
            return types.SimpleNamespace(gradients=Gradients(value, {}, [value]))

        first, second, third = (played.gradients.values[0].op for played in in_order(play, [0, 1, 2]))
        waits_for = lambda operation: operation.inputs[0].op.control_inputs  # noqa: E731
        assert [*waits_for(first), *waits_for(second), *waits_for(third)] == [first, second]


def test_what_may_be_to_blame_is_named_in_order():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="dense")], name="judge")
    totals = {"total": tf.constant(1.0), "d_loss": tf.constant(2.0)}
    found = suspects(Player("discriminator", [network]), totals, [tf.zeros((2, 1)), tf.zeros(1)])
    assert [name for name, _ in found] == [
        "d_loss of the discriminator",
        "the loss of the discriminator",
        "the gradient of judge/dense/kernel of the discriminator",
        "the gradient of judge/dense/bias of the discriminator",
    ]
