import math
from fractions import Fraction

import numpy as np
import pytest

from keras_gan.utils.validation import (
    MAX_SEED,
    InputError,
    check_bool,
    check_choice,
    check_integer,
    check_number,
    check_seed,
)


def test_an_input_error_is_a_value_error():
    assert issubclass(InputError, ValueError)


@pytest.mark.parametrize("value", [3, np.int32(3), np.uint8(3), np.int64(3)])
def test_integers_of_all_makes_become_int(value):
    checked = check_integer("n", value)
    assert checked == 3
    assert type(checked) is int


def test_the_ends_of_a_range_belong_to_it():
    assert [check_integer("n", value, 2, 4) for value in (2, 3, 4)] == [2, 3, 4]
    assert [check_number("x", value, 0.0, 1.0) for value in (0, 0.5, 1)] == [0.0, 0.5, 1.0]
    assert [check_seed("seed", value) for value in (0, MAX_SEED)] == [0, 2**31 - 1]


@pytest.mark.parametrize(
    "value", [0, -1, 1.0, 2.5, True, False, "3", None, [3], math.nan, np.float32(3), np.array([3])]
)
def test_no_integer(value):
    with pytest.raises(InputError, match=r"^`n` must be an integer >= 1\. Received: n="):
        check_integer("n", value)


@pytest.mark.parametrize("value", [1, 5])
def test_an_integer_out_of_its_range(value):
    with pytest.raises(InputError, match=rf"^`n` must be an integer from 2 to 4\. Received: n={value}$"):
        check_integer("n", value, 2, 4)


@pytest.mark.parametrize("value", [-1, MAX_SEED + 1, 0.0, True, "0", None])
def test_no_seed(value):
    with pytest.raises(InputError, match=r"^`seed` must be an integer from 0 to 2147483647\. Received: seed="):
        check_seed("seed", value)


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.float64(1), np.int8(1), Fraction(1)])
def test_numbers_of_all_makes_become_float(value):
    checked = check_number("x", value)
    assert checked == 1.0
    assert type(checked) is float


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, np.nan, True, np.True_, "1", None, 1j, [1.0], -0.1, 1.1]
)
def test_no_number(value):
    with pytest.raises(InputError, match=r"^`x` must be a finite number in \[0, 1\]\. Received: x="):
        check_number("x", value, 0.0, 1.0)


def test_an_open_maximum_is_excluded():
    assert check_number("x", 0.999, 0.0, 1.0, open_maximum=True) == 0.999
    with pytest.raises(InputError, match=r"^`x` must be a finite number in \[0, 1\)\. Received: x=1\.0$"):
        check_number("x", 1.0, 0.0, 1.0, open_maximum=True)


def test_yes_or_no():
    assert [check_bool("flag", value) for value in (True, False)] == [True, False]
    for value in (None, 1, "yes"):
        with pytest.raises(InputError, match=r"^`flag` must be True or False\. Received: flag="):
            check_bool("flag", value)


def test_choices():
    assert check_choice("kind", "ring", {"ring", "grid"}) == "ring"
    with pytest.raises(
        InputError, match=r"^`kind` must be one of \['grid', 'ring'\]\. Did you mean 'ring'\? Received: kind='rong'$"
    ):
        check_choice("kind", "rong", {"ring", "grid"})
    for value in (None, 3, ["ring"], "Ring"):
        with pytest.raises(InputError, match=r"`kind` must be one of .* Received: kind="):
            check_choice("kind", value, {"ring", "grid"})
