import numpy as np
import pytest

from keras_gan.data import ArrayData, GaussianMixture, gaussian_mixture
from keras_gan.utils.validation import InputError


def nearest(data):
    """Return the index of the nearest mean, and the distance to it, of each point."""
    distances = np.linalg.norm(data.examples[:, None] - data.means, axis=-1)
    return distances.argmin(axis=1), distances.min(axis=1)


def test_the_ring_by_hand():
    data = gaussian_mixture("ring", num_samples=1000)
    assert isinstance(data, ArrayData)
    half = 0.5**0.5
    np.testing.assert_allclose(data.means[:4], [[1, 0], [half, half], [0, 1], [-half, half]], atol=1e-12)
    assert data.scale == 0.01
    assert (data.sample_shape, data.examples.dtype, data.num_classes) == ((2,), np.float32, None)


def test_the_grid_by_hand():
    data = gaussian_mixture("grid", num_samples=1000)
    expected = {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert {tuple(mean) for mean in data.means.tolist()} == expected
    assert data.scale == 0.05


@pytest.mark.parametrize("kind", ["ring", "grid"])
def test_the_points_have_the_distribution(kind):
    data = gaussian_mixture(kind, num_samples=50_000)
    which, distance = nearest(data)
    counts = np.bincount(which, minlength=len(data.means))
    np.testing.assert_allclose(counts / 50_000, 1 / len(data.means), rtol=0.12)
    # The squared distance in the plane has the mean 2 sigma^2; 3 sigma hold 98.9 % (Rayleigh).
    assert np.mean(distance**2) == pytest.approx(2 * data.scale**2, rel=0.03)
    assert np.mean(distance < 3 * data.scale) == pytest.approx(1 - np.exp(-4.5), abs=0.003)


def test_the_seed_decides():
    one, same, other = (gaussian_mixture(num_samples=100, seed=seed) for seed in (1, 1, 2))
    assert one.digest == same.digest
    assert one.digest != other.digest


def test_a_mixture_of_ones_own():
    means = [[0.0, 0.0, 5.0]]
    data = GaussianMixture(means, 0.5, num_samples=2000, batch_size=10)
    assert data.means is means
    assert data.num_samples == len(data) == 2000
    np.testing.assert_allclose(data.examples.mean(axis=0), [0, 0, 5], atol=0.06)
    assert next(iter(data.dataset())).shape == (10, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"means": [1.0, 2.0]}, r"`means` must be finite and of shape \(k, dimensions\)"),
        ({"means": [[np.nan, 2.0]]}, r"`means` must be finite"),
        ({"scale": 0.0}, r"`scale` must be greater than 0\. Received: scale=0\.0"),
        ({"scale": -1.0}, r"`scale` must be a finite number"),
        ({"num_samples": 0}, r"`num_samples` must be an integer >= 1"),
        ({"seed": -1}, r"`seed` must be an integer"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(InputError, match=message):
        GaussianMixture(**({"means": [[0.0, 0.0]], "scale": 1.0} | options))


def test_another_kind_is_refused():
    with pytest.raises(InputError, match=r"`kind` must be one of \['grid', 'ring'\]\. Did you mean 'ring'\?"):
        gaussian_mixture("rings")
