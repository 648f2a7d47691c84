import pytest

from keras_gan import InputError
from keras_gan.recipes import Choice, Integer, Number

WIDTH = Integer("width", "channels", maximum=64)
DECAY = Integer("decay", "images", minimum=0)
RATE = Number("rate", "of Adam", minimum=1e-8, maximum=1.0)
LOSS = Choice("loss", "of the game", choices=("hinge", "non_saturating"))


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        (WIDTH, "32", 32),
        (WIDTH, 64, 64),
        (DECAY, "400k", 400_000),
        (DECAY, "1.5M", 1_500_000),
        (DECAY, "0", 0),
        (RATE, "2e-4", 2e-4),
        (RATE, 1, 1.0),
        (LOSS, "hinge", "hinge"),
    ],
)
def test_a_value_or_its_text(setting, value, expected):
    checked = setting.check(value)
    assert checked == expected
    assert type(checked) is type(expected)


@pytest.mark.parametrize(
    ("setting", "value", "match"),
    [
        (WIDTH, "0", r"`width` must be an integer from 1 to 64\. Received: width=0"),
        (WIDTH, "65", r"`width` must be an integer from 1 to 64\. Received: width=65"),
        (WIDTH, "-3", r"`width` must be an integer >= 1, as 400000, 400k or 1\.5M\. Received: width='-3'"),
        (WIDTH, "wide", r"`width` must be an integer"),
        (WIDTH, "1.5", r"`width` must be an integer"),
        (WIDTH, True, r"`width` must be an integer"),
        (RATE, "fast", r"`rate` must be a number from 1e-08 to 1\. Received: rate='fast'"),
        (RATE, "nan", r"`rate` must be a finite number"),
        (RATE, "2", r"`rate` must be a finite number in \[1e-08, 1\]\. Received: rate=2"),
        (LOSS, "hing", r"`loss` must be one of \['hinge', 'non_saturating'\]\. Did you mean 'hinge'\? Received"),
    ],
)
def test_what_is_none_of_its_values(setting, value, match):
    with pytest.raises(InputError, match=match):
        setting.check(value)


def test_what_people_read():
    assert WIDTH.range == "an integer from 1 to 64"
    assert DECAY.range == "an integer >= 0"
    assert RATE.range == "a number from 1e-08 to 1"
    assert LOSS.range == "one of hinge, non_saturating"
