import pytest

from keras_gan import InputError
from keras_gan.training.loop.steps_per_execution import StepsPerExecution


def paced(own, step, calls=60, slow=()):
    """Return how many steps the calls have, of which each costs `own` seconds besides its steps."""
    pace, seen = StepsPerExecution("auto"), []
    for call in range(calls):
        seen.append(pace.steps)
        pace.learn(pace.steps, own + pace.steps * step + 100.0 * (call in slow))
    return seen


def test_the_pace_grows_until_calls_are_five_percent():
    seen = paced(own=0.008, step=0.00101)
    assert list(dict.fromkeys(seen)) == [1, 2, 4, 8, 16, 32, 64, 128, 151]
    assert seen[-1] == 151
    assert 0.008 / (0.008 + 151 * 0.00101) < 0.05 < 0.008 / (0.008 + 150 * 0.00101)


def test_the_pace_grows_until_a_call_is_long_enough_to_judge():
    assert list(dict.fromkeys(paced(own=0.0001, step=0.01))) == [1, 2, 4, 8, 16, 10]
    pace = StepsPerExecution("auto")
    for call in range(60):  # of the same steps, all but the first calls on a machine that is busy
        pace.learn(pace.steps, (0.002 + 0.001 * pace.steps) * (1 if call < 3 else 3))
    assert pace.steps >= 10


def test_a_step_that_costs_more_than_its_call_is_alone():
    assert list(dict.fromkeys(paced(own=0.002, step=0.2))) == [1, 2]
    assert paced(own=0.002, step=0.2)[-1] == 1
    assert paced(own=0.002, step=3.0)[-1] == 1


def test_no_call_takes_over_a_second():
    """But for its own cost, which callbacks may make any."""
    assert paced(own=10.0, step=0.25)[-1] == 4


def test_one_slow_call_among_others_is_nothing():
    assert paced(own=0.002, step=0.00101, slow=(1, 4, 40)) == paced(own=0.002, step=0.00101)


def test_of_a_call_that_the_end_cut_short_nothing_is_learnt():
    pace = StepsPerExecution("auto")
    for _ in range(3):
        pace.learn(1, 0.003)
    for _ in range(9):
        pace.learn(1, 0.003)
    assert pace.steps == 2


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, None, "many", "Auto"])
def test_another_pace_is_refused(wrong, make_gan):
    with pytest.raises(InputError, match="`steps_per_execution` must be an integer"):
        make_gan(steps_per_execution=wrong)
