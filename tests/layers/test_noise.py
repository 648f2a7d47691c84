import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError, RandomStream
from keras_gan.layers import Noise


def loud(**arguments):
    layer = Noise(seed=3, **arguments)
    layer.build((None, 4, 5, 2))
    layer.strength.assign(0.5)
    return layer


def test_at_first_it_does_nothing():
    x = tf.ones((2, 4, 5, 2))
    assert_array_equal(Noise()(x, training=True), x)


def test_by_hand():
    """The map of the stream, of this call and row, times the strength, in all channels alike."""
    layer, x = loud(), tf.ones((3, 4, 5, 2))
    for call in range(2):
        expected = 1 + 0.5 * RandomStream(3, call).normal("noise", (3, 4, 5, 1))
        assert_allclose(layer(x, training=True), np.repeat(expected, 2, axis=3), rtol=1e-6)
    assert int(layer.calls) == 2


def test_in_inference_it_is_one_map_for_all():
    layer = loud()
    many, few = layer(tf.zeros((5, 4, 5, 2))), layer(tf.zeros((1, 4, 5, 2)))
    assert_array_equal(many, np.repeat(few, 5, axis=0))
    assert np.std(few) > 0.3
    assert int(layer.calls) == 0


def test_rows_are_those_of_the_global_batch(two_replicas):
    with two_replicas.scope():
        layer = loud()
    whole = loud()(tf.zeros((4, 4, 5, 2)), training=True)
    parts = two_replicas.run(tf.function(lambda: layer(tf.zeros((2, 4, 5, 2)), training=True)))
    assert_allclose(np.concatenate(two_replicas.experimental_local_results(parts)), whole, rtol=1e-6)


def test_its_strength_is_learnt():
    layer, x = loud(), tf.zeros((2, 4, 5, 2))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(x, training=False))
    drawn = RandomStream(3).normal("constant", (1, 4, 5, 1))
    assert_allclose(tape.gradient(value, layer.strength.value), 4 * np.sum(drawn), rtol=1e-5)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`seed` must be .*Received: seed=-1"):
        Noise(-1)
    with pytest.raises(InputError, match=r"`inputs` must be .*Received: shape="):
        Noise()(tf.ones((2, 3)))
