import keras
import numpy as np
from numpy.testing import assert_allclose

from keras_gan.penalties import R1
from tests.critics import POINTS, linear, quadratic, round_of


def test_of_a_linear_critic_is_the_squared_norm():
    model = linear([1.0, 2.0, -2.0], bias=1.0)
    assert_allclose(R1().discriminator_term(round_of(model)), np.full(5, 9.0), rtol=1e-6)


def test_of_a_quadratic_critic_is_the_closed_form():
    matrix = np.array([[2.0, 1.0, 0.0], [1.0, 0.0, -1.0], [0.0, -1.0, 3.0]], "float32")
    expected = np.sum((POINTS @ matrix) ** 2, axis=1)
    assert_allclose(R1().discriminator_term(round_of(quadratic(matrix))), expected, rtol=1e-5)


def test_of_images_sums_over_all_pixels():
    x = keras.Input((4, 4, 2))
    model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    assert_allclose(R1().discriminator_term(round_of(model, np.zeros((3, 4, 4, 2), "float32"))), np.full(3, 32.0))


def test_is_a_term_of_the_discriminator_alone():
    assert R1().of("generator") is None
    assert R1().of("discriminator") is not None
