import os
import sys

import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from tests.export.conftest import CASES, network, tried


@pytest.mark.long
@pytest.mark.some(6)
@pytest.mark.parametrize(("name", "told"), CASES, ids=str)
def test_every_network(name, told, tmp_path):
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    game, path = network(name, **told), tmp_path / "model.onnx"
    game.export(path, format="onnx")
    assert os.listdir(tmp_path) == ["model.onnx"]
    session = runtime.InferenceSession(str(path))
    given, expected = tried(game)
    assert {each.name for each in session.get_inputs()} == set(given)
    assert_allclose(session.run(None, given)[0], expected, atol=1e-4)


def test_without_the_libraries(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(InputError, match=r"`format` needs tf2onnx: pip install 'keras_gan\[onnx\]'"):
        small.export(tmp_path / "gan.onnx", format="onnx")
    assert os.listdir(tmp_path) == []
