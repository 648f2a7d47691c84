import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.penalties import R1
from keras_gan.terms import FeatureMatching
from keras_gan.training.term_set import TermSet
from tests.critics import linear, round_of


def test_each_player_has_its_own():
    chosen = TermSet(["r1", R1(name="other"), FeatureMatching()], reserved=())
    assert [term.name for term in chosen.of("discriminator")] == ["r1", "other"]
    assert [term.name for term in chosen.of("generator")] == ["feature_matching"]
    assert chosen.log_names == ("r1", "other", "feature_matching")


def test_weighted_in_the_sum_and_not_in_the_logs():
    chosen = TermSet([R1(weight=0.5), R1(weight=2.0, name="other")], reserved=())
    addition, logs = chosen.evaluate("discriminator", round_of(linear([3.0, 0.0, 4.0])))
    assert_allclose(addition, 0.5 * 25 + 2 * 25, rtol=1e-6)
    assert_allclose(logs["r1"], (5 * 25, 5), rtol=1e-6)


def test_no_terms_add_nothing():
    addition, logs = TermSet([], reserved=("d_loss",)).evaluate("generator", None)
    assert float(addition) == 0.0
    assert logs == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("r1", "must be a list"),
        (["r1", "r1"], r"names that differ.*\['r1', 'r1'\]"),
        ([R1(name="d_loss")], r"and not \['d_loss'\]"),
        ([3], "`terms` must be a Term"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        TermSet(given, reserved=("d_loss",))
