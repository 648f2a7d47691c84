import os

import keras
import numpy as np
import pytest

from keras_gan import GAN, InputError, export
from keras_gan.export import ExportError, Format, of_samples
from keras_gan.export.format import library
from keras_gan.models import dcgan


class Plain(Format):
    """Writes what it is told to, and gives what it is told to."""

    suffix = ".txt"

    def __init__(self, write=None, run=None):
        self._write, self._run = write, run

    def write(self, exported, path):
        path.write_text("made")
        if self._write is not None:
            raise self._write

    def run(self, exported, path):
        assert path.read_text() == "made"
        return self._run(exported.wanted)


def test_what_equals_the_samples_is_kept(small, tmp_path):
    difference = Plain(run=lambda wanted: wanted + np.float32(5e-5)).export(of_samples(small), tmp_path / "gan.txt")
    assert difference == pytest.approx(5e-5, rel=1e-2)
    assert (tmp_path / "gan.txt").read_text() == "made"


def test_in_half_precision_single_pixels_may_lie_apart_and_not_all(tmp_path):
    """Both a network's pass and its export's are as far from float32: of 128x128 pixels some by 0.15."""
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    half = GAN(*dcgan((16, 16, 1), latent_dim=2, width=2))
    wanted = of_samples(half).wanted
    pixel, column = np.zeros_like(wanted), np.zeros_like(wanted)
    pixel[1, 2, 3] = 0.2
    column[2, :, -1] = 0.12
    assert Plain(run=lambda wanted: wanted + pixel).export(of_samples(half), tmp_path / "gan.txt") > 0.19
    for wrong in (column, np.swapaxes(column, 1, 2), np.float32(0.08)):
        with pytest.raises(ExportError, match=r"differs by 0\.(12|08) from the samples: it was not kept"):
            Plain(run=lambda wanted, wrong=wrong: wanted + wrong).export(of_samples(half), tmp_path / "gan.txt")


def failing(wanted):
    raise RuntimeError("no such operation")


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"run": lambda wanted: wanted + 1e-3}, ExportError, "differs by 0.001 from the samples: it was not kept"),
        ({"run": lambda wanted: wanted * np.nan}, ExportError, "differs by nan"),
        ({"run": lambda wanted: wanted[:1]}, ExportError, r"gives shape \(1, 16, 16, 3\), and not"),
        ({"run": failing}, ExportError, "does not run. RuntimeError: no such operation"),
        ({"write": ValueError("no such layer")}, ExportError, "can't be written to .*ValueError: no such layer"),
        ({"write": OSError("full")}, OSError, "full"),
    ],
)
def test_what_differs_is_not_kept(options, error, match, small, tmp_path):
    with pytest.raises(error, match=match):
        Plain(**options).export(of_samples(small), tmp_path / "gan.txt")
    assert os.listdir(tmp_path) == []
    (tmp_path / "gan.txt").write_text("old")
    with pytest.raises(error):
        Plain(**options).export(of_samples(small), tmp_path / "gan.txt")
    assert (tmp_path / "gan.txt").read_text() == "old"


def test_other_paths(small, tmp_path):
    with pytest.raises(InputError, match=r"`filepath` must end in \.txt for this format"):
        Plain().export(of_samples(small), tmp_path / "gan.onnx")
    (tmp_path / "gan.txt").mkdir()
    with pytest.raises(InputError, match="a directory"):
        Plain().export(of_samples(small), tmp_path / "gan.txt")


def test_a_library_that_is_missing():
    assert library("numpy", "onnx") is np
    with pytest.raises(InputError, match=r"`format` needs no_such_library: pip install 'keras_gan\[onnx\]'"):
        library("no_such_library", "onnx")
    assert issubclass(export.FORMATS["onnx"].__class__, Format)
