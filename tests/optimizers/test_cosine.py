import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.optimizers import Cosine
from keras_gan.optimizers.cosine import config_of, number_or_schedule


def test_by_hand():
    schedule = Cosine(2.0, 6.0, steps=4)
    half = np.sqrt(0.5)
    assert_allclose([schedule(t) for t in (0, 1, 2, 3, 4, 100)], [2, 4 - 2 * half, 4, 4 + 2 * half, 6, 6], rtol=1e-6)


def test_it_starts_from_nothing():
    assert float(Cosine(0.0, 0.3, 10)(0)) == 0.0


def test_where_its_range_is_shared_it_is_that_of_keras():
    theirs = keras.optimizers.schedules.CosineDecay(2e-4, 1000, alpha=0.25)
    for step in (0, 1, 333, 999, 1000, 5000):
        assert_allclose(Cosine(2e-4, 5e-5, 1000)(step), theirs(step), rtol=1e-5)


def test_over_images():
    assert Cosine.over("10k", 0.0, 1.0, batch_size=64).get_config() == {"start": 0.0, "end": 1.0, "steps": 156}
    assert Cosine.over(10, 0.0, 1.0, batch_size=64).steps == 1


def test_a_long_schedule_moves():
    schedule = Cosine(0.0, 1e6, 2**31 - 1)
    assert float(schedule(2**30 + 2**20)) > float(schedule(2**30))


def test_a_number_or_a_schedule():
    schedule = Cosine(0.0, 1.0, 3)
    assert number_or_schedule("p", 0.5, maximum=1.0) == config_of(0.5) == 0.5
    assert number_or_schedule("p", schedule) is schedule
    assert number_or_schedule("p", config_of(schedule)).get_config() == schedule.get_config()
    for wrong in ("fast", -1.0, None, {"class_name": "nothing"}):
        with pytest.raises(InputError, match=r"`p` must be .*Received: p="):
            number_or_schedule("p", wrong)


@pytest.mark.parametrize("arguments", [{"start": "0"}, {"end": float("nan")}, {"steps": 0}, {"steps": 1.5}])
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        Cosine(**{"start": 0.0, "end": 1.0, "steps": 2, **arguments})
