"""No command and no line of code in the README is untested."""

import re
import shlex
from pathlib import Path

import pytest
import tensorflow as tf

from keras_gan_cli.main import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


@pytest.mark.long
def test_python_blocks_run_one_after_the_other(tmp_path, monkeypatch, tfds_dir, registry, two_replicas):
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda: two_replicas)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    names = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert names["images"].shape == (3, 8, 8, 1)
    assert (tmp_path / "best.keras").exists()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:kernel_distance")
def test_commands_run_one_after_the_other(tmp_path, monkeypatch, capsys, tfds_dir):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    for line in "".join(block for block in blocks("bash") if block.startswith("keras-gan")).splitlines():
        arguments = shlex.split(line, comments=True)[1:]
        short = ["--epochs", "1"] if arguments[0] == "train" else []
        with pytest.raises(SystemExit) as exit:
            main([*arguments, *short])
        assert exit.value.code == 0, line
    for made in ("metrics.json", "runs/0001-digits/gan.keras", "threes.png", "digits_saved_model/saved_model.pb"):
        assert (tmp_path / made).exists()


def test_the_two_commands_at_the_top_are_the_ones_that_ci_runs_and_the_entry_point():
    train, tests = blocks("bash")[:2]
    assert train.strip().endswith(".venv/bin/keras-gan train")
    assert tests.strip().endswith(".venv/bin/python -m pytest")
    assert "pytest" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)]+)\)", README))
def test_links_exist(link):
    assert (ROOT / link).exists()


def test_every_example_is_named():
    for path in (ROOT / "examples").rglob("*.py"):
        if path.parent.name == "sides":  # what benchmarks share
            continue
        assert f"`python {path.relative_to(ROOT).as_posix()}" in README
