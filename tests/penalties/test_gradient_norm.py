import numpy as np
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.critic import Critic
from keras_gan.penalties import gradient_norm
from tests.critics import POINTS, linear


def test_by_hand():
    evaluation = Critic(linear([3.0, 0.0, 4.0]))(tf.constant(POINTS))
    assert_allclose(gradient_norm.squared_norm(evaluation), np.full(5, 25.0), rtol=1e-6)
    assert_allclose(gradient_norm.norm(evaluation), np.full(5, 5.0), rtol=1e-6)


def test_the_norm_has_a_finite_gradient_at_zero():
    model = linear([0.0, 0.0, 0.0])
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(gradient_norm.norm(Critic(model)(tf.constant(POINTS))))
    assert_allclose(tape.gradient(value, model.layers[-1].kernel.value), np.zeros((3, 1)))
