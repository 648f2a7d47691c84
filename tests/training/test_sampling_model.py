import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

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


def test_what_the_networks_take_is_told(make_gan):
    gan = make_gan(3)
    assert (gan.num_classes, gan.latent_dim, gan.sample_shape) == (3, 4, (8, 8, 1))
    assert make_gan().num_classes is None


def test_samples_of_latents_of_your_own(make_gan):
    gan = make_gan(3)
    latents = np.random.default_rng(0).normal(size=(7, 4))
    expected = gan.sampling_generator([latents.astype("float32"), np.arange(7) % 3]).numpy()
    assert_allclose(gan.sample(latents=latents, batch_size=3), expected, atol=1e-6)
    assert_array_equal(gan.sample(7, latents=latents), gan.sample(latents=latents))
    labelled = gan.sampling_generator([latents.astype("float32"), np.full(7, 2)]).numpy()
    assert_allclose(gan.sample(latents=latents, labels=2), labelled, atol=1e-6)
    assert make_gan().sample(latents=latents[:1]).shape == (1, 8, 8, 1)


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"latents": np.zeros((2, 5))}, r"`latents` must be of shape \(n, 4\), n >= 1. Received: shape \(2, 5\)"),
        ({"latents": np.zeros(4)}, r"`latents` must be of shape \(n, 4\), n >= 1. Received: shape \(4,\)"),
        ({"latents": np.zeros((0, 4))}, r"`latents` must be of shape .*Received: shape \(0, 4\)"),
        ({"latents": np.zeros((2, 4), int)}, "`latents` must be floating point. Received: dtype int64"),
        ({"latents": [["a"] * 4]}, "`latents` must be floating point. Received: dtype <U1"),
        ({"latents": np.full((2, 4), np.nan)}, "`latents` must be finite. Received: NaN or infinity"),
        ({"latents": np.full((2, 4), 1e300)}, "`latents` must be finite. Received: NaN or infinity"),
        ({"n": 3, "latents": np.zeros((2, 4))}, "`n` must be the number of `latents`, 2, or None. Received: n=3"),
        (
            {"latents": np.zeros((2, 4)), "seed": 0},
            "`latents` take the place of `seed`.*Received: seed=0, truncation=N",
        ),
        ({"latents": np.zeros((2, 4)), "truncation": 1.0}, "`latents` take the place of .*truncation=1.0"),
        ({"latents": np.zeros((2, 4)), "labels": 1}, "`labels` are for networks that take labels"),
        ({}, "`n` must be an integer >= 1 where no `latents` are given. Received: n=None"),
    ],
)
def test_latents_that_can_not_be_taken(arguments, match, make_gan):
    with pytest.raises(InputError, match=match):
        make_gan().sample(**arguments)
