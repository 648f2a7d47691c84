import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import ExponentialMovingAverage, PowerFunctionAverage
from keras_gan.training.game.moving_average import move_average


def test_what_it_shows():
    assert repr(ExponentialMovingAverage(half_life=20)) == "ExponentialMovingAverage(half_life=20.0, warm_up=True)"
    assert repr(PowerFunctionAverage(0.1)) == "PowerFunctionAverage(width=0.1)"


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "int32"])
@pytest.mark.parametrize("graph", [False, True])
def test_one_move(dtype, graph):
    values = np.array([8.0, -4.0, 0.0]), np.array([0.0, 4.0, 2.0])
    average, weight = (keras.Variable(value, dtype=dtype, trainable=False) for value in values)
    move = lambda: move_average(average, weight, tf.constant(0.75))  # noqa: E731
    (tf.function(move) if graph else move)()
    expected = values[1] if dtype == "int32" else 0.75 * values[0] + 0.25 * values[1]
    assert_allclose(average, expected, rtol=1e-7)
    assert_allclose(weight, values[1], rtol=0)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int32"])
def test_each_replica_moves_its_own(dtype, two_replicas):
    """Without an exchange: in a branch, which could hold none."""
    with two_replicas.scope():
        average, weight = (keras.Variable(value, dtype=dtype, trainable=False) for value in ([8, -4], [0, 4]))
    move = lambda: tf.cond(  # noqa: E731
        tf.constant(True), lambda: move_average(average, weight, tf.constant(0.75)), lambda: None
    )
    tf.function(lambda: two_replicas.run(move))()
    for part in two_replicas.experimental_local_results(average.value):
        assert_allclose(tf.cast(part, "float64"), [0, 4] if dtype == "int32" else [6, -2], rtol=0)
