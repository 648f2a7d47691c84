import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import ExponentialMovingAverage, InputError
from keras_gan.optimizers import Cosine


def decay(average, step=0, images=64):
    return float(average.decay_at(tf.constant(step, tf.int64), tf.constant(images)))


def test_a_decay_is_constant():
    average = ExponentialMovingAverage(0.99, warm_up=False)
    assert_allclose([decay(average, step) for step in (0, 10**6)], 0.99)


def test_the_warm_up_of_a_decay_by_hand():
    average = ExponentialMovingAverage(0.9)
    assert_allclose([decay(average, step) for step in (0, 1, 8, 1000)], [1 / 10, 2 / 11, 9 / 18, 0.9], rtol=1e-6)


@pytest.mark.parametrize("images", [1, 64, 500])
def test_after_a_half_life_of_images_half_is_left(images):
    average = ExponentialMovingAverage(half_life=1000, warm_up=False)
    assert decay(average, images=images) ** (1000 / images) == pytest.approx(0.5, rel=1e-4)


def test_the_warm_up_of_a_half_life_is_a_twentieth_of_the_images():
    average = ExponentialMovingAverage(half_life=1000)
    assert_allclose(decay(average, 0), 2 ** (-64 / 3.2), rtol=1e-4)
    assert_allclose(decay(average, 99), 2 ** (-64 / (0.05 * 6400)), rtol=1e-5)
    assert_allclose(decay(average, 10**6), 2 ** (-64 / 1000), rtol=1e-6)


def test_the_average_of_a_gan_follows_it(images):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(*networks, ema=ExponentialMovingAverage(half_life=20))
    gan.compile(keras.optimizers.Adam(1e-2), "adam")
    expected = [weight.astype("float64") for weight in gan.generator.get_weights()]
    for step in range(4):
        gan.train_on_batch(images[0][:8])
        rate = 1 - 2 ** (-8 / min(20, 0.05 * 8 * (step + 1)))
        new = gan.generator.get_weights()
        expected = [old + rate * (weight - old) for old, weight in zip(expected, new, strict=True)]
    for ours, theirs in zip(gan.averages["generator"][0].get_weights(), expected, strict=True):
        assert_allclose(ours, theirs, atol=1e-6)
    assert np.abs(gan.generator.get_weights()[0] - expected[0]).max() > 1e-4


def test_it_is_saved_with_the_gan(images, tmp_path):
    average = ExponentialMovingAverage(half_life=20)
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)), ema=average)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.ema.get_config() == average.get_config() == {"decay": None, "half_life": 20, "warm_up": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "Exactly one of `decay` and `half_life`"),
        ({"decay": 0.5, "half_life": 100}, "Exactly one of"),
        ({"decay": 1.0}, "`decay` must be"),
        ({"half_life": 0}, "`half_life` must be above 0"),
        ({"half_life": -5}, "`half_life` must be"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        ExponentialMovingAverage(**arguments)


def test_the_half_life_follows_a_schedule():
    average = ExponentialMovingAverage(half_life=Cosine(0.0, 100.0, 10), warm_up=False)
    assert float(average.decay_at(tf.constant(0), tf.constant(8))) == 0.0, "no average yet"
    assert_allclose(average.decay_at(tf.constant(5), tf.constant(8)), 2 ** (-8 / 50), rtol=1e-6)
    assert_allclose(average.decay_at(tf.constant(99), tf.constant(8)), 2 ** (-8 / 100), rtol=1e-6)
    again = ExponentialMovingAverage.from_config(average.get_config())
    assert again.get_config() == average.get_config()
