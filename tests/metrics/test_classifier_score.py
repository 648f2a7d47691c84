import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.metrics import ClassifierScore
from tests.metrics.neighbour_metrics import check_feeding, features
from tests.reference import metrics as reference


@pytest.mark.parametrize("splits", [1, 4, 10])
def test_equal_to_a_direct_reference(splits):
    logits = 3 * features(203)
    metric = ClassifierScore(splits=splits)
    for first in range(0, 203, 50):
        metric.update_fake(logits[first : first + 50])
    mean, deviation = reference.classifier_score(logits, splits)
    assert_allclose(metric.result(), mean, rtol=1e-9)
    assert_allclose(metric.details()["standard_deviation"], deviation, rtol=1e-6, atol=1e-12)


def test_the_ends_of_the_scale():
    sure = 1000.0 * np.eye(5)[np.arange(50) % 5]
    for logits, value in ((sure, 5.0), (np.repeat(sure[:1], 50, axis=0), 1.0), (np.zeros((50, 5)), 1.0)):
        metric = ClassifierScore(splits=1)
        metric.update_fake(logits)
        assert_allclose(metric.result(), value, rtol=1e-12)


def test_it_does_not_ask_for_real_samples():
    metric = ClassifierScore(splits=1)
    metric.update_fake(features(10))
    alone = metric.result()
    metric.update_real(features(10, 1))
    assert metric.result() == alone


def test_feeding_does_not_show():
    """Each replica's count of samples, 40, is a multiple of the splits: sample i of either is of split i mod 10."""
    check_feeding(ClassifierScore, order=False, part=40)
