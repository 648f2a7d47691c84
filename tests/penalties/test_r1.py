import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.penalties import R1, R2
from tests.critics import POINTS, linear, quadratic, round_of

MATRIX = np.array([[2.0, 1.0, 0.0], [1.0, 0.0, -1.0], [0.0, -1.0, 3.0]], "float32")


@pytest.mark.parametrize("penalty", [R1, R2])
def test_of_a_linear_critic_is_the_squared_norm(penalty):
    model = linear([1.0, 2.0, -2.0], bias=1.0)
    assert_allclose(penalty().discriminator_term(round_of(model)), np.full(5, 9.0), rtol=1e-6)


@pytest.mark.parametrize("penalty", [R1, R2])
def test_of_a_quadratic_critic_is_the_closed_form(penalty):
    expected = np.sum((POINTS @ MATRIX) ** 2, axis=1)
    assert_allclose(penalty().discriminator_term(round_of(quadratic(MATRIX))), expected, rtol=1e-5)


@pytest.mark.parametrize("penalty", [R1, R2])
def test_the_gradient_with_respect_to_the_critic_is_numpys(penalty):
    """D = x'Kx, K = A/2: the penalty is mean |(K + K')x|^2, its gradient 2 (S + S'), S = (K + K') xx'."""
    model = quadratic(MATRIX)
    kernel = model.get_layer("a").kernel.value
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(penalty().discriminator_term(round_of(model)))
    outer = MATRIX.astype("float64") @ (POINTS.T @ POINTS / 5)
    assert_allclose(tape.gradient(value, kernel), 2 * (outer + outer.T), rtol=1e-5)


def test_of_images_sums_over_all_pixels():
    x = keras.Input((4, 4, 2))
    model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    points = np.zeros((3, 4, 4, 2), "float32")
    assert_allclose(R1().discriminator_term(round_of(model, points)), np.full(3, 32.0))


def test_each_side_has_its_own():
    quad = quadratic(MATRIX)
    round = round_of(quad, fakes=2 * POINTS)
    assert_allclose(R2().discriminator_term(round), 4 * R1().discriminator_term(round), rtol=1e-5)


@pytest.mark.parametrize("penalty", [R1, R2])
def test_is_a_term_of_the_discriminator_alone(penalty):
    assert penalty().of("generator") is None
    assert penalty().of("discriminator") is not None
