import os
import threading
import time

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.export import ExportError, litert
from keras_gan.ops import convolution, convolution_rules, platform
from tests.export.conftest import CASES, network, tried

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def run(path, given):
    interpreter = tf.lite.Interpreter(model_path=str(path))
    assert list(interpreter.get_signature_list()) == ["serving_default"]
    (made,) = interpreter.get_signature_runner("serving_default")(**given).values()
    return made


@pytest.mark.long
@pytest.mark.some(6)
@pytest.mark.parametrize(("name", "told"), CASES, ids=str)
def test_every_network(name, told, tmp_path):
    game, path = network(name, **told), tmp_path / "model.tflite"
    given, expected = tried(game)
    game.export(path, format="litert", batch_size=len(expected))
    assert os.listdir(tmp_path) == ["model.tflite"]
    assert_allclose(run(path, given), expected, atol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize(("weights", "most"), [("float16", 5e-3), ("int8", 0.1)])
def test_smaller_weights(weights, most, tmp_path):
    gan = network("mlp", num_classes=3)
    sizes = {}
    for kind in ("litert", f"litert_{weights}"):
        gan.export(tmp_path / f"{kind}.tflite", format=kind)
        sizes[kind] = (tmp_path / f"{kind}.tflite").stat().st_size
    given, expected = tried(gan)
    made = run(tmp_path / f"litert_{weights}.tflite", given)
    assert 0 < np.abs(made - expected).max() < most
    assert sizes[f"litert_{weights}"] < sizes["litert"]


@pytest.mark.parametrize("format", ["litert", "tf_saved_model"])
def test_files_have_none_of_the_forms_that_are_chosen_for_this_machine(format, tmp_path, monkeypatch):
    """TensorFlow Lite has no kernel for patches, and other machines have other rules."""
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    monkeypatch.setattr(platform, "instruction_set", lambda: "AVX-512")
    monkeypatch.setattr(convolution_rules, "HEAVY", 1)
    taken = []
    for form in ("by_patches", "spread_by_patches"):
        usual = getattr(convolution.forms, form)
        monkeypatch.setattr(convolution.forms, form, lambda *a, f=usual, form=form: taken.append(form) or f(*a))
    game, path = network("dcgan"), tmp_path / ("model.tflite" if format == "litert" else "model")
    game.sample(1)
    assert taken, "the control: here they are"
    wanted = game.sample(seed=[0])
    taken.clear()
    game.export(path, format=format, batch_size=1)
    assert len(taken) <= 2, "but for the samples that it is compared with"
    if format == "litert":
        assert_allclose(run(path, {"latents": game.sampler.latents([0])}), wanted, atol=1e-4)


def test_a_fixed_batch(small, tmp_path):
    small.export(tmp_path / "gan.tflite", format="litert", batch_size=3)
    interpreter = tf.lite.Interpreter(model_path=str(tmp_path / "gan.tflite"))
    shapes = {tuple(each["shape"]) for each in interpreter.get_input_details()}
    assert shapes == {(3, 8), (3,)}


@pytest.mark.long
@pytest.mark.parametrize("name", ["mlp", "dcgan", "stylegan2", "unet"])
def test_a_free_batch(name, tmp_path):
    game = network(name)
    game.export(tmp_path / "model.tflite", format="litert")
    given, expected = tried(game)
    if name == "unet":  # whose sides are those that it was tried with
        given = {"images": given["images"][:, :16, :16]}
        expected = game.translate(given["images"])
    assert_allclose(run(tmp_path / "model.tflite", given), expected, atol=1e-4)


@pytest.mark.long
def test_where_the_batch_has_to_be_fixed(tmp_path):
    with pytest.raises(ExportError, match=r"for any number of samples at once: give a `batch_size`"):
        network("sngan", num_classes=3).export(tmp_path / "gan.tflite", format="litert")
    assert os.listdir(tmp_path) == []


def test_stderr_is_as_it_was_after_all_that_hid_it(capfd):
    def hide(seconds):
        with litert._silent():
            os.write(2, b"hidden\n")
            time.sleep(seconds)

    threads = [threading.Thread(target=hide, args=(seconds,)) for seconds in (0.05, 0.0, 0.02)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"shown\n")
    assert capfd.readouterr().err == "shown\n"


def test_a_closed_stderr_is_left_closed(monkeypatch):
    def closed(_):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(litert.os, "dup", closed)
    with litert._silent():
        pass
