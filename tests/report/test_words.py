from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from keras_gan.report import Journal, Record, Stretch
from keras_gan.report import words as w

STRETCHES = (Stretch(0, 0, 0.0, 10**9), Stretch(0, 50, 10.0, 2 * 10**9, 3 * 10**9))
HALF = Journal(batch_size=2, steps=100, networks={"a": 1000, "b": 234}, stretches=STRETCHES)


def test_the_numbers_of_a_run_that_is_going_on():
    assert w.numbers(Record("a", journal=HALF)) == {
        "seen": "100 images, 50%",
        "speed": "10 images/s",
        "took": "10 s",
        "left": "10 s",
        "memory": "2 GB, GPU 3 GB",
        "parameters": "1,234",
    }
    assert w.numbers(Record("a", steps=np.array([7]))) == {"seen": "7 steps"}


@pytest.mark.parametrize(
    ("journal", "expected"),
    [
        (Journal(), ""),
        (HALF, "not finished"),
        (Journal(steps=100, stretches=STRETCHES, ended=True), "ended early"),
        (Journal(steps=50, stretches=STRETCHES, ended=True), "finished"),
    ],
)
def test_how_far_it_is(journal, expected):
    assert w.state(Record("a", journal=journal)) == expected
    told = w.state(Record("a", options={"recipe": "dcgan", "data": None, "seed": 0}, journal=journal))
    assert told == " · ".join(["recipe dcgan", "seed 0", *([expected] if expected else [])])


def test_nothing_is_left_of_what_has_ended():
    assert "left" not in w.numbers(Record("a", journal=Journal(steps=100, stretches=STRETCHES, ended=True)))


def test_warnings():
    pictures = {0: Path("a.png"), 1: Path("b.png")}
    record = Record(
        "a", journal=Journal(warnings=("flat",)), log={"d_loss": np.array([1.0, np.inf])}, pictures=pictures
    )
    assert w.warnings(record, [Path("b.png"), Path("of another.png")]) == [
        "flat",
        "not finite in the log: d_loss.",
        "grids that can't be read are left out, 1 of them: b.png.",
    ]
    assert w.warnings(Record("a", log={"val_fd": np.array([np.nan, 1.0])})) == []


def test_options_are_told_one_by_one():
    options = {"recipe": "a", "settings": {"r1": 1.0}, "depth": {"low": 0, "deep": {"x": True}}, "none": None, "e": {}}
    record = Record("a", options={**options, "names": ["b"] * 1000})
    told = w.options(record)
    assert {**told, "names": ""} == {
        **{"r1": "1.0", "recipe": "a", "depth.low": "0", "depth.deep.x": "true"},
        "names": "",
    }
    assert len(told["names"]) == 301
    assert told["names"].startswith("b, b, ")
    assert w.options(Record("a", options={"settings": "odd"})) == {}
    assert w.options(Record("a", options={"a": {"b": {"c": {"d": {"e": 1}}}}})) == {"a.b.c.d": '{"e": 1}'}


def test_what_differs():
    records = [Record("a", options={"same": 1, "r1": 1, "own": 2}), Record("b", options={"same": 1, "r1": 2})]
    assert w.differences(records) == {"r1": ["1", "2"], "own": ["2", ""]}


def test_runs_whose_metrics_can_not_be_compared():
    few, many = ({"fd": text, "kd": text} for text in ("4 real", "8 real"))
    counts = {"a": few, "b": many, "c": {"fd": "4 real"}, "d": {}}
    records = [Record(name, journal=Journal(compared=compared)) for name, compared in counts.items()]
    assert w.incomparable(records) == [
        "fd can't be compared between these runs: 4 real in a, c; 8 real in b.",
        "kd can't be compared between these runs: 4 real in a; 8 real in b.",
    ]
    assert w.incomparable(records[:2]) == ["fd, kd can't be compared between these runs: 4 real in a; 8 real in b."]
    assert w.incomparable(records[::2]) == []
    others = [replace(records[number], options={"data_digest": str(number)}) for number in (0, 2)]
    assert w.incomparable(others) == ["fd can't be compared between these runs: the data are not the same."]
