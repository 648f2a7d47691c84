import numpy as np
import pytest
from numpy.testing import assert_allclose
from prdc import compute_prdc

from keras_gan.metrics import DensityCoverage
from tests.metrics.neighbour_metrics import check_equal, check_feeding, features
from tests.reference import metrics as reference


@pytest.mark.parametrize("k", [1, 5, 9])
@pytest.mark.parametrize("counts", [(200, 200), (150, 60)], ids=str)
def test_equal_to_direct_references(k, counts):
    real, fake = features(counts[0], 0), features(counts[1], 1)
    value = DensityCoverage(k=k)(real, fake)
    check_equal(value, reference.density_coverage(real, fake, k))
    published = compute_prdc(real.astype(np.float64), fake.astype(np.float64), nearest_k=k)
    check_equal(value, {name: published[name] for name in value})


def test_by_hand():
    """Balls of k = 1 about reals at 0, 1, 3: radii 1, 1, 2. A fake at 0.5 lies in two, one at 2 in the third alone."""
    value = DensityCoverage(k=1)(np.array([[0.0], [1.0], [3.0]]), np.array([[0.5], [2.0]]))
    assert_allclose([value["density"], value["coverage"]], [(2 + 1) / 2, 1.0])
    value = DensityCoverage(k=1)(np.array([[0.0], [1.0], [3.0]]), np.array([[0.5], [0.5]]))
    assert_allclose([value["density"], value["coverage"]], [2.0, 2 / 3])


@pytest.mark.parametrize("far", [1e5, 1e6, 1e9])
def test_what_is_far_away_does_not_change_the_rest(far):
    real, fake = features(500), features(500)[::-1] + np.float32(1e-3)
    expected = DensityCoverage()(real, fake[1:])
    value = DensityCoverage()(real, np.concatenate([np.full((1, 12), far, np.float32), fake[1:]]))
    check_equal(value, {**expected, "density": expected["density"] * 499 / 500})
    clusters = [np.concatenate([side, side + np.float32(far / 1e3)]) for side in (real, fake)]
    check_equal(DensityCoverage()(*clusters), reference.density_coverage(*clusters, 5))


def test_doubles_have_empty_balls():
    same = np.ones((50, 4))
    expected = compute_prdc(same, same, nearest_k=5)
    check_equal(DensityCoverage()(same, same), {"density": 0.0, "coverage": 0.0})
    assert (expected["density"], expected["coverage"]) == (0, 0)
    twice = features(60).repeat(2, axis=0)
    check_equal(DensityCoverage()(twice, twice), reference.density_coverage(twice, twice, 5))


def test_swapped_arguments_are_seen():
    real, fake = features(300), features(300, 2) * 0.1
    value, swapped = DensityCoverage()(real, fake), DensityCoverage()(fake, real)
    assert value["density"] > 1.2
    assert value["coverage"] < 0.5
    assert swapped["density"] < 0.2


def test_identical_sets():
    rows = features(100)
    check_equal(DensityCoverage()(rows, rows[::-1]), {"density": 1.0, "coverage": 1.0}, rtol=1e-12)


def test_equal_distributions_have_the_expected_coverage():
    """Equation 9 of the paper: 1 - (M - 1) ... (M - k) / ((2M - 1) ... (2M - k)); its standard error is below 0.01."""
    k, count = 3, 1000
    expected = 1 - np.prod([(count - i) / (2 * count - i) for i in range(1, k + 1)])
    rng = np.random.default_rng(0)
    value = DensityCoverage(k=k)(rng.normal(size=(count, 4)), rng.normal(size=(count, 4)))
    assert_allclose(value["coverage"], expected, atol=0.03)
    assert_allclose(value["density"], 1.0, atol=0.1)


def test_feeding_does_not_show():
    check_feeding(DensityCoverage)
