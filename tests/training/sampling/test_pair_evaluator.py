import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import L1
from keras_gan.training.sampling.pair_evaluator import PairEvaluator


def test_sums_over_pairs():
    evaluator = PairEvaluator(["l1", L1(name="again"), "psnr"], reserved=["d_loss"])
    assert evaluator.logged == ["l1", "again", "psnr"]
    assert evaluator.directions == {"l1": "down", "again": "down", "psnr": "up"}
    made = np.zeros((3, 4, 4, 1), "float32")
    logs = evaluator.compared(made + np.reshape([0.0, 0.5, 1.0], (3, 1, 1, 1)).astype("float32"), made)
    assert_allclose(logs["l1"], (1.5, 3))
    assert logs["again"] == logs["l1"]


def test_nothing_is_nothing():
    evaluator = PairEvaluator(None, reserved=[])
    assert evaluator.compared(np.zeros((1, 2, 2, 1)), np.zeros((1, 2, 2, 1))) == {}


@pytest.mark.parametrize(
    ("metrics", "message"),
    [("l1", "must be a list"), (["l1", "l1"], "'l1' twice"), (["d_loss"], "must be a PairMetric")],
)
def test_wrong_metrics(metrics, message):
    with pytest.raises(InputError, match=message):
        PairEvaluator(metrics, reserved=["d_loss"])
    with pytest.raises(InputError, match="'d_loss' twice"):
        PairEvaluator([L1(name="d_loss")], reserved=["d_loss"])
