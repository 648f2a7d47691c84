import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.random import RandomStream


def test_latents_are_the_priors_of_the_step_and_the_purpose(make_gan):
    gan = make_gan(seed=3)
    expected = gan.prior.transform(RandomStream(3, 0).uniform("generator/latents", (5, 4)))
    assert_array_equal(gan.sample_latents("generator", 5), expected)
    assert not np.isin(gan.sample_latents("discriminator", 5), expected).any()
    gan.step.assign(1)
    assert not np.isin(gan.sample_latents("generator", 5), expected).any()


def test_the_sampling_generator_is_the_average_where_there_is_one(make_gan):
    assert make_gan(ema=None).sampling_generator.name == "generator"
    averaged = make_gan(ema=0.9)
    assert averaged.sampling_generator is averaged.averages["generator"][0]
    latents = np.zeros((2, 4), "float32")
    assert_array_equal(averaged(latents), averaged.sampling_generator(latents))


def test_a_prior_that_does_not_fit_the_latents_is_refused():
    networks = keras_gan.models.mlp((2,), latent_dim=4)
    with pytest.raises(InputError, match=r"at least 12 columns.*Received: latent_dim=4"):
        keras_gan.GAN(*networks, prior=keras_gan.priors.Codes([10], continuous=2))
