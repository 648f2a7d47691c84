import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.optimizers import Adam, Cosine
from keras_gan.training.game import optimizers


def reference(start, gradients, rate, beta_1, betas_2, epsilon=1e-8):
    """Algorithm 1 of the paper in float64, with a second decay of each step."""
    x, m, v = np.array(start, "float64"), 0.0, 0.0
    for t, (gradient, beta_2) in enumerate(zip(gradients, betas_2, strict=True), 1):
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        x = x - rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return x


@pytest.mark.parametrize("apply", [optimizers.apply, lambda optimizer, *pairs: optimizer.apply(*pairs)])
def test_against_the_algorithm(apply):
    gradients = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    schedule = Cosine(0.5, 0.99, 4)
    variable = keras.Variable([1.0, 2.0, 3.0])
    optimizer = Adam(0.1, beta_1=0.5, beta_2=schedule)
    optimizer.build([variable])
    step = tf.function(lambda gradient: apply(optimizer, [gradient], [variable]))
    for gradient in gradients:
        step(tf.constant(gradient))
    betas = [float(schedule(t)) for t in range(6)]
    assert_allclose(variable, reference([1, 2, 3], gradients, 0.1, 0.5, betas), rtol=1e-4)
    assert not np.allclose(variable, reference([1, 2, 3], gradients, 0.1, 0.5, [0.99] * 6), rtol=1e-2)


def test_with_a_number_it_is_that_of_keras():
    ours, theirs = keras.Variable([1.0, -1.0]), keras.Variable([1.0, -1.0])
    for variable, optimizer in ((ours, Adam(0.1)), (theirs, keras.optimizers.Adam(0.1, epsilon=1e-8))):
        for _ in range(3):
            optimizer.apply([tf.constant([0.3, 1e-9])], [variable])
    assert_allclose(ours, theirs, rtol=1e-6)


def test_config_round_trip():
    optimizer = Adam(Cosine(1e-3, 1e-4, 5), 0.0, Cosine(0.9, 0.99, 5), name="mine")
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(again) is Adam
    assert again.get_config() == optimizer.get_config()
    assert_allclose(again.beta_2, 0.9)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`beta_2` must be .*Received: beta_2='high'"):
        Adam(beta_2="high")


def test_a_decay_of_1_learns_nothing_and_is_refused():
    with pytest.raises(InputError, match="`beta_2` must be below 1"):
        Adam(beta_2=1.0)
