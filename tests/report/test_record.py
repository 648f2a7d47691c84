import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.report import Journal, Record, Stretch
from keras_gan.report.record import Measured, compared, distinct
from keras_gan.runs import Run

FLOOR = {"name": "frechet_distance", "value": 0.25, "num_real": 5, "num_fake": 5, "extractor": None}
PARTS = {"name": "precision_recall", "value": {"precision": 0.5, "recall": None}, "num_real": 9, "num_fake": 8}


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path, "toy", {"settings": {"batch_size": 8}})
    made.log_file.write_text("epoch,step,d_loss,val_fd\n1,10,0.5,\n1,20,nan,3.0\n2,30,0.25,2.0\n")
    made.samples.mkdir()
    for name in ("step_00000020.png", "step_00000000.png", "samples.gif", "step_x.png"):
        (made.samples / name).touch()
    return made


def test_all_of_a_run_is_read(run):
    Journal(game="GAN", batch_size=4).write(run.journal_file)
    (run.path / "floor.json").write_text(json.dumps({"real_vs_real": True, "metrics": [FLOOR]}))
    parts = {**PARTS, "extractor": "classifier"}
    (run.path / "metrics.json").write_text(json.dumps({"real_vs_real": False, "metrics": [parts]}))
    record = Record.read(run)
    assert (record.name, record.path, record.options) == ("0001-toy", run.path, run.options)
    assert record.steps.tolist() == [10, 20, 30]
    assert_array_equal(record.log["d_loss"], [0.5, np.nan, 0.25])
    assert_array_equal(record.log["val_fd"], [np.nan, 3.0, 2.0])
    assert [*record.pictures] == [0, 20]
    assert record.journal.game == "GAN"
    assert record.measured == [
        Measured("precision", 0.5, False, "9 real, 8 generated, classifier", {"extractor": "classifier"}),
        Measured("frechet_distance", 0.25, True, "5 real against 5 others, no features"),
    ]
    assert record.floors == {"frechet_distance": 0.25}
    assert record.batch_size == 4
    assert replace(record, journal=Journal()).batch_size == 8


def test_the_protocol_of_what_was_measured(run):
    told = {"data": "digits", "split": "train", "sampling_seed": 0, "which": "last", "path": "a", "data_digest": None}
    result = {**FLOOR, "seed": 3, "extractor": "classifier", "extractor_digest": "7", "value": 1.0}
    (run.path / "metrics.json").write_text(json.dumps({"real_vs_real": False, **told, "metrics": [result]}))
    (measured,) = Record.read(run).measured
    of_all = {"which": "last", "data": "digits", "split": "train", "sampling_seed": "0"}
    assert measured.protocol == {**of_all, "extractor": "classifier", "extractor_digest": "7", "seed": "3"}


def test_a_run_that_has_begun_tells_little(tmp_path):
    record = Record.read(Run.create(tmp_path, "toy", {}))
    assert (len(record.steps), dict(record.log), dict(record.pictures), record.measured) == (0, {}, {}, [])
    assert (record.batch_size, record.step, record.best()) == (None, 0, None)


@pytest.mark.parametrize(
    "text", ["step,d_loss\nx,1\n", "epoch,d_loss\n1,1\n", "step,d_loss\n1,many\n", "step,a\n1,2,3\n1\x00,2\n", "a\n1"]
)
def test_a_log_that_was_not_written_so_is_refused(run, text):
    run.log_file.write_text(text)
    with pytest.raises(InputError, match=r"`log.csv` must be as it was written. Received: .*log.csv"):
        Record.read(run)


@pytest.mark.parametrize("told", [[], {"metrics": [{}]}, {"metrics": [{}], "real_vs_real": 1}, {"metrics": 1}], ids=str)
def test_metrics_that_were_not_written_so_are_refused(run, told):
    (run.path / "floor.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=r"`floor.json` must be what `evaluate --json` wrote"):
        Record.read(run)


@pytest.mark.parametrize(
    ("is_floor", "text"),
    [(False, "1,000 real, 500 generated, classifier"), (True, "1,000 real against 500 others, classifier")],
)
def test_what_was_compared(is_floor, text):
    assert compared({"num_real": 1000, "num_fake": 500, "extractor": "classifier"}, is_floor) == text


def test_pairs_that_were_compared():
    assert compared({"num_pairs": 1234}, False) == "1,234 pairs"


@pytest.mark.parametrize(("direction", "best"), [("down", 30), ("up", 20)])
def test_the_best_step_is_that_of_a_metric_that_knows_which_way_is_better(run, direction, best):
    record = replace(Record.read(run), journal=Journal(directions={"unknown": "up", "fd": direction}))
    assert record.best()[::2] == ("fd", best)
    assert replace(record, journal=Journal()).best() is None


def test_the_last_step_is_the_last_of_all_that_tells():
    assert Record("a", steps=np.array([10, 20]), pictures={0: Path(), 30: Path()}).step == 30
    assert Record("a", journal=Journal(stretches=(Stretch(0, 40, 1.0, 1),)), pictures={30: Path()}).step == 40


def test_names_are_told_apart_by_their_directories():
    def names(*paths):
        return [record.name for record in distinct([Record(Path(path).name, Path(path)) for path in paths])]

    assert names("/a/runs/0001", "/a/runs/0002") == ["0001", "0002"]
    assert names("/a/runs/0001", "/b/runs/0001") == ["a/runs/0001", "b/runs/0001"]
    assert names("/a/0001") == ["0001"]
    assert names("/a/0001", "/a/0001") == ["0001", "0001"]
