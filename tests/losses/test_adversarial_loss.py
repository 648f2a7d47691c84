import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, losses
from keras_gan.utils.registry import members

FAMILY = members(losses.AdversarialLoss).values()


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
