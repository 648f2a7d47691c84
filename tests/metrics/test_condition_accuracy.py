import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import ConditionCorrelation, TagAccuracy

LOGITS = np.array([[1.0, -1.0], [2.0, 3.0], [-1.0, -2.0], [4.0, 0.5]])
TAGS = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])


def test_tags_by_hand():
    """Right are (both), (second), (first), (both)."""
    metric = TagAccuracy()
    metric.update_fake(LOGITS[:3], labels=TAGS[:3])
    metric.update_fake(LOGITS[3:], labels=TAGS[3:])
    assert metric.result() == 6 / 8
    details = metric.details()
    assert details["by_tag"] == [3 / 4, 3 / 4]
    assert details["all_right"] == 2 / 4
    assert details["real_accuracy"] is None
    metric.update_real(LOGITS[:2], labels=TAGS[:2])
    assert metric.details()["real_accuracy"] == 3 / 4


def test_correlation_is_that_of_numpy():
    random = np.random.default_rng(0)
    asked = random.normal(size=(200, 3)).astype(np.float32)
    measured = (asked * [1.0, -2.0, 0.0] + random.normal(size=(200, 3)) + 1000).astype(np.float32)
    metric = ConditionCorrelation()
    for part in np.split(np.arange(200), 4):
        metric.update_fake(measured[part], labels=asked[part])
    expected = [np.corrcoef(asked[:, i].astype(float), measured[:, i].astype(float))[0, 1] for i in range(3)]
    assert_allclose(metric.details()["by_number"], expected, atol=1e-7)
    assert_allclose(metric.result(), np.mean(expected), atol=1e-7)


@pytest.mark.parametrize("still", [np.full((5, 1), 3.3), np.zeros((5, 1))])
def test_what_does_not_vary_correlates_with_nothing(still):
    moving = np.arange(5.0)[:, None]
    for asked, measured in ((still, moving), (moving, still)):
        metric = ConditionCorrelation()
        metric.update_fake(measured, labels=asked)
        assert metric.result() == 0.0


@pytest.mark.parametrize("metric", [TagAccuracy(), ConditionCorrelation()])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "`labels` must be given"),
        ([0, 1, 0, 1], r"must be vectors. Received: shape \(4,\)"),
        (TAGS[:, :1], r"as many numbers as the extractor gives.*\(4, 1\)"),
    ],
)
def test_labels_that_will_not_do(metric, labels, message):
    metric.reset_state()
    with pytest.raises(InputError, match=message):
        metric.update_fake(LOGITS, labels=labels)
