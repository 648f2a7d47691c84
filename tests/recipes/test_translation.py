import pytest

from keras_gan import InputError
from keras_gan.recipes import Facts, Plan, translation


@pytest.mark.parametrize(
    ("side", "target_side", "expected"), [(256, 256, 70), (64, 64, 34), (32, 32, 16), (32, 128, 70), (16, None, 16)]
)
def test_patches_are_of_what_is_judged(side, target_side, expected):
    target = None if target_side is None else (target_side, target_side, 3)
    plan = Plan(Facts(9, (side, side, 3), target_shape=target))
    assert translation.receptive_field().choose(plan)[0] == expected


@pytest.mark.parametrize(
    ("image_size", "multiple", "expected"),
    [(256, 1, (286, 256)), (96, 4, (108, 96)), (8, 8, (8, 8)), ((8, 9), 1, ((8, 9), None)), (None, 4, (None, None))],
)
def test_what_is_read_larger(image_size, multiple, expected):
    assert translation.enlarged(image_size, multiple) == expected


def test_two_folders(tmp_path):
    assert translation.two_folders(str(tmp_path / "missing")) == []
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    assert translation.two_folders(str(tmp_path)) == [str(tmp_path / "a"), str(tmp_path / "b")]
    (tmp_path / "c").mkdir()
    assert translation.two_folders(str(tmp_path)) == []


def test_what_is_refused():
    with pytest.raises(InputError, match=r"images that become others\. Received: samples of shape \(8, 8, 3\) alone"):
        translation.shapes(Plan(Facts(9, (8, 8, 3))))
    with pytest.raises(InputError, match="`on_bad_image` must be 'error' for pairs"):
        translation.check_none_left_out("skip")
