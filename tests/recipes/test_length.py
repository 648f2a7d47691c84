import pytest

from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.recipes import length
from keras_gan.recipes.length import divided, steps_for


@pytest.mark.parametrize(
    ("images", "batch", "steps"), [(640, 64, 10), (641, 64, 11), (1, 64, 1), ("1.5M", 100, 15_000)]
)
def test_the_last_step_is_the_first_at_or_past_the_length(images, batch, steps):
    assert steps_for(images, batch) == steps


def test_by_hand():
    assert length("400k", 64) == {"epochs": 125, "steps_per_epoch": 50}
    assert length(1000, 10) == {"epochs": 10, "steps_per_epoch": 10}
    assert length(5, 10) == {"epochs": 1, "steps_per_epoch": 1}


def test_about_a_hundred_epochs_that_end_with_the_length():
    late = []
    for steps in range(1, 20_000, 7):
        parts = divided(steps)
        assert 1 <= parts["epochs"] <= 200
        assert parts["epochs"] >= 49 or steps < 2000
        late.append(parts["epochs"] * parts["steps_per_epoch"] - steps)
    assert min(late) == 0
    assert max(late) <= 11
    assert sum(late) / len(late) < 1.5


@pytest.mark.parametrize("images", [0, "0", "-5", "many", "1.5", "0.5", 1.5, True, "1e5", "9" * 12 + "M"])
def test_what_is_no_length(images):
    with pytest.raises(InputError, match="`images` must be an integer"):
        length(images, 64)


def test_a_fit_of_so_many_images(make_gan, images):
    gan, data = make_gan(), ArrayData(images[0], batch_size=8)
    gan.fit(data, **length(100, data.batch_size), verbose=0)
    assert int(gan.step) == 13
