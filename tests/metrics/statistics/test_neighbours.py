import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.metrics.statistics import neighbours
from keras_gan.metrics.statistics.neighbours import Neighbourhoods, balls_around, kth_nearest, nearest


@pytest.fixture(autouse=True, params=[2048, 7])
def _blocks(request, monkeypatch):
    """All in one block, and in many that do not divide the rows."""
    monkeypatch.setattr(neighbours, "_BLOCK", request.param)


def lone(scale):
    """Points about the origin, of which one is far away."""
    points = np.random.default_rng(0).normal(size=(2, 40, 5))
    points[1, 3] = scale
    return points.astype(np.float32)


def far(scale):
    """Two clusters."""
    return lone(1.0) + np.float32([0.0, scale])[np.arange(40) % 2, None]


def grid(scale):
    """Many are equally near, and some are there twice."""
    return np.random.default_rng(0).integers(0, 3, (2, 40, 5)) * np.float64(scale)


SETS = {
    "plain": lone(1.0) + np.float32(100.0),
    "grid": grid(1.0),
    "tenths": grid(0.1),
    "pixels": grid(9).astype(np.uint8),
}
SETS |= {f"lone {scale:g}": lone(scale) for scale in (1e3, 1e6, 1e12)}
SETS |= {f"far {scale:g}": far(scale) for scale in (1e3, 1e5, 1e7)}


@pytest.fixture(params=SETS)
def points(request):
    return SETS[request.param]


def squares(left, right):
    """All pairs, directly."""
    return ((left[:, None].astype(np.float64) - right.astype(np.float64)) ** 2).sum(axis=-1)


@pytest.mark.parametrize("k", [1, 3, 39])
def test_kth_nearest(points, k):
    among = np.sort(squares(points[0], points[0]) + np.diag(np.full(40, np.inf)), axis=1)
    assert_array_equal(kth_nearest(points[0], k), among[:, k - 1])
    assert_array_equal(kth_nearest(points[0], k, points[1]), np.sort(squares(points[0], points[1]), axis=1)[:, k - 1])


def test_nearest(points):
    radii = np.random.default_rng(0).random(23)
    between = squares(points[0], points[1][:23])
    distance, radius = nearest(points[0], points[1][:23], radii)
    assert_array_equal(distance, between.min(axis=1))
    assert_array_equal(radius, np.where(between == between.min(axis=1, keepdims=True), radii, 0).max(axis=1))


@pytest.mark.parametrize("swapped", [False, True])
def test_balls_and_their_surfaces(points, swapped):
    """Also where each point lies on the surface of a ball: rounding does not decide."""
    inside, centres = points[::-1] if swapped else points
    between = squares(inside, centres)
    for radii in (np.linspace(1.0, 9.0, 40), between.min(axis=0), np.median(between, axis=0)):
        assert_array_equal(balls_around(inside, centres, radii, closed=True), (between <= radii).sum(axis=1))
        assert_array_equal(balls_around(inside, centres, radii, closed=False), (between < radii).sum(axis=1))


def test_a_ball_of_no_radius_has_only_its_centre_or_nothing():
    same = np.ones((40, 5))
    assert_array_equal(kth_nearest(same, 3), 0)
    assert_array_equal(balls_around(same, same, np.zeros(40), closed=True), 40)
    assert_array_equal(balls_around(same, same, np.zeros(40), closed=False), 0)


def test_few_pairs_are_computed_twice(monkeypatch):
    """Of a million, with one far away; else it would be slow."""
    pairs, direct = [], neighbours._Pair.direct
    monkeypatch.setattr(neighbours._Pair, "direct", lambda *a: (pairs.append(len(a[-1])), direct(*a))[1])
    points = np.random.default_rng(0).normal(size=(1000, 16))
    points[7] = 1e6
    monkeypatch.setattr(neighbours, "_BLOCK", 250)
    radii = kth_nearest(points, 5)
    nearest(points, points[::-1], radii)
    balls_around(points, points[::-1], radii, closed=True)
    assert sum(pairs) < 50 * 1000


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
