import keras
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.optimizers import Linear


def test_by_hand():
    schedule = Linear(8.0, 2.0, steps=7, hold=4)
    assert_allclose([schedule(t) for t in (0, 1, 4, 5, 6, 7, 100)], [8, 8, 8, 6, 4, 2, 2], rtol=1e-6)


def test_the_second_half_of_cyclegan():
    """`1 - max(0, epoch + 1 - n) / (n + 1)` of the authors' code, in the limit of many steps."""
    schedule = Linear(2e-4, 0.0, steps=200_000, hold=100_000)
    assert_allclose([schedule(t) for t in (100_000, 150_000, 200_000)], [2e-4, 1e-4, 0.0], rtol=1e-6)


def test_where_its_range_is_shared_it_is_that_of_keras():
    theirs = keras.optimizers.schedules.PolynomialDecay(2e-4, 1000, end_learning_rate=5e-5)
    for step in (0, 1, 333, 999, 1000, 5000):
        assert_allclose(Linear(2e-4, 5e-5, 1000)(step), theirs(step), rtol=1e-5)


def test_over_images():
    schedule = Linear.over("10k", 1.0, 0.0, batch_size=64, hold="5k")
    assert schedule.get_config() == {"start": 1.0, "end": 0.0, "steps": 156, "hold": 78}
    assert Linear.over(10, 0.0, 1.0, batch_size=64).get_config() == {"start": 0.0, "end": 1.0, "steps": 1, "hold": 0}


def test_a_long_schedule_moves():
    schedule = Linear(0.0, 1e6, 2**31 - 1, hold=2**29)
    assert float(schedule(2**30 + 2**10)) > float(schedule(2**30))


def test_its_config_makes_it_again():
    schedule = Linear(1.0, 0.5, 10, hold=3)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert isinstance(again, Linear)
    assert again.get_config() == schedule.get_config()


@pytest.mark.parametrize(
    "arguments", [{"start": "0"}, {"end": float("nan")}, {"steps": 0}, {"hold": -1}, {"hold": 2}, {"hold": 0.5}]
)
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        Linear(**{"start": 0.0, "end": 1.0, "steps": 2, **arguments})
