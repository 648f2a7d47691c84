import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.metrics import neighbours
from keras_gan.metrics.neighbours import Neighbourhoods, balls_around, below, kth_nearest, nearest
from tests.reference.metrics import distances, kth_radii


@pytest.fixture(autouse=True, params=[2048, 7])
def _blocks(request, monkeypatch):
    """All in one block, and in many that do not divide the rows."""
    monkeypatch.setattr(neighbours, "_BLOCK", request.param)


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(100.0, 1.0, (2, 40, 5)).astype(np.float32)


@pytest.mark.parametrize("k", [1, 3, 39])
def test_kth_nearest(points, k):
    assert_allclose(kth_nearest(points[0], k), kth_radii(points[0], k) ** 2, rtol=1e-10)


def test_nearest(points):
    distance, index = nearest(points[0], points[1][:23])
    expected = distances(points[0], points[1][:23])
    assert_allclose(distance, expected.min(axis=1) ** 2, rtol=1e-10)
    assert_array_equal(index, expected.argmin(axis=1))


def test_balls(points):
    radii = np.linspace(1.0, 9.0, 40)
    expected = (distances(points[1], points[0]) ** 2 < radii).sum(axis=1)
    for closed in (True, False):
        assert_array_equal(balls_around(points[1], points[0], radii, closed), expected)


def test_the_surface_is_in_the_ball_or_not(points):
    """Rounding does not decide: each point lies on the surface of its nearest neighbour's ball or its own."""
    same = points[0]
    radii = kth_nearest(same, 1)
    assert (balls_around(same, same, radii, closed=True) >= 1).all()
    on_the_surface = balls_around(same, same, radii, True).sum() - balls_around(same, same, radii, False).sum()
    assert on_the_surface == 40
    assert not below(radii, radii, same).any()
    assert below(radii * 0.999, radii, same).all()


def test_copies_are_at_distance_0(points):
    assert_array_equal(nearest(points[0][::-1], points[0])[0], 0)
    assert_array_equal(kth_nearest(np.repeat(points[0], 3, axis=0), 2), 0)


def test_radii_are_kept_until_more_rows_come(points):
    state = Neighbourhoods()
    state.add(points[0][:20])
    first = state.radii(2)
    assert state.radii(2) is first
    state.add(points[0][20:])
    assert_allclose(state.radii(2), kth_nearest(points[0], 2))
    assert_allclose(state.radii(3), kth_nearest(points[0], 3))


def test_images_are_flat():
    state = Neighbourhoods()
    state.add(np.zeros((3, 4, 4, 1), np.uint8))
    assert state.points.shape == (3, 16)
