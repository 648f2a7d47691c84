"""The files are of make_inception_reference.py."""

import collections
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.metrics.features.torch_file import read_torch_file

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_both_formats(kind):
    """Weights, buffers of int64, and two views of one storage with strides and offsets."""
    found, expected = read_torch_file(DATA / f"tiny_{kind}.pth"), dict(np.load(DATA / "tiny.npz"))
    assert list(found) == list(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        assert_array_equal(found[name], array)


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("/tmp/keras_gan_was_here",)


@pytest.mark.parametrize("content", [{"weight": Harmful()}, Harmful(), {"weight": 3}, [1], collections.Counter("ab")])
def test_nothing_else_is_built_or_called(content, tmp_path):
    file = tmp_path / "some.pth"
    with file.open("wb") as handle:
        for part in (0x1950A86A20F9469CFC6C, 1001, {}, content, []):
            pickle.dump(part, handle, protocol=2)
    with pytest.raises(InputError, match=r"`path` must be a state dictionary of tensors.*some.pth"):
        read_torch_file(file)
    assert not Path("/tmp/keras_gan_was_here").exists()


@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_damaged_files(kind, tmp_path):
    whole = (DATA / f"tiny_{kind}.pth").read_bytes()
    for part in (whole[:-300], whole[:100], b"", b"nothing"):
        (tmp_path / "some.pth").write_bytes(part)
        with pytest.raises(InputError, match="`path` must be a state dictionary"):
            read_torch_file(tmp_path / "some.pth")
