import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import recipes
from keras_gan.callbacks import Checkpoint
from keras_gan.data import ImageData
from keras_gan.ops import platform
from keras_gan.runs import Run
from keras_gan.runs.networks import parameters
from tests import hostile_files
from tests.training.test_cycle_gan import made as cycle_gan


def described(out):
    """Return the values by name; a value goes on in lines that are indented."""
    assert max(map(len, out.splitlines())) < 80
    lines = out.replace("\n" + " " * 21, " ").splitlines()
    return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines)}


def test_the_installation(run):
    code, out, err = run("info")
    assert (code, err) == (0, "")
    facts = described(out)
    versions = {"keras_gan": keras_gan.__version__, "keras": keras.__version__, "tensorflow": tf.__version__}
    assert {name: facts[name] for name in versions} == versions
    assert "CPU:0" in facts["devices"]
    for name in recipes.names():
        assert facts[f"recipe {name}"] == recipes.get(name).summary


KERNELS = {  # by oneDNN, GPU and instructions
    (True, False, "AVX-512"): "leaves XLA off, which is slower",
    (True, False, "AVX2"): "DCGANs of images of 16 or 32 pixels a side by XLA",
    (True, False, "Arm"): "leaves XLA off, which was not measured",
    (False, False, "AVX2"): "compiles networks such as DCGANs by XLA",
    (False, False, "AVX-512"): "oneDNN's are faster: TF_ENABLE_ONEDNN_OPTS=1 in the environment",
    (False, False, "other"): "leaves XLA off, which was not measured",
    (True, True, "AVX-512"): "the GPU's: convolutions stay",
    (False, True, "AVX2"): "compiles by XLA if there is one GPU",
}


@pytest.mark.parametrize("kernels", KERNELS, ids=str)
def test_the_kernels(run, monkeypatch, kernels):
    for name, value in zip(("has_onednn", "has_gpu", "instruction_set"), kernels, strict=True):
        monkeypatch.setattr(platform, name, lambda value=value: value)
    facts = described(run("info")[1])
    assert KERNELS[kernels] in facts["kernels"]
    assert facts["kernels"].endswith(f"CPU: {kernels[2]}")


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe(run, name):
    code, out, _ = run("info", name)
    assert code == 0
    facts, recipe = described(out), recipes.get(name)
    assert facts["recipe"] == recipe.summary
    assert facts["length"] == f"{recipe.images:,} images; --images or --epochs"
    for rule in recipe.rules:
        told = facts[rule.setting.name]
        assert told == f"{rule.setting.meaning}: {rule.setting.range}; default: {rule.default}"


def test_a_run(run, conditional):
    code, out, _ = run("info", conditional[0].path)
    assert code == 0
    expected = {
        "game": "GAN",
        "samples": "shape (8, 8, 1)",
        "latents": "4, normal",
        "classes": "3",
        "generator": f"{(4 + 3 + 1) * 16 + 17 * 64:,} parameters",
        "discriminator": f"{65 * 16 + 17 + 3 * 16:,} parameters",
        "moving average": "0.9",
        "step": "0, of gan.keras",
        "loss": "NonSaturating",
        "terms": "r1 (weight 0.5)",
        "options": '{"epochs": 3}',
    }
    facts = described(out)
    assert {name: facts[name] for name in expected} == expected


def test_what_recipe_made_it(run, tmp_path):
    recipes.get("dcgan").but(width=2, latent_dim=5, images=8).make(pixels(8)).save(tmp_path / "gan.keras")
    code, out, _ = run("info", tmp_path / "gan.keras")
    assert code == 0
    assert described(out)["made by"] == "recipe dcgan, width 2, latent_dim 5"


def pixels(count):
    return ImageData(np.random.default_rng(0).integers(0, 256, (count, 8, 8, 1), dtype=np.uint8), batch_size=count)


def test_a_translation(run, translation, tmp_path):
    generator, discriminator = translation[1].generator, translation[1].discriminator
    expected = {
        "game": "ImageToImage",
        "sources": "images of 1 channel, any sides",
        "targets": "images of 3 channels, any sides",
        "translates": "from sources to targets",
        "generator": f"{parameters(generator):,} parameters",
        "discriminator": f"{parameters(discriminator):,} parameters",
        "moving average": "none",
        "step": "0, of game.keras",
        "loss": "NonSaturating",
        "terms": "reconstruction (weight 100.0)",
    }
    code, out, _ = run("info", translation[0])
    assert code == 0
    assert described(out) == expected


