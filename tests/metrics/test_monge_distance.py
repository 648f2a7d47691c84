import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.metrics import FrechetDistance, MongeDistance
from keras_gan.metrics.monge_distance import _moves
from tests.metrics.neighbour_metrics import check_feeding, features
from tests.reference import metrics as reference


@pytest.mark.parametrize("counts", [(60, 60), (60, 45), (20, 61)], ids=str)
def test_equal_to_a_direct_reference(counts):
    real, fake = features(counts[0]), features(counts[1], 1)
    directions = np.random.default_rng(3).normal(size=(12, 20))
    directions /= np.linalg.norm(directions, axis=0)
    value = MongeDistance(directions=20, seed=3)(real, fake)
    assert_allclose(value, reference.monge_distance(real, fake, directions), rtol=1e-9)


def test_moves_by_hand():
    """Two numbers, each a half, to three, each a third: the first goes to the first, and for a sixth to the second."""
    left, right, shares = _moves(2, 3)
    assert_array_equal(left, [0, 0, 1, 1])
    assert_array_equal(right, [0, 1, 1, 2])
    assert_allclose(shares, np.array([2, 1, 1, 2]) / 6)
    left, right, shares = _moves(3, 3)
    assert_array_equal(left, right)
    assert_allclose(shares, 1 / 3)


def test_in_one_dimension_by_hand():
    """Of numbers there is one direction: 1 and 3 move to 2 and 5, squared by 1 and 4, on average 5/2, and 3 d = 3."""
    assert_allclose(MongeDistance(directions=5)(np.array([[3.0], [1.0]]), np.array([[2.0], [5.0]])), 7.5, rtol=1e-12)


@pytest.mark.parametrize("dimension", [2, 64])
def test_a_shift_is_three_times_its_frechet_distance(dimension):
    """(u.m)^2 is |m|^2 / d on average over the directions, and 3 d times that 3 |m|^2."""
    points = np.random.default_rng(0).normal(size=(200, dimension))
    shift = np.random.default_rng(1).normal(size=dimension)
    value = MongeDistance(directions=20_000)(points, points + shift)
    assert_allclose(value, 3 * shift @ shift, rtol=0.05)
    assert_allclose(FrechetDistance()(points, points + shift), shift @ shift, rtol=1e-6)


def test_a_scale_of_a_round_gaussian_too():
    """Every projection is moved from N(0, 1) to N(0, 4): 3 d (2 - 1)^2."""
    points = np.random.default_rng(0).normal(size=(20_000, 3))
    assert_allclose(MongeDistance(directions=200)(points, 2 * points[::-1]), 9, rtol=0.03)


def test_identical_sets_are_at_0():
    rows = features(50)
    assert MongeDistance(directions=10)(rows, rows) == 0
    assert_allclose(MongeDistance(directions=10)(rows, np.repeat(rows, 3, axis=0)), 0, atol=1e-12)


def test_it_sees_what_moments_do_not():
    """Equal means and covariances: a Gaussian, and two points."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40_000, 1))
    points = (points - points.mean()) / points.std()
    signs = np.where(np.arange(40_000) % 2, 1.0, -1.0)[:, None]
    assert FrechetDistance()(points, signs) < 1e-6
    assert_allclose(MongeDistance(directions=3)(points, signs), 3 * 2 * (1 - np.sqrt(2 / np.pi)), rtol=0.02)


def test_a_larger_shift_is_larger_whichever_side_it_is_on():
    rows, others = features(80), features(80, 1)
    values = [MongeDistance(directions=50)(rows, others + shift) for shift in (0.0, 0.5, 1.0)]
    assert np.all(np.diff(values) > 0)
    assert_allclose(MongeDistance(directions=50)(others, rows), values[0], rtol=1e-9)


def test_feeding_does_not_show():
    check_feeding(lambda: MongeDistance(directions=10))


def test_the_seed_draws_the_directions():
    def value(seed):
        return MongeDistance(directions=5, seed=seed)(features(96), features(80, 1))

    assert value(0) == value(0) != value(1)
