import keras
import numpy as np
import pytest
import tensorflow as tf
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


AVERAGES = [0.2, keras_gan.ExponentialMovingAverage(0.95, warm_up=False), keras_gan.PowerFunctionAverage(0.1)]


def averaged(**options):
    """Return a GAN with batch normalization and three averages."""
    networks = keras_gan.models.dcgan((8, 8, 1), latent_dim=4, width=4, seed=1)
    gan = keras_gan.GAN(*networks, ema=AVERAGES, **options)
    gan.compile("adam", keras.optimizers.Adam(1e-2), metrics=[keras_gan.metrics.SlicedWasserstein(num_fake=16)])
    return gan


@pytest.mark.long
def test_each_of_several_averages_is_sampled_measured_saved_and_exported(images, tmp_path):
    gan = averaged()
    assert gan.num_averages == 3
    gan.fit(images[0], batch_size=8, epochs=1, verbose=0)
    latents = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
    seen, distances = [], []
    for number in range(3):
        gan.sampled_average = number
        assert gan.sampling_generator is gan.averages["generator"][number]
        seen.append(gan.sample(8, seed=0))
        assert_allclose(gan.sample(latents=latents), gan.predict(latents, verbose=0), atol=1e-6)
        distances.append(gan.evaluate(images[0], verbose=0, return_dict=True))
        gan.export(tmp_path / str(number))
        served = tf.saved_model.load(tmp_path / str(number)).signatures["sample"](n=tf.constant(8), seed=tf.constant(0))
        assert_allclose(np.asarray(served["images_uint8"], float), (seen[-1] + 1) * 127.5, atol=1)
    for one in ("sliced_wasserstein", "g_loss"):  # what is drawn by the metrics, and in the steps of an evaluation
        assert len({logs[one] for logs in distances}) == 3
    assert all(np.abs(one - other).max() > 1e-4 for one, other in [seen[:2], seen[1:], seen[::2]])
    gan.sampled_average = 1
    gan.save(tmp_path / "gan.keras")
    loaded = keras_gan.load(tmp_path / "gan.keras")
    assert loaded.sampled_average == 1
    for number in (1, 0, 2):
        loaded.sampled_average = number
        assert_array_equal(loaded.sample(8, seed=0), seen[number])


@pytest.mark.long
def test_a_run_goes_on_whichever_average_is_sampled(images, tmp_path):
    checkpoint = keras_gan.callbacks.Checkpoint(tmp_path)
    gan = averaged()
    gan.fit(images[0], batch_size=8, epochs=2, verbose=0, callbacks=[checkpoint])
    again = averaged(sampled_average=2)
    again.fit(images[0], batch_size=8, epochs=2, verbose=0, resume=tmp_path)
    for number in range(3):
        gan.sampled_average = again.sampled_average = number
        assert_array_equal(gan.sample(4, seed=0), again.sample(4, seed=0))


@pytest.mark.parametrize("number", [3, -1, 1.0, "first", None])
def test_an_average_that_is_not_there(number):
    gan = averaged(sampled_average=2)
    with pytest.raises(InputError, match="`sampled_average` must be"):
        gan.sampled_average = number
    assert gan.sampled_average == 2
    with pytest.raises(InputError, match="`sampled_average` must be below 1, the number of averages"):
        keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2), sampled_average=1)


def test_a_prior_that_does_not_fit_the_latents_is_refused():
    networks = keras_gan.models.mlp((2,), latent_dim=4)
    with pytest.raises(InputError, match=r"at least 12 columns.*Received: latent_dim=4"):
        keras_gan.GAN(*networks, prior=keras_gan.priors.Codes([10], continuous=2))


def test_styles_are_mixed_of_normal_latents_alone():
    def networks(mixing):
        return keras_gan.models.stylegan2((8, 8, 1), latent_dim=4, channel_base=32, mapping_depth=1, mixing=mixing)

    with pytest.raises(InputError, match=r"`prior` must be 'normal' .* Received: Uniform, and mixing in 'mapping'"):
        keras_gan.GAN(*networks(0.9), prior="uniform")
    assert keras_gan.GAN(*networks(0.0), prior="uniform").latent_dim == 4


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
