import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.losses import Minimax, NonSaturating


def test_numbers_by_hand():
    zeros = tf.zeros(1)
    assert_allclose(Minimax().discriminator_loss(zeros, zeros), [np.log(4)], rtol=1e-6)
    assert_allclose(Minimax().generator_loss(zeros, zeros), [-np.log(2)], rtol=1e-6)
    assert_allclose(NonSaturating().generator_loss(zeros, zeros), [np.log(2)], rtol=1e-6)


def test_smoothing_is_one_sided():
    """Cross-entropy of the reals with the target 0.9, of the fakes with 0, by hand at the logit log 3: D = 3/4."""
    logit = tf.math.log([3.0])
    for loss in (Minimax, NonSaturating):
        value = loss(label_smoothing=0.1).discriminator_loss(logit, logit)
        assert_allclose(value, [-0.9 * np.log(0.75) - 0.1 * np.log(0.25) - np.log(0.25)], rtol=1e-6)
        assert_allclose(loss(label_smoothing=0.1).generator_loss(None, logit), loss().generator_loss(None, logit))


def test_smoothing_has_its_minimum_at_the_target():
    logit = tf.Variable([np.float32(np.log(9.0))])  # D = 0.9
    with tf.GradientTape() as tape:
        value = NonSaturating(label_smoothing=0.1).discriminator_loss(logit, tf.zeros(1))
    assert_allclose(tape.gradient(value, logit), [0.0], atol=1e-6)


@pytest.mark.parametrize("smoothing", [-0.1, 0.5, float("nan"), "0.1"])
def test_bad_smoothing(smoothing):
    with pytest.raises(InputError, match=r"`label_smoothing` must be a finite number in \[0, 0.5\)"):
        Minimax(label_smoothing=smoothing)


def test_only_the_saturating_loss_saturates():
    fake = tf.Variable([-20.0])
    with tf.GradientTape(persistent=True) as tape:
        saturating, heuristic = Minimax().generator_loss(None, fake), NonSaturating().generator_loss(None, fake)
    assert_allclose(tape.gradient(saturating, fake), [0.0], atol=1e-8)
    assert_allclose(tape.gradient(heuristic, fake), [-1.0], rtol=1e-6)
