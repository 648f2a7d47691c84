import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from keras_gan import InputError
from keras_gan_cli.main import cli
from keras_gan_cli.start import held_back


def started(*arguments, path=None):
    """Run `keras-gan ARGUMENTS` in a new process, with what is in `path` in place of what is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    if path is not None:
        environment["PYTHONPATH"] = os.pathsep.join([str(path), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "keras_gan_cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)


def test_tensorflow_starts_in_silence():
    done = started("info")
    assert (done.returncode, done.stderr) == (0, "")
    assert "tensorflow:" in done.stdout


@pytest.fixture
def tensorflow(tmp_path):
    """Write a `tensorflow` that says something as C++ does, and then fails as it is told."""

    def write(failure):
        (tmp_path / "tensorflow.py").write_text(f"import os\nos.write(2, b'no such GPU\\n')\n{failure}\n")
        return tmp_path

    return write


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_what_it_said_is_shown_where_its_import_fails(options, tensorflow):
    done = started(*options, "info", path=tensorflow("raise ImportError('libcudart.so: cannot open')"))
    assert (done.returncode, done.stdout) == (1, "")
    first, *traceback, last = done.stderr.splitlines()
    assert (first, last) == ("no such GPU", "keras-gan: libcudart.so: cannot open")
    assert bool(traceback) == bool(options)


def test_a_crash_is_told_and_with_debug_what_it_said_before(tensorflow):
    path = tensorflow("os.abort()")
    done = started("info", path=path)
    assert done.returncode == -signal.SIGABRT
    assert done.stderr.startswith("Fatal Python error: Aborted")
    assert "tensorflow.py" in done.stderr
    assert started("--debug", "info", path=path).stderr == "no such GPU\n"


def test_what_is_written_meanwhile_is_held_back(capfd):
    with held_back():
        os.write(2, b"meanwhile\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


@pytest.mark.parametrize(("error", "shown"), [(ZeroDivisionError, "meanwhile\n"), (KeyboardInterrupt, "")])
def test_it_is_shown_if_an_error_comes_and_not_if_ctrl_c_does(error, shown, capfd):
    @held_back()
    def fail():
        os.write(2, b"meanwhile\n")
        raise error

    with pytest.raises(error):
        fail()
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == shown + "afterwards\n"


def test_without_stderr(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with held_back():
        pass


@pytest.mark.parametrize(("before", "options", "after"), [(None, [], "3"), ("0", [], "0"), (None, ["--debug"], None)])
def test_the_level_of_the_log_is_the_users_if_there_is_one(before, options, after, run, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "")  # so that it is as it was, afterwards
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    if before is not None:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", before)
    assert run(*options, "info")[0] == 0
    assert os.environ.get("TF_CPP_MIN_LOG_LEVEL") == after


@pytest.mark.parametrize(
    ("before", "machine", "after"), [(None, "x86_64", "1"), ("0", "x86_64", "0"), (None, "arm64", None)]
)
def test_the_kernels_are_onednns_on_x86_unless_the_user_has_said_so(before, machine, after, run, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    if before is not None:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", before)
    assert run("info")[0] == 0
    assert os.environ.get("TF_ENABLE_ONEDNN_OPTS") == after


@pytest.mark.long
@pytest.mark.skipif(platform.machine() != "x86_64", reason="others have oneDNN's by themselves or not at all")
@pytest.mark.parametrize(("before", "onednn"), [(None, True), ("0", False)])
def test_a_process_has_onednns_kernels_unless_the_user_has_said_so(before, onednn, monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    if before is not None:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", before)
    done = started("info", "--json", "-")
    assert json.loads(done.stdout)["kernels"]["onednn"] is onednn, done.stderr


@pytest.mark.parametrize(
    ("line", "message", "shown"),
    [
        ("train --images 1k", "`images` must be more. Received: 1k", "--images"),
        ("train --images 9k", "`images` must be of 4 axes. Received: 3", "images"),
        ("train", "`images` must be of 4 axes. Received: 3", "images"),
        ("train --from tests", "`start` must be a file. Received: tests", "--from"),
        ("train --resume tests", "`path` must be a run. Received: tests", "--resume"),
        ("train x", "`name_or_path` must be data. Received: 'x'", "DATA"),
        ("train bad --from tests", "`path` must hold images. Received: 'bad/a.png'", "DATA"),
        ("train --resume tests", "`path` must hold images. Received: 'bad/a.png'", "path"),
        ("evaluate tests bad", "`path` must hold images. Received: 'bad/a.png'", "DATA"),
        ("evaluate tests bad", "`path` must be a run. Received: 'tests'", "PATH"),
        ("evaluate --real-vs-real bad", "`path` must hold images. Received: 'bad/a.png'", "DATA"),
        ("explore tests --view nearest --data bad", "`path` must hold images. Received: 'bad/a.png'", "--data"),
        ("translate LICENSE tests --out o", "`path` must hold images. Received: 'tests/a.png'", "FOLDER"),
        ("train --metric fd --every 5", "`every` can't be changed. Received: 5", "--every"),
        ("train --set r1x=4", "`setting` must be one of r1. Received: 'r1x'", "--set"),
        ("train --set width=4", "`width` must be more. Received: 4", "--set width"),
        ("train --set width=4", "`height` must be the width", "height"),
        ("sample tests --label 9", "`labels` must be in 0..2. Received: 9", "--label"),
        ("export tests", "`filepath` must be new. Received: saved_model", "--out"),
        ("export tests", "`path` must be a run. Received: tests", "PATH"),
        ("card tests --license mit --json -", "`file` must be new. Received: README.md", "--out"),
        ("report tests", "`path` must be a run. Received: tests", "RUN"),
        ("report tests docs", "`path` must be a run. Received: docs", "RUN"),
    ],
)
def test_an_error_names_what_was_typed(line, message, shown, failing):
    assert failing(line, message) == f"`{shown}`" + message.partition("`")[2].partition("`")[2]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("nothing in `ticks`", "nothing in `ticks`"),
        ("`only one tick", "`only one tick"),
        ("`images` must be more. Received: images='1k'", "`--images` must be more. Received: '1k'"),
    ],
)
def test_what_else_an_error_says(message, told, failing):
    assert failing("train --images 1k", message) == told


@pytest.fixture
def failing(monkeypatch):
    """Return what is told of a command whose work fails with a message of the library's."""
    monkeypatch.chdir(Path(__file__).parents[2])

    def call(line, message):
        def fail(**_):
            raise InputError(message)

        monkeypatch.setattr("keras_gan_cli.start._imported", lambda _: fail)
        with pytest.raises(click.UsageError) as found:
            cli.main(line.split(), standalone_mode=False)
        return str(found.value)

    return call
