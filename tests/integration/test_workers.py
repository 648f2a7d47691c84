"""Several processes train as one, and go on together after one was lost."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.cli.workers import launch

WORKER = Path(__file__).parents[1] / "worker.py"


def results(directory, name="chief"):
    with np.load(directory / f"{name}.npz") as arrays:
        weights = {key: arrays[key] for key in arrays.files}
    return weights, json.loads((directory / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    directory = tmp_path_factory.mktemp("alone")
    environment = {name: value for name, value in os.environ.items() if name != "TF_CONFIG"}
    subprocess.run([sys.executable, WORKER, directory], check=True, timeout=200, env=environment)
    return directory


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    directory = tmp_path_factory.mktemp("two")
    assert launch(2, [sys.executable, str(WORKER), str(directory)]) == 0
    return directory


def test_two_workers_are_one_process(alone, two):
    (theirs, logs), (ours, our_logs) = results(alone), results(two)
    for name, expected in theirs.items():
        assert_allclose(ours[name], expected, rtol=0, atol=1e-5 * max(1e-2, np.abs(expected).max()), err_msg=name)
    assert our_logs.keys() == logs.keys()
    assert "val_sliced_wasserstein" in logs
    for name, expected in logs.items():
        assert_allclose(our_logs[name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


def test_both_know_the_same(two):
    (ours, our_logs), (theirs, their_logs) = results(two), results(two, "other")
    for name, expected in theirs.items():
        assert_array_equal(ours[name], expected)
    assert our_logs == their_logs


def test_one_of_them_writes(alone, two):
    """The files are those of one process, and no line of the log is there twice."""
    ours, theirs = (
        {path.relative_to(directory) for path in directory.rglob("*") if "step_0000000" not in str(path)}
        for directory in (two, alone)
    )
    assert ours - theirs == {Path("other.npz"), Path("other.json")}
    assert len((two / "log.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize(("mishap", "code"), [("SIGKILL", 137), ("SIGTERM", 143)])
def test_a_worker_that_ends_ends_all_and_they_go_on_exactly(mishap, code, two, tmp_path, capfd):
    command = [sys.executable, str(WORKER), str(tmp_path)]
    start = time.monotonic()
    assert launch(2, [*command, mishap]) == code
    assert time.monotonic() - start < 100  # 60 from the end of the one to that of the other
    if mishap == "SIGKILL":
        assert "WorkerLostError: Another worker has ended" in capfd.readouterr().err
    assert not (tmp_path / "chief.npz").exists()
    assert [path.name for path in sorted((tmp_path / "checkpoints").glob("step_*"))]
    assert launch(2, command) == 0
    for name, expected in results(two)[0].items():
        assert_array_equal(results(tmp_path)[0][name], expected, err_msg=name)


def test_all_stop_where_one_does(tmp_path):
    assert launch(2, [sys.executable, str(WORKER), str(tmp_path), "stop"]) == 0
    (ours, logs), (theirs, _) = results(tmp_path), results(tmp_path, "other")
    assert len(logs["d_loss"]) == 2  # of three epochs
    for name, expected in theirs.items():
        assert_array_equal(ours[name], expected)
