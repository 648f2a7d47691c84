import os

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

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
    game.export(path, format="litert")
    assert os.listdir(tmp_path) == ["model.tflite"]
    given, expected = tried(game)
    assert_allclose(run(path, given), expected, atol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize(("weights", "most"), [("float16", 5e-3), ("int8", 0.1)])
def test_smaller_weights(weights, most, tmp_path):
    gan = network("dcgan", num_classes=3)
    sizes = {}
    for kind in ("litert", f"litert_{weights}"):
        gan.export(tmp_path / f"{kind}.tflite", format=kind)
        sizes[kind] = (tmp_path / f"{kind}.tflite").stat().st_size
    given, expected = tried(gan)
    made = run(tmp_path / f"litert_{weights}.tflite", given)
    assert 0 < np.abs(made - expected).max() < most
    assert sizes[f"litert_{weights}"] < sizes["litert"]


def test_a_fixed_batch(small, tmp_path):
    small.export(tmp_path / "gan.tflite", format="litert", batch_size=3)
    interpreter = tf.lite.Interpreter(model_path=str(tmp_path / "gan.tflite"))
    shapes = {tuple(each["shape"]) for each in interpreter.get_input_details()}
    assert shapes == {(3, 8), (3,)}
