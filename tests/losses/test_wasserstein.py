import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.losses import Hinge, Wasserstein

REAL, FAKE = tf.constant([2.0, 0.5, -3.0]), tf.constant([-2.0, 0.5, 3.0])


def test_wasserstein_by_hand():
    assert_allclose(Wasserstein().discriminator_loss(REAL, FAKE), [-4.0, 0.0, 6.0])
    assert_allclose(Wasserstein().generator_loss(None, FAKE), [2.0, -0.5, -3.0])


def test_hinge_by_hand():
    assert_allclose(Hinge().discriminator_loss(REAL, FAKE), [0.0, 0.5 + 1.5, 4.0 + 4.0])
    assert_allclose(Hinge().generator_loss(None, FAKE), [2.0, -0.5, -3.0])


def test_inside_the_margin_hinge_is_wasserstein_plus_two():
    real, fake = tf.constant([0.9, -0.3, 0.0]), tf.constant([0.1, -0.9, 0.8])
    assert_allclose(Hinge().discriminator_loss(real, fake), Wasserstein().discriminator_loss(real, fake) + 2.0)


def test_beyond_the_margin_hinge_is_flat():
    real = tf.Variable([1.5, 0.5])
    with tf.GradientTape() as tape:
        value = Hinge().discriminator_loss(real, tf.constant([-2.0, -2.0]))
    assert_allclose(tape.gradient(value, real), [0.0, -1.0])
