import click
import pytest

from keras_gan.utils.validation import InputError, check_count
from keras_gan_cli.parameters import MAX_SEED, Count, Seeds, Size


@pytest.mark.parametrize(("given", "size"), [("64", 64), ("48x64", (48, 64)), ("48X8", (48, 8)), ("8x8", (8, 8))])
def test_sizes(given, size):
    assert Size(8, 1024).convert(given, None, None) == size


@pytest.mark.parametrize("given", ["7", "8x7", "8x1025", "8x8x3", "x", "8x", "-8", "8.0", "\N{SUPERSCRIPT TWO}8"])
def test_what_is_no_size(given):
    with pytest.raises(click.BadParameter, match="is no side from 8 to 1024, nor HEIGHTxWIDTH"):
        Size(8, 1024).convert(given, None, None)


@pytest.mark.parametrize(
    ("given", "seeds"),
    [
        ("3", [3]),
        ("3,17,20-25", [3, 17, 20, 21, 22, 23, 24, 25]),
        ("5, 2 ,2", [5, 2, 2]),
        ("7-7", [7]),
        (str(MAX_SEED), [MAX_SEED]),
    ],
)
def test_seeds(given, seeds):
    assert Seeds().convert(given, None, None) == seeds
    assert Seeds().convert(seeds, None, None) == seeds


@pytest.mark.parametrize(
    "given", ["", "3,", "a", "-1", "1-", "1.0", "5-3", "0-1000000", str(MAX_SEED + 1), "9" * 30, "\N{SUPERSCRIPT TWO}"]
)
def test_what_are_no_seeds(given):
    with pytest.raises(
        click.BadParameter, match=r"is no list of seeds from 0 to 2147483647|must have ranges that go up"
    ):
        Seeds().convert(given, None, None)


@pytest.mark.parametrize("given", ["1", "400000", "400k", "1.5M", "1.5m", "2,000", "1_000"])
def test_counts(given):
    assert Count().convert(given, None, None) == given
    assert check_count("images", given) >= 1


@pytest.mark.parametrize("given", ["0", "", "-1", "20x", "k", "1.5", "many", "1e5", "0k"])
def test_what_is_no_count_is_none_of_the_library_either(given):
    with pytest.raises(click.BadParameter, match="is no count, as 400000"):
        Count().convert(given, None, None)
    with pytest.raises(InputError):
        check_count("images", given)
