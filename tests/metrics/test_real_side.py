import pytest

from keras_gan.metrics.real_side import RealSide, Stage


def test_an_open_side_stands_for_nothing():
    assert RealSide("a").stage is Stage.OPEN
    assert not RealSide("a").stands_for("a", None)


@pytest.mark.parametrize(
    ("key", "digest", "same"), [("a", "1", True), ("b", "1", False), ("a", "2", False), (None, "1", False)]
)
def test_a_finished_side_stands_for_its_data_by_its_extractor(key, digest, same):
    side = RealSide("a")
    side.finish("1")
    assert side.stands_for(key, digest) is same


def test_a_side_that_is_held_stands_for_all():
    side = RealSide()
    side.hold()
    assert side.stands_for("a", "1")
    assert side.stands_for(None, None)
