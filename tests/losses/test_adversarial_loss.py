import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, losses
from keras_gan.utils.registry import members
from tests.reference.losses import LOSSES

FAMILY = members(losses.AdversarialLoss).values()


def test_every_member_has_its_reference():
    assert set(members(losses.AdversarialLoss)) == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_equals_the_formula_in_float64(name):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(0, 4, 1000), generator.normal(0, 4, 1000)
    tensors = tf.constant(real, tf.float32), tf.constant(fake, tf.float32)
    discriminator_loss, generator_loss = LOSSES[name]
    loss = losses.get(name)
    assert_allclose(loss.discriminator_loss(*tensors), discriminator_loss(real, fake), rtol=1e-6, atol=1e-6)
    assert_allclose(loss.generator_loss(*tensors), generator_loss(real, fake), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("loss", FAMILY)
def test_gradients_point_the_right_way(loss):
    """On its wrong side a real logit must rise and a fake one fall; for the generator a fake one must rise."""
    real, fake = tf.Variable([-3.0, -1.0, -0.5]), tf.Variable([0.5, 0.25, 0.75])
    with tf.GradientTape(persistent=True) as tape:
        discriminator = loss().discriminator_loss(real, fake)
        generator = loss().generator_loss(real, fake)
    assert (tape.gradient(discriminator, real).numpy() < 0).all()
    assert (tape.gradient(discriminator, fake).numpy() > 0).all()
    assert (tape.gradient(generator, fake).numpy() < 0).all()


@pytest.mark.parametrize("loss", FAMILY)
def test_is_unreduced_float32(loss):
    real, fake = tf.zeros(5), tf.ones(5)
    for value in (loss().discriminator_loss(real, fake), loss().generator_loss(real, fake)):
        assert value.shape == (5,)
        assert value.dtype == tf.float32


@pytest.mark.parametrize("loss", FAMILY)
@pytest.mark.parametrize("logit", [-100.0, 100.0])
def test_value_and_gradient_are_finite_at_extremes(loss, logit):
    real, fake = tf.Variable([logit, -logit]), tf.Variable([logit, logit])
    with tf.GradientTape() as tape:
        value = loss().discriminator_loss(real, fake) + loss().generator_loss(real, fake)
    assert np.isfinite(value.numpy()).all()
    for gradient in tape.gradient(value, [real, fake]):
        assert np.isfinite(gradient.numpy()).all()


@pytest.mark.parametrize("loss", FAMILY)
def test_a_loss_that_says_so_does_without_the_reals(loss):
    if not loss.generator_sees_real:
        fake = tf.constant([0.3, -0.7])
        assert_allclose(loss().generator_loss(None, fake), loss().generator_loss(fake * 0, fake))


def test_get_takes_a_name_a_class_an_instance_and_a_config():
    instance = losses.Minimax()
    config = {"class_name": "keras_gan>Minimax", "config": {}, "module": None, "registered_name": "keras_gan>Minimax"}
    assert losses.get(instance) is instance
    for identifier in ("minimax", "Minimax", losses.Minimax, config):
        assert isinstance(losses.get(identifier), losses.Minimax)


def test_get_names_the_nearest():
    with pytest.raises(InputError, match=r"`loss` must be .*'non_saturating'.*Did you mean 'minimax'\?.*loss='minmax'"):
        losses.get("minmax")


def test_a_new_loss_needs_both_methods():
    class Half(losses.AdversarialLoss):
        def discriminator_loss(self, real_logits, fake_logits):
            return real_logits

    with pytest.raises(TypeError, match="generator_loss"):
        Half()
