import subprocess
import sys

import pytest

import keras_gan
from keras_gan import loading
from keras_gan_cli.main import cli


def test_version(run):
    code, out, err = run("--version")
    assert (code, out, err) == (0, f"keras-gan, version {keras_gan.__version__}\n", "")


def test_without_arguments_it_explains_itself(run):
    code, out, err = run()
    assert code == 0
    assert err == ""
    for name in ("train", "sample", "export", "info"):
        assert name in out


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(flag, run):
    code, out, _ = run(flag)
    assert code == 0
    assert "Train GANs with Keras" in out


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_help_of_a_command(name, run):
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert f"keras-gan {name}" in out
    for option in cli.commands[name].params:
        assert option.param_type_name == "argument" or option.help, f"{option.name} has no help"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_help_shows_every_default(name, run):
    out = " ".join(run(name, "--help")[1].split())
    options = [option for option in cli.commands[name].params if option.param_type_name == "option"]
    described = out[out.index("Options:") :]
    assert described.count("[default: ") == sum(not (option.is_flag or option.required) for option in options)


@pytest.mark.parametrize(
    ("name", "ranges"),
    [
        ("train", ["x>=1", "8 to 1024", "0<=x<=2147483647"]),
        ("sample", ["1<=x<=1000000", "0<=x<=2147483647", "x>=0", "1<=x<=64"]),
    ],
)
def test_help_shows_the_ranges(name, ranges, run):
    out = run(name, "--help")[1]
    for text in ranges:
        assert text in out


def test_bad_usage(refused):
    refused("trian", match="No such command 'trian'")
    refused("--loud", match="No such option")
    refused("train", "--epoch", "3", match=["--epoch", "--epochs"])
    refused("train", "digits", "mnist", match="unexpected extra argument")
    refused("sample", match="Missing argument")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ZeroDivisionError("by\nzero"), 70, "ZeroDivisionError: by zero (this is a bug; --debug shows where)"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (keras_gan.InputError("`x` must be\nthere"), 2, "`x` must be there"),
    ],
)
def test_every_end_is_one_line_and_a_code(error, code, message, run, conditional, monkeypatch):
    def fail(*given):
        raise error

    monkeypatch.setattr(loading, "load_with_source", fail)
    found, out, err = run("info", conditional[0].path)
    assert found == code
    assert out == ""
    (line,) = err.strip().splitlines()  # click begins a line of its own after ^C
    assert line.startswith("keras-gan: ")
    assert message in line


def test_debug_shows_where(run, conditional, monkeypatch):
    def fail(*given):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(loading, "load_with_source", fail)
    code, _, err = run("--debug", "info", conditional[0].path)
    assert code == 70
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("keras-gan: ZeroDivisionError: by zero")


@pytest.mark.long
def test_it_runs_as_a_module():
    command = [sys.executable, "-m", "keras_gan_cli", "train", "--epochs", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("keras-gan: Invalid value for '--epochs'")
