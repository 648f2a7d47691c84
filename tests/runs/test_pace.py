import pytest

from keras_gan.runs.pace import paced


@pytest.mark.parametrize(
    ("steps", "first", "count"), [(1, [1], 1), (15, [1, 2, 5, 10, 15], 5), (8000, [5, 10, 20, 40, 80, 160, 320], 55)]
)
def test_the_pace_of_a_run(steps, first, count):
    pace = paced(steps)
    assert [*pace[: len(first)]] == first
    assert len(pace) == count
    assert pace[-1] == steps
    assert [*pace] == sorted(set(pace))
