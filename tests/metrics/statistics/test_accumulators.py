import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.metrics.statistics import accumulators as module
from keras_gan.metrics.statistics.accumulators import Moments, Rows, Sums


class Totals(Sums):
    def terms(self, rows, labels):
        return {"sum": rows.astype(np.float64).sum(axis=0)}


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(3.0, 2.0, (200, 5)).astype(np.float32)


def fed(kind, rows, size):
    state = kind()
    for first in range(0, len(rows), size):
        state.add(rows[first : first + size])
    return state


def test_moments_are_numpys(rows, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 16)
    state = fed(Moments, rows, 50)
    assert state.count == 200
    assert_allclose(state.mean, rows.astype(float).mean(axis=0), rtol=1e-14)
    assert_allclose(state.covariance, np.cov(rows.astype(float), rowvar=False), rtol=1e-12)
    assert_allclose(state.root @ state.root.T, state.covariance, rtol=1e-10)


def test_moments_far_from_the_origin_keep_their_digits(rows):
    """Sums about the origin would leave 1e14 * 2^-53, a hundredth, of a variance of 4."""
    far = rows.astype(np.float64) + 1e7
    for size in (64, 7):
        assert_allclose(fed(Moments, far, size).covariance, np.cov(rows.astype(float), rowvar=False), rtol=1e-7)


@pytest.mark.parametrize("kind", [Moments, Rows, Totals])
def test_sizes_of_batches_do_not_show_and_what_is_kept_comes_back(kind, rows):
    whole, small = fed(kind, rows, 200), fed(kind, rows, 20)
    again = kind()
    again.restore(whole.arrays())
    for state in (small, again):
        assert state.count == 200
        for name, array in whole.arrays().items():
            if name not in ("shift", "sum", "products"):
                assert_allclose(state.arrays()[name], array, rtol=1e-12)
    if kind is Moments:
        assert_allclose(small.mean, whole.mean, rtol=1e-12)
        assert_allclose(again.covariance, whole.covariance, rtol=1e-12)


@pytest.mark.parametrize("kind", [Moments, Rows, Totals])
def test_what_is_restored_goes_on(kind, rows):
    first, again = fed(kind, rows[:50], 50), kind()
    again.restore(first.arrays())
    for state in (first, again):
        state.add(rows[50:])
    assert again.count == 200
    for name, array in first.arrays().items():
        assert_array_equal(again.arrays()[name], array)


def test_a_root_of_few_rows_has_their_rank_and_is_renewed(rows):
    state = fed(Moments, rows[:3], 3)
    assert state.root.shape == (5, 2)
    state.add(rows[3:])
    assert state.root.shape == (5, 5)


def test_rows_keep_their_order_and_labels(rows):
    state = Rows(expected=7)
    for first in (0, 7, 8, 40):  # grown twice past what was expected
        state.add(rows[first : first + 7], np.arange(first, first + 7))
    assert state.count == 28
    assert_array_equal(state.rows, rows[state.labels])
    assert state.rows.dtype == np.float32


def test_rows_keep_the_digits_of_the_finest(rows):
    state = Rows(expected=20)
    for part in (rows[:3], rows[3:5].astype(np.float64) + 1e-12, rows[5:9]):
        state.add(part)
    assert state.rows.dtype == np.float64
    assert_array_equal(state.rows, np.concatenate([rows[:3], rows[3:5].astype(np.float64) + 1e-12, rows[5:9]]))


def test_rows_expected_are_allocated_once(rows):
    state = Rows(expected=200)
    state.add(rows[:1])
    base = state.rows.base
    state.add(rows[1:])
    assert state.rows.base is base


def test_rows_have_a_bound(rows, monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 250)
    state = fed(Rows, rows, 200)
    with pytest.raises(InputError, match=r"`num_real` and `num_fake` must be 250 .*Received: 251 samples"):
        state.add(rows[:51])
    with pytest.raises(InputError, match="`labels` must come with every batch or with none"):
        state.add(rows[:1], np.zeros(1, np.int32))
