import re

import pytest

from keras_gan.data import ImageData
from keras_gan.runs import forecast, speed
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


def test_the_rest_follows_from_the_speed(capsys, monkeypatch):
    clock = iter([0.0, 2.0, 8.0])
    monkeypatch.setattr(speed.time, "monotonic", lambda: next(clock, 8.0))
    said, loop = Forecast(110, 5), type("Loop", (), {"step": 0})()
    said.set_params({"verbose": 1})
    said.open(loop)
    for step in (2, 4, 10):  # the first call has traced; then 8 steps in 8 seconds
        loop.step = step
        said.on_train_batch_end(step)
    assert capsys.readouterr().out == "this machine:  5 images/s  about 1:40 for the rest\n"


def test_silence(make_gan, images, capsys, at_once):
    make_gan().fit(ImageData(images[0], batch_size=10), verbose=0, callbacks=[Forecast(4, 10)])
    assert capsys.readouterr().out == ""
