import pytest
import tensorflow_datasets as tfds

from keras_gan.data.readers.splits import parse_split
from keras_gan.utils.validation import InputError

SIZES = {"train": 1797, "test": 10}


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("test", [("test", 0, 10)]),
        ("test[:]", [("test", 0, 10)]),
        ("test[2:5]", [("test", 2, 5)]),
        ("test[-3:]", [("test", 7, 10)]),
        ("test[:-3]", [("test", 0, 7)]),
        ("test[:80%]", [("test", 0, 8)]),
        ("test[-20%:]", [("test", 8, 10)]),
        ("train[:12.5%]", [("train", 0, 225)]),
        ("test[ 1 : 2 ] + train[:3]", [("test", 1, 2), ("train", 0, 3)]),
    ],
)
def test_by_hand(split, expected):
    assert parse_split(split, SIZES) == expected


@pytest.mark.parametrize("percent", [1, 33, 50, 77, 99])
def test_it_rounds_as_tfds_does(percent):
    infos = {"train": tfds.core.SplitInfo(name="train", shard_lengths=[1797], num_bytes=0)}
    theirs = tfds.core.ReadInstruction.from_spec(f"train[:{percent}%]").to_absolute(infos)
    ours = parse_split(f"train[:{percent}%]", SIZES)
    assert ours == [("train", theirs[0].from_ or 0, theirs[0].to)]


def test_parts_of_a_split_are_all_of_it():
    (left,), (right,) = parse_split("train[:37%]", SIZES), parse_split("train[37%:]", SIZES)
    assert (left.start, left.stop, right.stop) == (0, right.start, 1797)


@pytest.mark.parametrize(
    "split", ["", "train[", "train[1]", "train[a:b]", "train[:101%]", "test[:11]", "test[-11:]", "train[::2]", None]
)
def test_what_is_no_split_is_refused(split):
    with pytest.raises(InputError, match=r"`split` must be .*'train': '1797 examples'.*Received: split="):
        parse_split(split, SIZES)


def test_a_name_that_is_not_there_gets_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean 'train'\? Received: split='trian\[:5\]'"):
        parse_split("trian[:5]", SIZES)


@pytest.mark.parametrize("split", ["test[5:5]", "test[:0%]", "test[7:-7]", "test+train[5:5]"])
def test_an_empty_part_is_refused(split):
    with pytest.raises(InputError, match=r"`split` must select at least one example"):
        parse_split(split, SIZES)
