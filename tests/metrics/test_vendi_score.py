import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import VendiScore
from tests.metrics.neighbour_metrics import check_feeding, features
from tests.reference import metrics as reference


def score(rows, **arguments):
    metric = VendiScore(**arguments)
    metric.update_fake(rows)
    return metric.result()


@pytest.mark.parametrize("q", [0, 0.5, 1, 1.5, 2, 30, "inf"], ids=str)
@pytest.mark.parametrize("shape", [(60, 12), (9, 30)], ids=["more samples", "more dimensions"])
def test_equal_to_a_direct_reference(shape, q):
    rows = features(shape[0], dimension=shape[1])
    assert_allclose(score(rows, q=q), reference.vendi_score(rows, q), rtol=1e-9)


@pytest.mark.parametrize("q", [0, 0.5, 1, 2, 1e6, "inf"], ids=str)
def test_alike_are_one_and_strangers_as_many_as_they_are(q):
    assert_allclose(score(np.repeat(features(1), 7, axis=0) * np.arange(1, 8)[:, None], q=q), 1.0, rtol=1e-9)
    assert_allclose(score(5.0 * np.eye(7, 9), q=q), 7.0, rtol=1e-9)
    assert_allclose(score(np.eye(3)[np.arange(300) % 3], q=q), 3.0, rtol=1e-9)


def test_shares_that_differ_by_hand():
    """Three of four samples are alike: eigenvalues of 3/4 and 1/4."""
    rows = np.eye(2)[[0, 0, 0, 1]]
    assert_allclose(score(rows), 4 / 3**0.75, rtol=1e-12)
    assert_allclose([score(rows, q=q) for q in (0, 2, "inf")], [2, 16 / 10, 4 / 3], rtol=1e-12)


def test_two_at_an_angle_by_hand():
    """Of two samples with the cosine c the eigenvalues are (1 + c) / 2 and (1 - c) / 2; opposite ones are alike."""
    for angle in (0.1, 1.0, np.pi / 2, np.pi):
        shares = np.array([1 + np.cos(angle), 1 - np.cos(angle)]) / 2
        shares = shares[shares > 1e-9]
        rows = np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
        assert_allclose(score(rows), np.exp(-(shares * np.log(shares)).sum()), rtol=1e-9)


def test_features_that_are_zero_are_a_kind_of_their_own():
    rows = np.concatenate([np.eye(2), np.zeros((2, 2))])
    assert_allclose(score(rows), np.exp(-2 * 0.25 * np.log(0.25) - 0.5 * np.log(0.5)), rtol=1e-12)
    assert_allclose(score(np.zeros((5, 3))), 1.0)
    assert_allclose(score(np.array([[1e30, 0.0], [0.0, 1e-30]], np.float32)), 2.0, err_msg="length is nothing")


def test_fewer_kinds_are_less_and_noise_is_more():
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(10, 20))
    fewer = [score(kinds[rng.integers(number, size=500)]) for number in (1, 2, 5, 10)]
    assert np.all(np.diff(fewer) > 0)
    noise = [score(kinds[rng.integers(5, size=500)] + scale * rng.normal(size=(500, 20))) for scale in (0, 0.5, 2)]
    assert np.all(np.diff(noise) > 0)
    orders = [score(features(60), q=q) for q in (0, 0.5, 1, 2, 10, "inf")]
    assert np.all(np.diff(orders) < 0), "a larger order sees less of what is rare"


def test_the_real_samples_beside_it():
    metric = VendiScore(num_fake=50)
    metric.update_fake(features(80))
    assert metric.details()["real_value"] is None
    metric.update_real(features(50))
    details = metric.details()
    assert details["real_value"] == pytest.approx(metric.result(), rel=1e-12)
    assert json.loads(json.dumps(details)) == details
    assert not hasattr(metric, "_direction"), "more is not better: noise has most"


def test_feeding_does_not_show():
    check_feeding(VendiScore)


def test_what_is_refused():
    for wrong in (-1, float("nan"), float("inf"), "many", True):
        with pytest.raises(InputError, match=r"`q` must be .*Received: q="):
            VendiScore(q=wrong)
