import numpy as np
import pytest
from prdc import compute_prdc

from keras_gan import InputError
from keras_gan.metrics import PrecisionRecall
from tests.metrics.neighbour_metrics import check_equal, check_feeding, features
from tests.reference import metrics as reference


@pytest.mark.parametrize("k", [1, 3, 7])
@pytest.mark.parametrize("counts", [(200, 200), (150, 60)], ids=str)
def test_equal_to_direct_references(k, counts):
    real, fake = features(counts[0], 0), features(counts[1], 1)
    value = PrecisionRecall(k=k)(real, fake)
    check_equal(value, reference.precision_recall(real, fake, k))
    published = compute_prdc(real.astype(np.float64), fake.astype(np.float64), nearest_k=k)
    check_equal(value, {name: published[name] for name in value})


def test_by_hand():
    """Balls of k = 1 about reals at 0, 1, 3 have radii 1, 1, 2; about fakes at 4, 4.5, 20 radii 0.5, 0.5, 15.5."""
    value = PrecisionRecall(k=1)(np.array([[0.0], [1.0], [3.0]]), np.array([[4.0], [4.5], [20.0]]))
    assert value == {"precision": 2 / 3, "recall": 0.0}
    value = PrecisionRecall(k=1)(np.array([[0.0], [1.0], [5.0]]), np.array([[4.0], [4.5], [20.0]]))
    assert value == {"precision": 2 / 3, "recall": 1 / 3}, "the surface belongs to the ball"


def test_swapped_arguments_are_seen():
    """Fakes within a part of the real set: all precise, few recalled."""
    real, fake = features(300), features(300, 2) * 0.1
    value, swapped = PrecisionRecall()(real, fake), PrecisionRecall()(fake, real)
    assert value["precision"] > 0.95
    assert value["recall"] < 0.05
    check_equal(swapped, {"precision": value["recall"], "recall": value["precision"]})


@pytest.mark.parametrize("rows", [features(100), np.repeat(features(20), 6, axis=0)], ids=["distinct", "double"])
def test_identical_sets(rows):
    assert PrecisionRecall()(rows, rows[::-1]) == {"precision": 1.0, "recall": 1.0}


def test_feeding_does_not_show():
    check_feeding(PrecisionRecall)


def test_too_few_are_refused():
    with pytest.raises(InputError, match="`update_real` must bring at least 4 samples"):
        PrecisionRecall(k=3)(features(3), features(9))
    with pytest.raises(InputError, match=r"`num_fake` must be an integer >= 4. Received: num_fake=3"):
        PrecisionRecall(k=3, num_real=4, num_fake=3)
