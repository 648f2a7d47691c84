import numpy as np
import pytest
from numpy.testing import assert_allclose

import keras_gan
from keras_gan.metrics import L1, PSNR, PairMetric, get_pair
from keras_gan.utils.registry import members


def test_by_name_class_instance_and_config():
    one = PSNR(name="decibels")
    assert get_pair(one) is one
    assert get_pair("psnr").name == get_pair(PSNR).name == "psnr"
    again = get_pair({"class_name": "keras_gan>PSNR", "config": one.get_config(), "registered_name": "keras_gan>PSNR"})
    assert again.name == "decibels"
    with pytest.raises(keras_gan.InputError, match=r"`metrics` must be a PairMetric.*'l1'"):
        get_pair("l2")


@pytest.mark.parametrize("name", [name for name, cls in members(PairMetric).items() if "keras_gan." in cls.__module__])
def test_a_value_a_pair_and_the_better_is_the_nearer(name):
    metric, generator = get_pair(name), np.random.default_rng(0)
    targets = generator.uniform(-1, 1, (3, 16, 20, 2)).astype("float32")
    noise = generator.normal(size=targets.shape).astype("float32")
    near, far = (np.mean(metric.values(targets, targets + scale * noise)) for scale in (0.1, 0.5))
    assert metric.values(targets, targets).shape == (3,)
    assert (near < far) == (metric.improves == "down")
    assert np.isfinite(metric.values(targets, targets)).all()


def test_l1_is_its_formula():
    assert_allclose(L1().values(np.zeros((2, 2, 2, 1), "float32"), np.full((2, 2, 2, 1), -0.5, "float32")), [0.5, 0.5])
