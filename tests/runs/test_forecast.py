import re

import pytest

from keras_gan.data import ImageData
from keras_gan.runs import forecast
from keras_gan.runs.forecast import Forecast


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(forecast, "_SECONDS", 0.0)


def test_it_is_said_once(make_gan, images, capsys, at_once):
    data = ImageData(images[0], batch_size=10)
    make_gan().fit(data, epochs=3, callbacks=[Forecast(12, 10)])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("this machine:")]
    assert len(lines) == 1
    assert re.fullmatch(r"this machine:  [\d.,]+ images/s  about [\d:]+( s)? for the rest", lines[0])


def said(capsys, monkeypatch, times, steps):
    clock = iter(times)
    monkeypatch.setattr(forecast.time, "monotonic", lambda: next(clock))
    callback, loop = Forecast(110, 5), type("Loop", (), {"step": 0})()
    callback.set_params({"verbose": 1})
    callback.open(loop)
    for step in steps:
        loop.step = step
        callback.on_train_batch_end(step)
    return capsys.readouterr().out


def test_the_rest_follows_from_the_speed(capsys, monkeypatch):
    """The first call has traced; then 8 steps in 8 seconds. Nobody looks at the clock afterwards."""
    line = "this machine:  5 images/s  about 1:40 for the rest\n"
    assert said(capsys, monkeypatch, [0.0, 2.0, 8.0], (2, 4, 10, 12)) == line


@pytest.mark.parametrize("times", [[0.0], [0.0, 4.9]])
def test_unknown_before_its_time(capsys, monkeypatch, times):
    assert said(capsys, monkeypatch, times, range(1, len(times) + 1)) == ""


def test_it_is_said_in_each_fit(make_gan, images, capsys, at_once):
    gan, callback = make_gan(), Forecast(12, 10)
    for count in (1, 2):
        gan.fit(ImageData(images[0], batch_size=10), callbacks=[callback])
        assert capsys.readouterr().out.count("this machine:") == 1, count


def test_silence(make_gan, images, capsys, at_once):
    make_gan().fit(ImageData(images[0], batch_size=10), verbose=0, callbacks=[Forecast(4, 10)])
    assert capsys.readouterr().out == ""
