import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, losses
from keras_gan.penalties import R1, LeCam
from keras_gan.terms import FeatureMatching, LatentDiversity
from keras_gan.training.game.objective import Objective
from tests.critics import POINTS, linear, round_of

SLOPE = [3.0, 0.0, 4.0]


def test_each_player_has_its_own_terms():
    objective = Objective("hinge", ["r1", R1(name="other"), FeatureMatching()])
    assert [term.name for term in objective.terms_of("discriminator")] == ["r1", "other"]
    assert [term.name for term in objective.terms_of("generator")] == ["feature_matching"]
    assert objective.log_names == ("r1", "other", "feature_matching")


def test_terms_are_weighted_in_the_total_and_not_in_the_logs():
    objective = Objective("wasserstein", [R1(weight=0.5), R1(weight=2.0, name="other")])
    total, logs = objective.total("discriminator", round_of(linear(SLOPE)))
    assert_allclose(total, 0.0 + 0.5 * 25 + 2 * 25, rtol=1e-6)  # the reals are the fakes here
    assert_allclose(logs["r1"], (5 * 25, 5), rtol=1e-6)
    assert_allclose(logs["d_loss"], (0, 5), atol=1e-5)


def test_without_terms_the_total_is_the_adversarial_loss():
    objective = Objective("wasserstein", [])
    total, logs = objective.total("generator", round_of(linear(SLOPE)))
    assert_allclose(total, -np.mean(POINTS @ SLOPE), rtol=1e-5)
    assert set(logs) == {"g_loss"}


def test_top_k_is_of_the_total_and_not_of_the_logs():
    logits = np.sort(POINTS @ SLOPE)
    total, logs = Objective("wasserstein", [], top_k=0.4).total("generator", round_of(linear(SLOPE)))
    assert_allclose(total, -np.mean(logits[-2:]), rtol=1e-5)
    assert_allclose(logs["g_loss"][0], -np.sum(logits), rtol=1e-4)
    whole, _ = Objective("wasserstein", [], top_k=0.4).total("discriminator", round_of(linear(SLOPE)))
    assert_allclose(whole, 0.0, atol=1e-5)


@pytest.mark.parametrize(
    ("loss", "terms", "expected"),
    [
        ("non_saturating", [], False),
        ("relativistic", [], True),
        ("hinge", [FeatureMatching()], True),
        ("hinge", [LatentDiversity()], False),
        ("hinge", [LeCam(), R1()], False),
    ],
)
def test_the_generator_sees_the_reals_if_a_part_of_its_asks(loss, terms, expected):
    assert Objective(loss, terms).generator_sees_real is expected


def test_the_parts_by_name():
    parts = Objective("hinge", ["r1", FeatureMatching(name="features")]).summands("discriminator")
    assert list(parts) == ["loss `Hinge`", "term `r1`"]
    assert_allclose(parts["term `r1`"](round_of(linear(SLOPE))), np.full(5, 25.0), rtol=1e-6)


def test_a_loss_of_another_shape_is_refused():
    class Mean(losses.NonSaturating):
        def discriminator_loss(self, real_logits, fake_logits):
            return tf.reduce_mean(super().discriminator_loss(real_logits, fake_logits))

    with pytest.raises(
        InputError, match=r"discriminator's loss must be of the shape of the logits, \(5,\). Received: shape \(\)"
    ):
        Objective(Mean(), []).total("discriminator", round_of(linear(SLOPE)))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("r1", "must be a list"),
        (["r1", "r1"], r"names that differ.*\['r1', 'r1'\]"),
        ([R1(name="d_loss")], r"and not \['d_loss'\]"),
        ([3], "`terms` must be a Term"),
    ],
)
def test_terms_that_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        Objective("hinge", given, reserved=("d_loss",))


@pytest.mark.parametrize("top_k", [0, 1.5, -1, "half", float("nan")])
def test_bad_top_k(top_k):
    with pytest.raises(InputError, match="`top_k` must be"):
        Objective("hinge", [], top_k)


def test_a_schedule_of_top_k():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([10], [1.0, 0.2])
    objective = Objective("wasserstein", [], top_k=schedule)
    logits = POINTS @ SLOPE
    assert_allclose(objective.total("generator", round_of(linear(SLOPE), step=10))[0], -np.mean(logits), rtol=1e-4)
    assert_allclose(objective.total("generator", round_of(linear(SLOPE), step=11))[0], -np.max(logits), rtol=1e-5)
