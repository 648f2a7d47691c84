import json
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.metrics import KernelDistance
from tests.metrics.neighbour_metrics import check_feeding, features
from tests.reference import metrics as reference


@pytest.mark.parametrize("counts", [(40, 40), (40, 25)], ids=str)
def test_equal_to_a_direct_reference(counts):
    real, fake = features(counts[0]), features(counts[1], 1)
    value = KernelDistance(subset_size=max(counts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_allclose(value(real, fake), reference.kernel_distance(real, fake), rtol=1e-9)


def test_subsets_are_of_their_size():
    real, fake = features(40), features(40, 1)
    value = KernelDistance(subsets=1, subset_size=25)(real, fake)
    rng = np.random.default_rng(0)
    left, right = (side[rng.choice(40, 25, replace=False)] for side in (real, fake))
    assert_allclose(value, reference.kernel_distance(left, right), rtol=1e-9)


def test_identical_sets_have_the_closed_value():
    """The diagonal is in the mean between the sets alone: 2 (mean off the diagonal - mean of all), below 0."""
    rows = features(60).astype(np.float64)
    kernel = (rows @ rows.T / rows.shape[1] + 1) ** 3
    off = (kernel.sum() - np.trace(kernel)) / (60 * 59)
    value = KernelDistance(subsets=3, subset_size=60)(rows, rows)
    assert_allclose(value, 2 * (off - kernel.mean()), rtol=1e-6)
    assert value < 0


def test_it_is_unbiased_and_its_error_is_honest():
    """Equal Gaussians: 0 on average; subsets that hardly overlap have the standard error that independent runs show."""
    rng = np.random.default_rng(0)
    runs = []
    for seed in range(30):
        metric = KernelDistance(subsets=10, subset_size=50, seed=seed)
        metric.update_state(*rng.normal(size=(2, 1000, 4)))
        runs.append((metric.result(), metric.details()["standard_error"]))
    values, errors = np.array(runs).T
    assert abs(values.mean()) < 3 * values.std(ddof=1) / 30**0.5
    assert_allclose(errors.mean(), values.std(ddof=1), rtol=0.4)


@pytest.mark.long
def test_a_shift_has_the_closed_form():
    """In one dimension, E k(x, y) = E (xy + 1)^3 of N(0, 1) and N(m, 1) by their moments; here m = 1.

    E (xy)^3 + 3 (xy)^2 + 3 xy + 1: in the first 4, in the second 16 + 12 + 3 + 1 = 32, between 0 + 6 + 0 + 1 = 7.
    """
    rng = np.random.default_rng(0)
    value = KernelDistance(subsets=20, subset_size=2000)(
        rng.normal(size=(40_000, 1)), rng.normal(1.0, 1.0, size=(40_000, 1))
    )
    assert_allclose(value, 4 + 32 - 2 * 7, rtol=0.05)


def test_too_few_samples_are_told_of():
    with pytest.warns(
        UserWarning, match=r"96 real and 80 generated .* subsets of 1,000: these have 96 and 80. At least 1,000"
    ) as told:
        KernelDistance(subsets=2)(features(96), features(80, 1))
    assert told[0].filename == __file__, "where the user's line is"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KernelDistance(subsets=2, subset_size=80)(features(96), features(80, 1))


@pytest.mark.parametrize("counts", [(50, 50), (50, 30)], ids=str)
def test_one_subset_of_all_has_no_error_to_tell(counts):
    metric = KernelDistance(subset_size=50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        metric.update_state(features(counts[0]), features(counts[1], 1))
        details = metric.details()
    assert details["standard_error"] is None
    assert json.loads(json.dumps(details)) == details
    more = KernelDistance(subset_size=29)
    more.update_state(features(counts[0]), features(counts[1], 1))
    assert more.details()["standard_error"] > 0


def test_feeding_does_not_show():
    """But for the order, which decides what is in the subsets."""
    check_feeding(lambda: KernelDistance(subsets=3, subset_size=20), order=False)


def test_the_seed_draws_the_subsets():
    def value(seed):
        return KernelDistance(subsets=3, subset_size=20, seed=seed)(features(96), features(80, 1))

    assert value(0) == value(0) != value(1)
