import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, priors
from keras_gan.random import RandomStream

UNIFORM = RandomStream(seed=3).uniform("test", (20_000, 4))


def test_normal_numbers_by_hand():
    latents = priors.Normal().transform(tf.constant([[0.5, 0.8413447, 0.0227501]]))
    assert_allclose(latents, [[0.0, 1.0, -2.0]], atol=1e-4)


def test_normal_has_the_moments_of_the_standard_normal():
    latents = priors.Normal().transform(UNIFORM).numpy()
    assert_allclose(latents.mean(0), 0, atol=4 / np.sqrt(20_000))
    assert_allclose(latents.std(0), 1, atol=0.02)
    assert_allclose((np.abs(latents) > 1.959964).mean(), 0.05, atol=0.005)
    assert_allclose(np.corrcoef(latents.T), np.eye(4), atol=0.03)


def test_truncation_confines_and_keeps_the_order():
    whole = priors.Normal().transform(UNIFORM).numpy()
    inside = priors.Normal().transform(UNIFORM, truncation=0.5).numpy()
    assert np.abs(inside).max() <= 0.5
    assert (np.argsort(inside[:100, 0]) == np.argsort(whole[:100, 0])).all()
    # The standard deviation of a normal confined to [-t, t], t = 0.5, in closed form.
    density, mass = np.exp(-0.125) / np.sqrt(2 * np.pi), 0.3829249
    assert_allclose(inside.std(), np.sqrt(1 - 2 * 0.5 * density / mass), rtol=0.01)


def test_a_wide_truncation_changes_nothing():
    wide = priors.Normal().transform(UNIFORM, truncation=10.0)
    assert_allclose(wide, priors.Normal().transform(UNIFORM), atol=1e-6)


def test_the_extremes_are_finite():
    ends = tf.constant([[2.0**-24, 1 - 2.0**-24]])
    assert np.isfinite(priors.Normal().transform(ends).numpy()).all()


def test_uniform_fills_the_interval():
    latents = priors.Uniform().transform(UNIFORM).numpy()
    assert -1 < latents.min() < -0.99
    assert 0.99 < latents.max() < 1
    assert_allclose(latents.std(), 3**-0.5, rtol=0.01)


def test_bad_truncation():
    with pytest.raises(InputError, match=r"`truncation`.*Received: truncation=-1"):
        priors.Normal().transform(UNIFORM, truncation=-1)
    with pytest.raises(InputError, match="no meaning for the uniform prior"):
        priors.Uniform().transform(UNIFORM, truncation=1.0)
