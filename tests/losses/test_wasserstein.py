import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError, RandomStream
from keras_gan.losses import Hinge, RandomMarginHinge, Wasserstein

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


def test_the_mean_over_margins_by_hand():
    """(1 - l)^2 / 0.4 between 0.8 and 1, where it meets the line of the mean margin, 0.9 - l, and 0."""
    real = tf.constant([2.0, 1.0, 0.9, 0.8, -3.0])
    expected = np.array([0.0, 0.0, 0.025, 0.1, 3.9])
    right = tf.fill(5, 5.0)
    assert_allclose(RandomMarginHinge().discriminator_loss(real, -right), expected, atol=1e-6)
    assert_allclose(RandomMarginHinge().discriminator_loss(right, -real), expected, atol=1e-6)
    assert_allclose(RandomMarginHinge().generator_loss(None, real), -real)


def test_margins_are_drawn_for_each_logit():
    """Of a map too: 1,000 samples of 4 places, all logits 0, so that the loss is the margin of each side."""
    loss, zeros = RandomMarginHinge(low=0.5, high=1.5), tf.zeros((1000, 4))
    both = loss.drawn(RandomStream(0)).discriminator_loss(zeros, zeros)
    real = loss.drawn(RandomStream(0)).discriminator_loss(zeros, tf.fill((1000, 4), -9.0)).numpy()
    fake = (both - real).numpy()
    for margins in (real, fake):
        assert margins.min() >= 0.5
        assert margins.max() <= 1.5
        assert len(np.unique(margins)) > 3900
        assert_allclose(np.quantile(margins, [0.1, 0.5, 0.9]), [0.6, 1.0, 1.4], atol=0.03)
    assert abs(np.corrcoef(real.ravel(), fake.ravel())[0, 1]) < 0.05
    assert_allclose(loss.drawn(RandomStream(0)).generator_loss(None, zeros), -zeros)


def test_drawn_losses_have_the_mean_that_there_is_without():
    real, fake = np.random.default_rng(0).normal(0, 1, (2, 1, 50)).astype("float32").repeat(4000, axis=1)
    drawn = RandomMarginHinge().drawn(RandomStream(1)).discriminator_loss(tf.constant(real), tf.constant(fake))
    assert_allclose(np.mean(drawn, axis=0), RandomMarginHinge().discriminator_loss(real[0], fake[0]), atol=5e-3)


def test_margins_follow_the_position_in_the_batch_and_the_step():
    logits = tf.random.normal((6, 3), seed=0)
    whole = RandomMarginHinge().drawn(RandomStream(0, step=7)).discriminator_loss(logits, logits)
    tail = RandomMarginHinge().drawn(RandomStream(0, step=7, first=4)).discriminator_loss(logits[4:], logits[4:])
    assert_array_equal(whole[4:], tail)
    later = RandomMarginHinge().drawn(RandomStream(0, step=8)).discriminator_loss(logits, logits)
    assert np.abs(later - whole).max() > 1e-3


def test_other_losses_draw_nothing():
    loss = Hinge()
    assert loss.drawn(RandomStream(0)) is loss


@pytest.mark.parametrize("margins", [(1.0, 1.0), (1.0, 0.8)])
def test_bad_margins(margins):
    with pytest.raises(InputError, match=r"`high` must be above `low`, 1.0\. Received: high="):
        RandomMarginHinge(*margins)
