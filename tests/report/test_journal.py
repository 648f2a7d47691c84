import json
from dataclasses import replace

import pytest

from keras_gan import InputError
from keras_gan.report import Journal, Stretch

JOURNAL = Journal(
    game="GAN",
    networks={"generator": 10, "discriminator": 20},
    batch_size=64,
    steps=1000,
    versions={"keras": "3"},
    machine={"cores": "2"},
    directions={"frechet_distance": "down"},
    compared={"frechet_distance": "9 real, 8 generated, classifier"},
    warnings=("flat",),
    stretches=(Stretch(0, 0, 0.0, 100), Stretch(0, 60, 2.0, 200, 300)),
    ended=True,
)


def test_what_was_written_is_read(tmp_path):
    JOURNAL.write(tmp_path / "journal.json")
    assert Journal.read(tmp_path / "journal.json") == JOURNAL
    assert Journal.read(tmp_path / "none.json") == Journal()


def test_what_is_compared_was_not_always_written(tmp_path):
    file = tmp_path / "journal.json"
    JOURNAL.write(file)
    config = json.loads(file.read_text())
    del config["compared"]
    file.write_text(json.dumps(config))
    assert Journal.read(file) == replace(JOURNAL, compared={})


@pytest.mark.parametrize(
    "change",
    [
        {"networks": 3},
        {"networks": {"generator": "many"}},
        {"stretches": [{"step": 3}]},
        {"stretches": [[0, 1]]},
        {"batch_size": 0},
        {"steps": float("inf")},
        {"steps": 2**60},
        {"stretches": [{"session": 0, "step": 1, "seconds": float("inf"), "memory": 1, "gpu_memory": None}]},
        {"stretches": [{"session": 0, "step": -1, "seconds": 0, "memory": 1, "gpu_memory": None}]},
        {"warnings": 3},
        {"machine": ["a"]},
        "no object",
    ],
    ids=str,
)
def test_what_was_not_written_so_is_refused(change, tmp_path):
    file = tmp_path / "journal.json"
    JOURNAL.write(file)
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, **change} if isinstance(change, dict) else change))
    with pytest.raises(InputError, match=r"`journal.json` must be as it was written. Received: .*journal.json"):
        Journal.read(file)
    file.write_text("[" * 100_000)
    with pytest.raises(InputError, match="as it was written"):
        Journal.read(file)
    file.write_bytes(b"\xff{")
    with pytest.raises(InputError, match="as it was written"):
        Journal.read(file)


def test_later_steps_are_forgotten():
    assert JOURNAL.until(59).stretches == JOURNAL.stretches[:1]
    assert JOURNAL.until(60) == JOURNAL


def stretches(*points):
    return replace(JOURNAL, stretches=tuple(Stretch(session, step, seconds, 1) for session, step, seconds in points))


def test_the_speed_is_that_of_each_session():
    journal = stretches((0, 0, 0.0), (0, 100, 50.0), (0, 200, 60.0), (1, 150, 0.0), (1, 250, 5.0))
    assert journal.steps_per_second() == [(100, 2.0), (200, 10.0), (250, 20.0)]
    assert journal.seconds == 65.0
    assert journal.next_session == 2
    assert journal.seconds_left() == (1000 - 250) / 20.0


def test_of_a_few_steps_the_clock_says_little():
    journal = stretches((0, 0, 0.0), (0, 1, 0.9), (0, 2, 1.0), (0, 600, 60.0))
    assert journal.steps_per_second() == [(600, 10.0)], "the first two are less than a sixtieth"


def test_what_is_not_known():
    assert stretches().steps_per_second() == []
    assert stretches().seconds_left() is None
    assert stretches().next_session == 0
    assert replace(JOURNAL, steps=None).seconds_left() is None
    assert stretches((0, 0, 0.0), (0, 2000, 1.0)).seconds_left() == 0.0
