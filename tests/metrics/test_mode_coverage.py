import inspect

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError, data
from keras_gan.metrics import ModeCoverage

MEANS = [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]]


def measured(samples, **arguments):
    metric = ModeCoverage(MEANS, 1.0, **arguments)
    metric.update_fake(samples)
    return metric.result(), metric.details()


def test_by_hand():
    """Three good samples of the first mode, one on the edge of the second, one between the modes."""
    value, details = measured(np.array([[0.0, 0.0], [0.0, 2.9], [-1.0, 1.0], [13.0, 0.0], [5.0, 5.0]]))
    assert details["histogram"] == [3.0, 1.0, 0.0, 0.0]
    expected = 0.75 * np.log(0.75 * 4) + 0.25 * np.log(0.25 * 4)
    assert_allclose([value["modes"], value["high_quality"], value["reverse_kl"]], [2, 0.8, expected], rtol=1e-12)
    assert measured(np.array([[13.1, 0.0]]))[0]["high_quality"] == 0
    assert measured(np.array([[13.1, 0.0]]), radius=4)[0]["high_quality"] == 1


def test_nothing_good():
    value, _ = measured(np.full((3, 2), 5.0))
    assert (value["modes"], value["high_quality"]) == (0, 0)
    assert np.isnan(value["reverse_kl"])


@pytest.mark.parametrize(("kind", "modes"), [("ring", 8), ("grid", 25)])
def test_the_mixture_itself(kind, modes):
    """A share of 1 - exp(-9 / 2) of the plane's normal distribution lies within three standard deviations."""
    mixture = data.gaussian_mixture(kind, num_samples=20_000)
    metric = ModeCoverage(mixture.means, mixture.scale)
    metric.update_fake(mixture.examples)
    value = metric.result()
    assert value["modes"] == modes
    assert_allclose(value["high_quality"], 1 - np.exp(-4.5), atol=0.003)
    assert 0 <= value["reverse_kl"] < 0.002


def test_feeding_does_not_show():
    samples = np.random.default_rng(0).normal(5.0, 5.0, (100, 2))
    metric = ModeCoverage(MEANS, 1.0)
    for row in np.random.default_rng(1).permutation(100):
        metric.update_fake(samples[row : row + 1])
    assert metric.result() == measured(samples)[0]


def test_config():
    metric = ModeCoverage(np.array(MEANS), 1, radius=2.0, num_fake=7)
    config = metric.get_config()
    assert config["means"] == MEANS
    own = set(inspect.signature(ModeCoverage).parameters) - {"arguments"}
    assert set(config) == own | {"num_real", "num_fake", "cache_dir", "name"}
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.get_config() == config


def test_arguments():
    with pytest.raises(InputError, match=r"`means` must be finite and of shape \(k, d\)"):
        ModeCoverage([1.0, 2.0], 1.0)
    with pytest.raises(InputError, match=r"`scale` and `radius` must be above 0. Received: scale=0"):
        ModeCoverage(MEANS, 0)
    with pytest.raises(
        InputError, match=r"`samples` must be vectors like the means, \(n, 2\). Received: shape \(1, 3\)"
    ):
        ModeCoverage(MEANS, 1.0).update_fake(np.zeros((1, 3)))
