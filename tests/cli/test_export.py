import os

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from tests.cli.test_start import started
from tests.training.test_cycle_gan import made as cycle_gan


def test_export(run, conditional):
    made, gan = conditional
    code, out, _ = run("export", made.path)
    assert code == 0
    saved, *told = out.splitlines()[-6:]
    assert saved.startswith("Saved artifact at 'saved_model'. Largest difference")
    assert told == [
        "takes: latents float32 (any x 4), labels int32 (any)",
        "gives: images float32 (any x 8 x 8 x 1)",
        "where: latents are normal, images in [-1, 1]",
        "also: sample takes n int32 (a number), seed int32 (a number), labels int32 (any)",
        "wrote: saved_model",
    ]
    assert os.listdir() == ["saved_model"]
    sample = tf.saved_model.load("saved_model").signatures["sample"]
    images = sample(n=tf.constant(3), seed=tf.constant(1), labels=tf.constant([0, 1, 2]))["images"]
    assert_allclose(images, gan.sample(3, seed=1), atol=1e-5)


@pytest.mark.long
def test_files_of_smaller_weights_have_names_of_their_own(run, points):
    for format in ("litert", "litert_float16", "litert_int8"):
        assert run("export", points[0].path, "--format", format)[0] == 0
    assert sorted(os.listdir()) == ["generator-float16.tflite", "generator-int8.tflite", "generator.tflite"]


@pytest.mark.long
def test_the_way_back(run, refused, tmp_path, points):
    game = cycle_gan()
    game.save(tmp_path / "game.keras")
    images = np.random.default_rng(0).integers(0, 256, (2, 12, 10, 1), dtype=np.uint8)
    refused("export", points[0].path, "--reverse", match="`--reverse` is for games that go both ways")
    for options, reverse in ((), False), (("--reverse",), True):
        assert run("export", tmp_path / "game.keras", *options)[0] == 0
        translate = tf.saved_model.load("saved_model").signatures["translate_uint8"]
        made = translate(images=tf.constant(images))["translated"]
        assert_allclose(made, (game.translate(images, reverse=reverse) + 1) * 127.5, atol=0.51)


@pytest.mark.long
def test_a_saved_model_is_replaced(run, points):
    os.makedirs("model")  # empty: whoever made it meant it for this
    assert run("export", points[0].path, "--out", "model")[0] == 0
    assert run("export", points[0].path, "--out", "model")[0] == 0
    assert "saved_model.pb" in os.listdir("model")
    assert os.listdir() == ["model"]


def test_another_directory_is_left_alone(refused, points, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    refused(
        "export",
        points[0].path,
        "--out",
        tmp_path / "mine",
        match=["must be new, empty or a SavedModel to replace", "mine"],
    )
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years"


def test_a_file_is_left_alone(refused, points, tmp_path):
    (tmp_path / "file").write_text("mine")
    refused(
        "export",
        points[0].path,
        "--out",
        tmp_path / "file",
        match=["`--out` must be new, empty or a SavedModel", "file"],
    )


def test_paths_without_a_gan(refused, tmp_path):
    refused("export", tmp_path / "missing", match=["missing", "does not exist"])
    (tmp_path / "text.txt").write_text("hello")
    refused("export", tmp_path / "text.txt", match=["`PATH` must be", "text.txt"])


@pytest.mark.long
def test_the_interpreter_of_litert_is_silent(points, tmp_path):
    out = tmp_path / "generator.tflite"
    done = started("export", str(points[0].path), "--format", "litert", "--quiet", "--out", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.is_file()
