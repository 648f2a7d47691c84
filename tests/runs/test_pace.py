import pytest

from keras_gan.runs.pace import distance, paced


@pytest.mark.parametrize(
    ("steps", "first", "count"), [(1, [1], 1), (15, [1, 2, 5, 10, 15], 5), (8000, [5, 10, 20, 40, 80, 160, 320], 55)]
)
def test_the_pace_of_a_run(steps, first, count):
    pace = paced(steps)
    assert [*pace[: len(first)]] == first
    assert len(pace) == count
    assert pace[-1] == steps
    assert [*pace] == sorted(set(pace))


@pytest.mark.parametrize(
    ("steps", "batch_size", "between"),
    [(750, 64, 15), (750, 16, 40), (750, 1, 640), (100, 1, 100), (100, 128, 10), (8000, 16, 160)],
)
def test_grids_of_samples_leave_time_for_training(steps, batch_size, between):
    assert distance(steps, batch_size) == between
    assert [*paced(steps, batch_size)][-1] == steps


def test_a_run_that_is_shorter_than_the_distance_has_early_ones():
    assert paced(10, batch_size=1) == paced(10) == (1, 2, 5, 10)
