import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.export.conftest import CASES, network, tried

STRANGER = """
import sys
sys.modules["keras_gan"] = None
import keras, numpy as np
given = np.load("given.npz")
made = keras.models.load_model("generator.keras")([given["latents"], given["labels"]])
np.save("made.npy", np.asarray(made))
"""


@pytest.mark.long
@pytest.mark.some(4)
@pytest.mark.parametrize(("name", "told"), CASES, ids=str)
def test_every_network(name, told, tmp_path):
    game = network(name, **told)
    game.export(tmp_path / "generator.keras", format="keras")
    assert os.listdir(tmp_path) == ["generator.keras"]
    given, expected = tried(game)
    made = keras.models.load_model(tmp_path / "generator.keras")(
        [*given.values()] if told else next(iter(given.values()))
    )
    assert_allclose(made, expected, atol=1e-5)


@pytest.mark.long
def test_layers_of_keras_load_without_us(small, tmp_path):
    small.export(tmp_path / "generator.keras", format="keras")
    given, expected = tried(small)
    np.savez(tmp_path / "given.npz", **given)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", STRANGER], cwd=tmp_path, env=environment, check=True, timeout=120)
    assert_allclose(np.load(tmp_path / "made.npy"), expected, atol=1e-5)
