"""Several processes train as one, and go on together after one was lost."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.training.resume import checkpoint_files
from keras_gan_cli.workers import launch

pytestmark = pytest.mark.long

WORKER = Path(__file__).parents[1] / "worker.py"


def results(directory, name="worker0"):
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


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    directory = tmp_path_factory.mktemp("three")
    assert launch(3, [sys.executable, str(WORKER), str(directory)]) == 0
    return directory


@pytest.mark.some(1)
@pytest.mark.parametrize("count", ["two", "three"])
def test_several_workers_are_one_process(count, alone, request):
    (theirs, logs), (ours, our_logs) = results(alone), results(request.getfixturevalue(count))
    for name, expected in theirs.items():
        assert_allclose(ours[name], expected, rtol=0, atol=1e-5 * max(1e-2, np.abs(expected).max()), err_msg=name)
    assert our_logs.keys() == logs.keys()
    assert "val_sliced_wasserstein" in logs
    for name, expected in logs.items():
        assert_allclose(our_logs[name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.some(1)
@pytest.mark.parametrize("count", ["two", "three"])
def test_all_know_the_same(count, request):
    directory = request.getfixturevalue(count)
    ours, our_logs = results(directory)
    for other in sorted(directory.glob("worker[12].npz")):
        theirs, their_logs = results(directory, other.stem)
        for name, expected in theirs.items():
            assert_array_equal(ours[name], expected)
        assert our_logs == their_logs


@pytest.mark.some(1)
@pytest.mark.parametrize(("count", "others"), [("two", 1), ("three", 2)])
def test_one_of_them_writes(count, others, alone, request):
    """The files are those of one process, and no line of the log is there twice."""
    several = request.getfixturevalue(count)
    ours, theirs = (
        {path.relative_to(directory) for path in directory.rglob("*") if "step_0000000" not in str(path)}
        for directory in (several, alone)
    )
    its_own = {Path(f"worker{index}.{kind}") for index in range(1, 1 + others) for kind in ("npz", "json")}
    assert ours - theirs == its_own
    assert len((several / "log.csv").read_text().splitlines()) == 4


@pytest.mark.some(1)
@pytest.mark.parametrize(("mishap", "code"), [("SIGKILL", 137), ("SIGTERM", 143)])
def test_a_worker_that_ends_ends_all_and_they_go_on_exactly(mishap, code, two, tmp_path, capfd):
    command = [sys.executable, str(WORKER), str(tmp_path)]
    start = time.monotonic()
    assert launch(2, [*command, mishap]) == code
    assert time.monotonic() - start < 100  # 60 from the end of the one to that of the other
    if mishap == "SIGKILL":
        assert "WorkerLostError: Another worker has ended" in capfd.readouterr().err
    assert not (tmp_path / "worker0.npz").exists()
    assert [path.name for path in sorted((tmp_path / "checkpoints").glob("step_*"))]
    assert launch(2, command) == 0
    for name, expected in results(two)[0].items():
        assert_array_equal(results(tmp_path)[0][name], expected, err_msg=name)


@pytest.mark.full
def test_three_go_on_after_the_last_was_killed(three, tmp_path, capfd):
    command = [sys.executable, str(WORKER), str(tmp_path)]
    assert launch(3, [*command, "SIGKILL", "2"]) == 137
    said = capfd.readouterr().err
    assert "WorkerLostError: Another worker has ended" in said
    assert said.endswith("worker 2 was ended by SIGKILL, and the others with it\n")
    assert launch(3, command) == 0
    for name, expected in results(three)[0].items():
        assert_allclose(results(tmp_path)[0][name], expected, rtol=0, atol=1e-6 * max(1.0, np.abs(expected).max()))


@pytest.mark.full
def test_the_first_is_killed_while_it_writes_a_checkpoint(two, tmp_path, capfd):
    checkpoints = tmp_path / "checkpoints"
    command = [sys.executable, str(WORKER), str(tmp_path)]
    assert launch(2, [*command, "in a write", "0"]) == 137
    assert capfd.readouterr().err.endswith("worker 0 was ended by SIGKILL, and the others with it\n")
    assert [checkpoint_files.step_of(path) > 0 for path in checkpoint_files.paths(checkpoints)] == [False, True]
    (half,) = checkpoints.glob(".step_*")
    assert launch(2, command) == 0
    assert not half.exists()
    for name, expected in results(two)[0].items():
        assert_array_equal(results(tmp_path)[0][name], expected, err_msg=name)


def test_what_has_ended_stays_as_it_is(two, tmp_path):
    """Started again, two workers have nothing to do, and know it."""
    again = tmp_path / "again"
    shutil.copytree(two, again)
    assert launch(2, [sys.executable, str(WORKER), str(again)]) == 0
    for worker in ("worker0", "worker1"):
        for name, expected in results(two)[0].items():
            assert_array_equal(results(again, worker)[0][name], expected)
    assert results(again)[1] == results(two)[1]
    assert (again / "log.csv").read_text() == (two / "log.csv").read_text()


@pytest.mark.full
def test_all_stop_where_one_does(tmp_path):
    assert launch(2, [sys.executable, str(WORKER), str(tmp_path), "stop"]) == 0
    (ours, logs), (theirs, _) = results(tmp_path), results(tmp_path, "worker1")
    assert len(logs["d_loss"]) == 2  # of three epochs
    for name, expected in theirs.items():
        assert_array_equal(ours[name], expected)
