import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.metrics import Novelty
from tests.metrics.neighbour_metrics import check_feeding, features, pictures
from tests.reference.metrics import distances, kth_radii


def test_equal_to_the_definition():
    real, fake = features(150), features(100, 1)
    between, own = distances(fake, real), kth_radii(real, 1)
    value = Novelty()(real, fake)
    assert_allclose(value["novelty"], between.min(axis=1).mean() / own.mean(), rtol=1e-6)
    assert_allclose(value["authenticity"], (between.min(axis=1) >= own[between.argmin(axis=1)]).mean(), rtol=1e-6)


def test_copies_and_fresh_samples():
    points = np.random.default_rng(0).normal(size=(2000, 3))
    assert Novelty()(points, points[:500]) == {"novelty": 0.0, "authenticity": 0.0}
    fresh = Novelty()(points[:1000], points[1000:])
    assert_allclose(fresh["novelty"], 1.0, atol=0.1)
    assert_allclose(fresh["authenticity"], 0.5, atol=0.05)
    far = Novelty()(points[:1000], points[1000:] + 100)
    assert far["novelty"] > 100
    assert far["authenticity"] == 1.0


def test_swapped_arguments_are_seen():
    """Copies of a part of the data have no novelty; the data are new to who knows a part."""
    points = np.random.default_rng(0).normal(size=(400, 3))
    assert Novelty()(points, points[:100])["authenticity"] == 0
    assert Novelty()(points[:100], points)["authenticity"] > 0.2


def test_pixels_of_images(images):
    metric = Novelty()
    metric.hold_real(images[0][:20])
    metric.update_fake(images[0][10:30] / 127.5 - 1)
    assert_allclose(metric.details()["num_real"], 20)
    assert metric.result()["authenticity"] <= 0.5, "the ten copies"


def test_doubles_among_the_real_samples():
    """They leave no distance to compare with; a sample that is nowhere near is authentic all the same."""
    value = Novelty()(np.zeros((4, 2)), np.ones((3, 2)))
    assert value == {"novelty": np.inf, "authenticity": 1.0}
    assert Novelty()(np.zeros((4, 2)), np.zeros((3, 2)))["authenticity"] == 0


def test_feeding_does_not_show():
    check_feeding(Novelty)
    check_feeding(Novelty, sides=(pictures(40, side=4), pictures(30, 1, side=4) // 16 * 16))


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1, 1.0])
def test_it_grows_with_the_distance_to_the_copy(noise):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(500, 8))
    direction = rng.normal(size=points.shape)
    less, more = (Novelty()(points, points + sigma * direction)["novelty"] for sigma in (noise, 2 * noise + 0.005))
    assert less < more
