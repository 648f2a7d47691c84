import time
from types import SimpleNamespace

import pytest

from keras_gan.runs import rehearsal
from keras_gan.runs.pace import paced
from keras_gan.runs.rehearsal import STEPS, Beginning, Rehearsal


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(rehearsal, "time", SimpleNamespace(monotonic=lambda: self.now))


def test_steps_and_rows_are_told_apart(monkeypatch):
    clock, model = Clock(monkeypatch), SimpleNamespace(stop_training=False)
    beginning = Beginning()
    last = Rehearsal(beginning, seconds=5.0)
    last.set_model(model)
    step = 0
    last.open(SimpleNamespace())
    while not model.stop_training:
        step += 1
        last._loop.step = step
        clock.now += 20.0 if step == 1 else 0.5  # the first one is traced
        beginning.on_train_batch_end(0)
        clock.now += (7.0 if step == 1 else 2.0) if step in paced(STEPS) else 0.0
        last.on_train_batch_end(0)
    clock.now += 1.0
    beginning.on_epoch_end(0)
    clock.now += 3.0
    last.on_epoch_end(0)
    assert last.begun == 127.0
    assert last.seconds_an_epoch == 3.0
    assert last.seconds_a_row == 2.0
    assert last.steps_per_second == pytest.approx(2.0)
    assert step == 11
    assert last.ended == clock.now


def test_slow_steps_are_measured_until_a_second_row(monkeypatch):
    clock, model = Clock(monkeypatch), SimpleNamespace(stop_training=False)
    beginning = Beginning()
    last = Rehearsal(beginning, seconds=0.0)
    last.set_model(model)
    for step in (1, 2):
        last.open(SimpleNamespace(step=step))
        clock.now += 30.0
        beginning.on_train_batch_end(0)
        clock.now += 1.0
        last.on_train_batch_end(0)
        assert model.stop_training == (step == 2)
    assert last.steps_per_second == pytest.approx(1 / 30)


def test_it_looks_at_the_real_clock():
    beginning = Beginning()
    beginning.on_train_batch_end(0)
    assert beginning.now == pytest.approx(time.monotonic(), abs=5)
