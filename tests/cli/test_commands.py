import subprocess
import sys

import pytest

from keras_gan import export, recipes
from keras_gan.data.pixels import fitting
from keras_gan.data.readers import bad_images
from keras_gan.loading import safe_load
from keras_gan.runs import selection
from keras_gan.utils import validation
from keras_gan_cli import commands, explore, train
from keras_gan_cli.main import cli
from keras_gan_cli.views import VIEWS

SLOW = {"keras_gan", "keras", "tensorflow", "numpy"}


def imported(*arguments):
    """Return the exit code of `keras-gan ARGUMENTS`, and the modules that it imports."""
    command = [sys.executable, "-X", "importtime", "-m", "keras_gan_cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, {line.split("|")[-1].strip() for line in done.stderr.splitlines()}


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["--version"], *([name, "--help"] for name in sorted(cli.commands))], ids=" ".join
)
def test_help_imports_nothing_slow(arguments):
    code, modules = imported(*arguments)
    assert code == 0
    assert "click" in modules
    assert not modules & SLOW


@pytest.mark.parametrize(
    "line",
    [
        "trian",
        "train --epoch 3",
        "train --recipe digit",
        "train --seed -1",
        "sample missing",
        "sample . --out samples.jpg",
        "evaluate digits",
        "export",
    ],
)
def test_wrong_usage_imports_nothing_slow(line):
    code, modules = imported(*line.split())
    assert code == 2
    assert not modules & SLOW


def test_what_is_written_out_is_so():
    assert list(commands.RECIPES) == recipes.names()
    assert commands.BAD_IMAGE == bad_images.CHOICES
    assert commands.FIT == fitting.CHOICES
    assert commands.WHICH == safe_load.WHICH
    assert commands.KEPT == selection.KEPT
    assert commands.MAX_SEED == validation.MAX_SEED
    assert tuple(export.FORMATS) == commands.FORMATS
    assert set(VIEWS) == set(explore._WRITERS)


def test_workers_get_the_same_line_and_the_parent_does_no_work(run, monkeypatch):
    launched = []
    monkeypatch.setattr(commands, "launch", lambda *given: launched.append(given) or 3)
    monkeypatch.setattr(train, "train", lambda **_: pytest.fail("the parent trains"))
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert run("--debug", "train", "digits", "--workers", 2)[0] == 3
    line = [sys.executable, "-m", "keras_gan_cli", "--debug", "train", "digits", "--workers", "2"]
    assert launched == [(2, line)]
