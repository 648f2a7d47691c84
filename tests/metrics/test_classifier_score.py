import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.metrics import ClassifierScore
from tests.metrics.neighbour_metrics import check_feeding, features
from tests.reference import metrics as reference


def scored(logits, **arguments):
    metric = ClassifierScore(**arguments)
    metric.update_fake(logits)
    return metric.result(), metric.details()["standard_deviation"]


def test_equal_to_a_direct_reference():
    logits = 3 * features(203)
    assert_allclose(scored(logits, splits=1), (reference.classifier_score(logits), 0), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("splits", [2, 10, 203])
def test_splits_are_of_equal_size_and_random(splits):
    """Mean and deviation are those that other random splits of equal size have."""
    logits = 3 * features(203)
    mean, deviation = scored(logits, splits=splits)
    rng = np.random.default_rng(1)
    drawn = [
        [reference.classifier_score(logits[rows]) for rows in np.array_split(rng.permutation(203), splits)]
        for _ in range(20)
    ]
    means = np.mean(drawn, axis=1)
    assert_allclose(mean, means.mean(), atol=4 * means.std() + 1e-9)
    assert_allclose(deviation, np.std(drawn, axis=1).mean(), rtol=0.6, atol=1e-9)


@pytest.mark.parametrize("classes", [2, 5, 10])
def test_labels_in_a_cycle_are_of_all_classes(classes):
    """A split of 100 samples of 10 classes scores about 10 exp(-9 / 200), whatever order the samples come in."""
    sure = 100.0 * np.eye(classes)[np.arange(1000) % classes]
    value, _ = scored(sure)
    assert_allclose(value, classes * np.exp(-(classes - 1) / 200), rtol=0.02)
    assert_allclose(value, scored(np.random.default_rng(0).permutation(sure))[0], rtol=0.02)


def test_the_ends_of_the_scale():
    sure = 1000.0 * np.eye(5)[np.arange(50) % 5]
    for logits, value in ((sure, 5.0), (np.repeat(sure[:1], 50, axis=0), 1.0), (np.zeros((50, 5)), 1.0)):
        assert_allclose(scored(logits, splits=1)[0], value, rtol=1e-12)


def test_no_split_is_empty():
    metric = ClassifierScore()
    for _ in range(2):
        metric.update_fake(features(5))
    assert_allclose(metric.result(), 1.0, err_msg="ten splits of one sample each")


def test_it_does_not_ask_for_real_samples():
    metric = ClassifierScore(splits=1)
    metric.update_fake(features(10))
    alone = metric.result()
    metric.update_real(features(10, 1))
    assert metric.result() == alone


def test_the_seed_deals():
    logits = features(100)
    assert scored(logits) == scored(logits, seed=0) != scored(logits, seed=1)


def test_feeding_does_not_show():
    """But for the order, which decides what is in the splits."""
    check_feeding(ClassifierScore, order=False)
