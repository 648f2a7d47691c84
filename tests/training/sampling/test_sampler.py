import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.conditions import Classes
from keras_gan.training.game.signature import Signature, apply_generator
from keras_gan.training.sampling.sampler import Sampler


@pytest.fixture
def sampler():
    generator, _ = keras_gan.models.mlp((2,), latent_dim=3, hidden=(8,), num_classes=4)
    return Sampler(generator, keras_gan.priors.Normal(), Signature(3, (2,), Classes(4), True))


def test_draw_is_a_window_of_the_samples_of_a_seed(sampler):
    whole = sampler.sample(10, None, 5, None, 256)
    seed, first, rows = (tf.constant(value, tf.int64) for value in (5, 4, 3))
    assert_allclose(sampler.draw(seed, first, rows, tf.constant([0, 1, 2])), whole[4:7], atol=1e-6)


def test_each_truncation_is_traced_once(sampler):
    calls = []
    transform = sampler.prior.transform
    sampler.prior.transform = lambda uniform, truncation: calls.append(truncation) or transform(uniform, truncation)
    for truncation in (None, 0.5, None, 0.5):
        sampler.sample(6, None, 0, truncation, 6)
    assert calls == [None, 0.5]


def test_apply_generator_passes_labels_where_there_are_any(sampler):
    latents, labels = tf.zeros((2, 3)), tf.constant([0, 1])
    assert_array_equal(apply_generator(sampler.generator, latents, labels), sampler.generator([latents, labels]))
    plain, _ = keras_gan.models.mlp((2,), latent_dim=3)
    assert apply_generator(plain, latents, None).dtype == tf.float32


@pytest.mark.parametrize("labels", [[0, 1, 2, 4], [[0, 1], [2, 3]], np.zeros(4)])
def test_bad_labels(sampler, labels):
    with pytest.raises(InputError, match="`labels` must be"):
        sampler.sample(4, labels, 0, None, 4)


# A sample of each seed.


@pytest.mark.parametrize("truncation", [None, 0.5])
def test_a_sample_of_each_seed_is_the_first_of_that_seed(sampler, truncation):
    several = sampler.of_seeds([5, 9, 5], None, truncation, 2)
    for sample, seed in zip(several, [5, 9, 5], strict=True):
        assert_allclose(sample, sampler.sample(1, [seed % 4], seed, truncation, 256)[0], atol=1e-6)
    assert_allclose(sampler.of_seeds([5, 9], [3, 0], None, 256)[1], sampler.sample(1, [0], 9, None, 256)[0], atol=1e-6)
    told = sampler.of_seeds(range(20, 24), 2, None, 256)
    assert_allclose(told[3], sampler.sample(1, 2, 23, None, 256)[0], atol=1e-6)


def test_the_latents_of_seeds(sampler):
    latents = sampler.latents([5, 9])
    assert latents.shape == (2, 3)
    assert_allclose(
        sampler.of_latents(latents, None, [1, 1], 256), sampler.of_seeds([5, 9], [1, 1], None, 256), atol=1e-6
    )
    assert np.abs(sampler.latents([5, 9], 0.1)).max() <= 0.1
