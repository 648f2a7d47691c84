import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.losses import Minimax, NonSaturating
from tests.reference import minimax as reference

FORMULAS = {Minimax: reference.minimax_generator_loss, NonSaturating: reference.non_saturating_generator_loss}


@pytest.fixture
def logits():
    generator = np.random.default_rng(0)
    return generator.normal(0, 4, 1000), generator.normal(0, 4, 1000)


def test_numbers_by_hand():
    zeros = tf.zeros(1)
    assert_allclose(Minimax().discriminator_loss(zeros, zeros), [np.log(4)], rtol=1e-6)
    assert_allclose(Minimax().generator_loss(zeros, zeros), [-np.log(2)], rtol=1e-6)
    assert_allclose(NonSaturating().generator_loss(zeros, zeros), [np.log(2)], rtol=1e-6)


@pytest.mark.parametrize("loss", FORMULAS)
def test_equals_the_formula_in_float64(loss, logits):
    real, fake = logits
    tensors = tf.constant(real, tf.float32), tf.constant(fake, tf.float32)
    assert_allclose(loss().discriminator_loss(*tensors), reference.discriminator_loss(real, fake), rtol=1e-6, atol=1e-6)
    assert_allclose(loss().generator_loss(*tensors), FORMULAS[loss](real, fake), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("loss", FORMULAS)
def test_the_generator_wants_its_samples_judged_real(loss):
    fake = tf.Variable([-3.0, 0.0, 3.0])
    with tf.GradientTape() as tape:
        value = loss().generator_loss(None, fake)
    assert (tape.gradient(value, fake).numpy() < 0).all()


@pytest.mark.parametrize("loss", FORMULAS)
def test_the_discriminator_wants_the_two_apart(loss):
    real, fake = tf.Variable([-3.0, 0.0, 3.0]), tf.Variable([-3.0, 0.0, 3.0])
    with tf.GradientTape() as tape:
        value = loss().discriminator_loss(real, fake)
    real_slope, fake_slope = tape.gradient(value, [real, fake])
    assert (real_slope.numpy() < 0).all()
    assert (fake_slope.numpy() > 0).all()


def test_only_the_saturating_loss_saturates():
    fake = tf.Variable([-20.0])
    with tf.GradientTape(persistent=True) as tape:
        saturating, heuristic = Minimax().generator_loss(None, fake), NonSaturating().generator_loss(None, fake)
    assert_allclose(tape.gradient(saturating, fake), [0.0], atol=1e-8)
    assert_allclose(tape.gradient(heuristic, fake), [-1.0], rtol=1e-6)
