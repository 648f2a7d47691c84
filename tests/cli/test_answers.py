"""What every command answers to people and to programs."""

import json
import sys

import numpy as np
import pytest

from keras_gan_cli.main import cli
from keras_gan_cli.start import _plain

LINES = {
    "card": ("RUN", "--license", "mit", "--out", "card.md"),
    "data": (),
    "evaluate": ("digits", "--real-vs-real", "--metric", "sliced_wasserstein", "--features", "none", "--num", 50),
    "explore": ("RUN", "--view", "truncation", "--seeds", "1,2", "--out", "t.png"),
    "export": ("RUN",),
    "info": ("RUN",),
    "report": ("RUN", "--out", "r.html"),
    "sample": ("RUN", "--num", 2),
    "train": ("digits", "--images", 320, "--set", "batch_size=32", "--set", "width=4", "--set", "latent_dim=2"),
    "translate": ("GAME", "PICTURES", "--out", "made"),
}
FOUND = {
    "card": {"wrote"},
    "data": {"removed", "prepared", "bytes", "directory"},
    "evaluate": {"metrics", "data_digest", "real_vs_real", "versions"},
    "explore": {"wrote", "view", "seeds"},
    "export": {"wrote", "format", "largest_difference", "inputs", "outputs"},
    "info": {"game", "generator", "step"},
    "report": {"wrote"},
    "sample": {"wrote", "shape", "seed"},
    "train": {"run", "model", "best", "report", "step", "last", "warnings"},
    "translate": {"wrote", "were_there"},
}


@pytest.fixture
def line(conditional, translation, pictures, tfds_dir, tmp_path, monkeypatch):
    """Return the arguments of a command, on what there is to work with."""
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    places = {"RUN": conditional[0].path, "GAME": translation[0], "PICTURES": pictures}
    return lambda name: [name, *(places.get(argument, argument) for argument in LINES[name])]


def test_every_command_is_tried():
    assert set(LINES) == set(FOUND) == set(cli.commands)


@pytest.mark.some(2)
@pytest.mark.parametrize("name", LINES)
def test_programs_get_json_and_nothing_else(run, line, name):
    code, out, err = run(*line(name), "--json", "-")
    assert code == 0, err
    assert json.loads(out).keys() >= FOUND[name]


@pytest.mark.long
@pytest.mark.parametrize("name", LINES)
def test_quiet_is_silent(run, line, name, tmp_path):
    assert run(*line(name), "--quiet", "--json", "found.json") == (0, "", "")
    assert json.loads((tmp_path / "work" / "found.json").read_text()).keys() >= FOUND[name]


def test_a_file_is_named_to_people(run, conditional):
    code, out, _ = run("info", conditional[0].path, "--json", "found.json")
    assert code == 0
    assert out.startswith("game:")
    assert out.endswith("\nwrote: found.json\n")


def test_errors_are_told_all_the_same(refused, tmp_path):
    refused("info", tmp_path / "nothing", "--quiet", match="which does not exist")
    refused("info", tmp_path / "nothing", "--json", "-", match="which does not exist")


def test_a_dry_run_answers_too(run, tfds_dir, monkeypatch):
    monkeypatch.setattr(sys.modules["keras_gan.runs.dry_run"], "_SECONDS", 0.0)
    code, out, _ = run("train", *LINES["train"], "--dry-run", "--json", "-")
    assert code == 0
    assert json.loads(out).keys() >= {"settings", "parameters", "memory", "images_per_second", "seconds"}


def test_what_json_can_not_hold(tmp_path):
    given = {"a": float("nan"), "b": [np.inf, tmp_path], 3: (1, True, None), "c": {"d": 0.5}}
    assert _plain(given) == {"a": None, "b": [None, str(tmp_path)], "3": [1, True, None], "c": {"d": 0.5}}
