import pytest

from keras_gan.data import ImageData
from keras_gan.runs import speed as speed_lib
from keras_gan.runs.speed import Speed


def measured(monkeypatch, times, steps, seconds):
    clock = iter(times)
    monkeypatch.setattr(speed_lib.time, "monotonic", lambda: next(clock))
    speed, loop = Speed(seconds), type("Loop", (), {"step": 0})()
    speed.open(loop)
    for step in steps:
        loop.step = step
        speed.on_train_batch_end(step)
    return speed.steps_per_second


def test_the_first_call_does_not_count(monkeypatch):
    assert measured(monkeypatch, [0.0, 2.0, 8.0], (2, 4, 10), 5.0) == 1.0


@pytest.mark.parametrize("times", [[0.0], [0.0, 4.9]])
def test_unknown_before_its_time(monkeypatch, times):
    assert measured(monkeypatch, times, range(1, len(times) + 1), 5.0) is None


def test_it_is_measured_once_in_each_fit(make_gan, images):
    told, gan = [], make_gan()
    speed = Speed(0.0)
    speed.measured = lambda step, rate: told.append((step, rate))
    for end in (4, 8):
        gan.fit(ImageData(images[0], batch_size=10), verbose=0, callbacks=[speed])
        assert [step for step, _ in told] == [2, 6][: end // 4]
        assert speed.steps_per_second == told[-1][1] > 0