def test_a_translation_there_and_back(run, tmp_path):
    game = cycle_gan(ema=0.5)
    game.save(tmp_path / "game.keras")
    code, out, _ = run("info", tmp_path / "game.keras")
    assert code == 0
    both = sum(parameters(network) for network in (game.forward, game.backward))
    facts = described(out)
    expected = ("CycleGAN", f"{both:,} parameters", "0.5", "LeastSquares")
    assert tuple(facts[name] for name in ("game", "generators", "moving average", "loss")) == expected
    assert "terms" not in facts
    assert facts["translates"] == "from sources to targets and back"


def test_the_names_of_the_classes(run, conditional, tmp_path):
    directory = tmp_path / "named"
    shutil.copytree(conditional[0].path, directory)
    (directory / "options.json").write_text(json.dumps({"class_names": ["ants", "bees", "cats"]}))
    facts = described(run("info", directory)[1])
    assert facts["class names"] == "0 ants, 1 bees, 2 cats"
    assert "options" not in facts
    (directory / "options.json").write_text(json.dumps({"class_names": ["0", "1", "2"]}))
    assert described(run("info", directory)[1])["class names"] == "their numbers, 0 to 2"
    many = [f"class {number}" for number in range(1935)]
    (directory / "options.json").write_text(json.dumps({"class_names": many, "data": "x" * 200}))
    out = run("info", directory)[1]
    assert "19 class 19 and 1,915 more" in " ".join(out.split())
    assert max(map(len, [line for line in out.splitlines() if "xxx" not in line])) < 80


@pytest.mark.long
def test_a_run_that_was_interrupted_in_its_first_epoch(run, make_gan, images, tmp_path):
    made, gan = Run.create(tmp_path, "toy", {}), make_gan()
    keep = Checkpoint(made.checkpoints, every=1)
    made.save(gan)
    gan.fit(images[0], batch_size=20, verbose=0, callbacks=[keep])
    assert described(run("info", made.path)[1])["step"] == "2, of step_000000002"
    assert run("sample", made.path, "--num", 2, "--out", "s.npy")[0] == 0
    assert_allclose(np.load("s.npy"), gan.sample(2, seed=0), atol=1e-6)


def test_a_file(run, points, tmp_path):
    """Beside a run's file lie the options of the run; a file by itself has none."""
    copy = tmp_path / "copy.keras"
    copy.write_bytes(points[0].model_file.read_bytes())
    code, out, _ = run("info", copy)
    assert code == 0
    facts = described(out)
    assert (facts["samples"], facts["classes"]) == ("shape (2,)", "none")
    assert "options" not in facts


def test_a_gan_that_was_not_compiled(run, tmp_path):
    keras_gan.GAN(*keras_gan.models.mlp((2,), hidden=())).save(tmp_path / "gan.keras")
    code, out, _ = run("info", tmp_path / "gan.keras")
    assert code == 0
    assert described(out)["moving average"] == "none"
    assert "loss" not in described(out)


def test_paths_without_a_gan(refused, tmp_path):
    refused("info", tmp_path / "missing", match=["missing", "does not exist"])
    refused("info", "digts", match=["one of the recipes", "Did you mean 'digits'?", "'digts', which does not exist"])
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    refused("info", tmp_path / "model.keras", match=["`PATH` must hold a keras_gan.GAN or another game", "Sequential"])


@pytest.mark.long
@pytest.mark.parametrize("name", ["lambda", "system", "dot_dot", "external_link", "shape_bomb", "filters", "flipped"])
def test_a_hostile_file(name, refused, tmp_path):
    """The whole table is in tests/loading/test_safe_load.py."""
    sound = hostile_files.sound(tmp_path / "sound.keras")
    hostile_files.MAKERS[name](sound, tmp_path / "gan.keras")
    refused(
        "info", tmp_path / "gan.keras", match=["`PATH` must be a file that `GAN.save` wrote. Received: ", "gan.keras"]
    )


def test_programs_get_numbers(run, conditional):
    found = json.loads(run("info", conditional[0].path, "--json", "-")[1])
    assert found["samples"] == {"shape": [8, 8, 1]}
    assert found["latents"] == {"latent_dim": 4, "prior": "normal"}
    assert (found["classes"], found["step"]) == (3, {"step": 0, "file": "gan.keras"})
    assert found["generator"] == {"parameters": (4 + 3 + 1) * 16 + 17 * 64}
    assert found["terms"] == {"r1": 0.5}
    assert found["options"] == {"epochs": 3}


def test_programs_get_the_settings_of_a_recipe(run):
    found = json.loads(run("info", "digits", "--json", "-")[1])
    recipe = recipes.get("digits")
    assert found["length"] == {"images": recipe.images}
    assert {rule.setting.name for rule in recipe.rules} < found.keys()
    assert all(found[rule.setting.name]["default"] == rule.default for rule in recipe.rules)
