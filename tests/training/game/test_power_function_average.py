import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError, PowerFunctionAverage


def decays(average, steps):
    return np.array([float(average.decay_at(tf.constant(t, tf.int64), tf.constant(64))) for t in range(steps)])


@pytest.mark.parametrize(("width", "exponent"), [(0.05, 16.97), (0.10, 6.94), (0.15, 3.56), (0.20, 1.83), (0.25, 0.72)])
def test_the_exponent_is_the_papers(width, exponent):
    """To the two digits that table 5 of the paper and its algorithm 2 give, and back by equation 5."""
    gamma = PowerFunctionAverage(width).exponent
    assert gamma == pytest.approx(exponent, abs=0.02)
    assert np.sqrt((gamma + 1) / ((gamma + 2) ** 2 * (gamma + 3))) == pytest.approx(width, rel=1e-9)


@pytest.mark.parametrize("width", [0.03, 0.1, 0.25])
def test_the_weights_of_its_steps_have_the_profile_and_the_width(width):
    steps = 2000
    decay = decays(PowerFunctionAverage(width), steps)
    assert decay[0] == 0.0, "the initial weights have no part in it"
    shares = (1 - decay) * np.append(np.cumprod(decay[:0:-1])[::-1], 1.0)
    assert shares.sum() == pytest.approx(1.0, abs=1e-5)
    t = np.arange(1, steps + 1) / steps
    profile = t ** PowerFunctionAverage(width).exponent
    assert_allclose(shares, profile / profile.sum(), atol=2e-2 * shares.max())
    mean = (shares * t).sum()
    assert np.sqrt((shares * (t - mean) ** 2).sum()) == pytest.approx(width, rel=0.02)


def test_the_widest_is_the_mean():
    average = PowerFunctionAverage(1 / np.sqrt(12))
    assert_allclose(decays(average, 5), [0, 1 / 2, 2 / 3, 3 / 4, 4 / 5], atol=1e-5)


def test_far_into_a_training_it_still_moves():
    decay = float(PowerFunctionAverage(0.05).decay_at(tf.constant(10**6, tf.int64), tf.constant(64)))
    assert 1 - decay == pytest.approx(17.97e-6, rel=0.01)


@pytest.mark.parametrize("width", [0.0, -0.1, 0.3, "wide", float("nan")])
def test_bad_widths(width):
    with pytest.raises(InputError, match="`width` must be"):
        PowerFunctionAverage(width)


def test_it_is_saved_with_the_gan(tmp_path):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(*networks, ema=PowerFunctionAverage(0.1))
    gan.save(tmp_path / "gan.keras")
    assert keras.models.load_model(tmp_path / "gan.keras").ema.get_config() == {"width": 0.1}
