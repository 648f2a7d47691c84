import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.training.game.logs import Means, sums


def test_means_over_all_values_of_ragged_batches():
    means = Means(["a", "b"])
    means.update_state(sums(a=tf.constant([1.0, 2.0, 3.0]), b=tf.constant([5.0])))
    means.update_state(sums(a=tf.constant([10.0])))
    result = means.result()
    assert list(result) == ["a", "b"]
    assert_allclose(result["a"], 4.0)
    assert_allclose(result["b"], 5.0)


def test_nothing_seen_is_zero_and_reset_forgets():
    means = Means(["a"])
    assert_allclose(means.result()["a"], 0.0)
    means.update_state(sums(a=tf.constant([3.0])))
    means.reset_state()
    assert_allclose(means.result()["a"], 0.0)


def test_long_sums_stay_exact():
    means = Means(["a"])
    for _ in range(3):
        means.update_state({"a": (tf.constant(2.0**25), tf.constant(2.0**25))})
    means.update_state(sums(a=tf.constant([3.0])))
    assert_allclose(float(means.count[0]), 3 * 2**25 + 1, rtol=0)
    assert np.isfinite(float(means.result()["a"]))


def test_undeclared_quantities_are_refused():
    with pytest.raises(KeyError, match="log_names"):
        Means(["a"]).update_state(sums(b=tf.zeros(1)))
