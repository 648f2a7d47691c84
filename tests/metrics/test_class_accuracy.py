import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import ClassAccuracy

LOGITS = np.eye(3, dtype=np.float32)[[0, 0, 1, 2, 2, 2]]
LABELS = [0, 1, 1, 2, 2, 0]


def test_by_hand():
    metric = ClassAccuracy()
    metric.update_fake(LOGITS, LABELS)
    assert_allclose(metric.result(), 4 / 6)
    assert_allclose(metric.details()["by_class"], [1 / 2, 1 / 2, 1.0])
    assert metric.details()["real_accuracy"] is None
    metric.update_real(LOGITS[:2], [0, 1])
    assert metric.details()["real_accuracy"] == 0.5


def test_a_class_that_nobody_asked_for():
    metric = ClassAccuracy()
    metric.update_fake(LOGITS[:1], [0])
    assert metric.details()["by_class"] == [1.0, None, None]


def test_swapped_arguments_are_seen():
    """Real samples do not count, and generated ones must have labels."""
    metric = ClassAccuracy()
    metric.update_real(LOGITS)
    with pytest.raises(InputError, match=r"`labels` must be given to `ClassAccuracy.update_fake`"):
        metric.update_fake(LOGITS)
    with pytest.raises(
        InputError, match=r"`labels` must be in \[0, 3\), the classes of the extractor. Received: label 3"
    ):
        metric.update_fake(LOGITS, [0, 1, 2, 3, 0, 1])


def test_feeding_does_not_show():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(50, 4)), rng.integers(0, 4, 50)
    whole, fed = ClassAccuracy(), ClassAccuracy()
    whole.update_fake(logits, labels)
    for row in rng.permutation(50):
        fed.update_fake(logits[row : row + 1], labels[row : row + 1])
    assert fed.result() == whole.result() == (logits.astype("f4").argmax(axis=1) == labels).mean()
