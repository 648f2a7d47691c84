import pytest

from keras_gan import InputError
from keras_gan.callbacks.pace import Pace


def test_multiples():
    pace = Pace(10)
    assert [pace.next_step(step) for step in (0, 9, 10)] == [10, 10, 20]
    assert [pace.is_due(step, 10) for step in (10, 19, 20, 45)] == [False, False, True, True]


def test_a_list():
    pace = Pace([1, 5, 9])
    assert [pace.next_step(step) for step in (0, 1, 8, 9)] == [1, 5, 9, None]
    assert [pace.is_due(step, 1) for step in (1, 4, 5, 100)] == [False, False, True, True]
    assert not pace.is_due(100, 9)


@pytest.mark.parametrize("every", [0, 1.5, "often", [], [3, 2], [2, 2], [0, 1], None], ids=str)
def test_what_is_no_pace(every):
    with pytest.raises(InputError, match="`every` must be"):
        Pace(every)
