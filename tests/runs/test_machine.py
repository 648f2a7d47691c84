import platform

import keras
import tensorflow as tf

import keras_gan
from keras_gan.runs import machine as machine_lib
from keras_gan.training.resume import fingerprint


def test_the_machine_in_words():
    told = machine_lib.machine()
    assert told["system"] == platform.platform()
    assert int(told["cores"]) >= 1
    assert told["memory"].endswith("GB")
    assert all(told.values())


def test_the_processor_has_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_lib, "_PROCESSORS", tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "processor", lambda: "as Python says")
    assert machine_lib._processor() == "as Python says"
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: A, at: 3 GHz\n\nmodel name\t: B\n")
    assert machine_lib._processor() == "A, at: 3 GHz"
    (tmp_path / "cpuinfo").write_text("processor\t: 0\n")
    assert machine_lib._processor() == "as Python says"


def test_versions():
    expected = {"keras_gan": keras_gan.__version__, "keras": keras.__version__, "tensorflow": tf.__version__}
    kernels = fingerprint.versions()["kernels"]
    assert machine_lib.versions() == {"Python": platform.python_version(), **expected, "kernels": kernels}
