"""The format: complete or absent, and every change is found."""

import json
import os
import shutil
import zipfile

import ml_dtypes
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.training.resume import checkpoint_files

ARRAYS = {
    "weights": np.linspace(-1, 1, 24, dtype=np.float32).reshape(2, 3, 4),
    "step": np.array(7, np.int64),
    "seed": np.array([1, 2], np.uint32),
    "half": np.linspace(0, 1, 6).astype(ml_dtypes.bfloat16).reshape(3, 2),
    "flag": np.array([True, False]),
    "empty": np.zeros((0, 3), np.float32),
}
SHAPES = {name: (array.dtype.name, array.shape) for name, array in ARRAYS.items()}


def write(directory, step=7, keep=2):
    return checkpoint_files.write(directory, ARRAYS, {"step": step, "epoch": 1}, keep)


def test_what_is_read_is_what_was_written(tmp_path):
    path = write(tmp_path)
    assert path == tmp_path / "step_000000007"
    checkpoint_files.verify(path)
    read = checkpoint_files.read_arrays(path, SHAPES)
    for name, array in ARRAYS.items():
        assert read[name].dtype == array.dtype
        assert read[name].shape == array.shape
        assert_array_equal(read[name], array)
    assert checkpoint_files.read_record(path)["epoch"] == 1


def test_the_digests_are_those_of_sha256sum(tmp_path):
    path = write(tmp_path)
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed")
    assert os.system(f"cd {path} && sha256sum --quiet --strict -c SHA256SUMS") == 0


def test_a_hundred_leave_as_many_as_are_kept_and_nothing_else(tmp_path):
    for step in range(100):
        write(tmp_path, step, keep=3)
    assert sorted(os.listdir(tmp_path)) == ["step_000000097", "step_000000098", "step_000000099"]


def test_a_flipped_bit_is_found_wherever_it_is(tmp_path):
    path = write(tmp_path)
    random = np.random.default_rng(0)
    files = sorted(path.iterdir())
    sizes = np.array([file.stat().st_size for file in files])
    for place in random.choice(sizes.sum(), 500, replace=False):
        index = int(np.searchsorted(np.cumsum(sizes), place, side="right"))
        file, offset = files[index], int(place - (np.cumsum(sizes)[index] - sizes[index]))
        whole = file.read_bytes()
        spoilt = bytearray(whole)
        spoilt[offset] ^= 1 << random.integers(8)
        file.write_bytes(spoilt)
        with pytest.raises(InputError, match=file.name):
            checkpoint_files.verify(path)
        file.write_bytes(whole)
    checkpoint_files.verify(path)


def truncate(path):
    with (path / "state.npz").open("r+b") as file:
        file.truncate(100)


CORRUPTIONS = {
    "truncated": (truncate, "state.npz is not"),
    "emptied": (lambda path: (path / "state.npz").write_bytes(b""), "state.npz is not"),
    "missing": (lambda path: (path / "state.npz").unlink(), "state.npz: No such file"),
    "record missing": (lambda path: (path / "record.json").unlink(), "record.json: No such file"),
    "digests missing": (lambda path: (path / "SHA256SUMS").unlink(), "SHA256SUMS: No such file"),
    "digests broken": (lambda path: (path / "SHA256SUMS").write_text("?"), "is not what SHA256SUMS says"),
    "record broken": (lambda path: (path / "record.json").write_text("{"), "record.json is not"),
    "a line more": (lambda path: (path / "SHA256SUMS").open("a").write("\n"), "SHA256SUMS is not what"),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_damage_is_named_and_the_newest_good_one_is_used(tmp_path, name):
    for step in (1, 2):
        path = write(tmp_path, step)
    spoil, words = CORRUPTIONS[name]
    spoil(path)
    with pytest.raises(InputError, match=words):
        checkpoint_files.verify(path)
    with pytest.warns(UserWarning, match=f"passed over.*step_000000002.*{words}"):
        assert checkpoint_files.newest(tmp_path).name == "step_000000001"


def test_there_may_be_none(tmp_path):
    assert checkpoint_files.newest(tmp_path) is None
    assert checkpoint_files.newest(tmp_path / "nowhere") is None


def test_what_a_killed_write_leaves_is_no_checkpoint(tmp_path):
    write(tmp_path)
    (tmp_path / ".step_000000008.abc").mkdir()
    (tmp_path / ".step_000000008.abc" / "state.npz").write_bytes(b"half")
    assert [path.name for path in checkpoint_files.paths(tmp_path)] == ["step_000000007"]
    checkpoint_files.clean(tmp_path)
    assert os.listdir(tmp_path) == ["step_000000007"]


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    write(tmp_path)

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path, 8)
    assert os.listdir(tmp_path) == ["step_000000007"]
    checkpoint_files.verify(tmp_path / "step_000000007")


@pytest.mark.parametrize(
    "described", [("float32", (2, 3, 5)), ("float32", (24,)), ("float32", (10**9, 10**9)), ("float64", (2, 3, 4))]
)
def test_other_shapes_and_types_are_refused_before_anything_is_read(tmp_path, described):
    with pytest.raises(InputError, match=rf"must hold 'weights' as {described[0]} of the shape"):
        checkpoint_files.read_arrays(write(tmp_path), {**SHAPES, "weights": described})


def test_a_size_that_is_not_that_of_the_shape_is_refused(tmp_path):
    """As in a file that was made to exhaust memory, with digests that fit."""
    path = write(tmp_path)
    with zipfile.ZipFile(path / "state.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", b"0" * 10**6)
    record = json.loads((path / "record.json").read_text())
    record["arrays"] = {"weights": ["float32", [2, 3, 4]]}
    (path / "record.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match="'weights' has not the size of its shape"):
        checkpoint_files.read_arrays(path, {"weights": ("float32", (2, 3, 4))})


def test_nothing_is_unpickled(tmp_path):
    path = write(tmp_path)
    np.savez(path / "state.npz", weights=np.array([print] * 24, dtype=object))
    with pytest.raises((InputError, ValueError)):
        checkpoint_files.read_arrays(path, {"weights": ("float32", (2, 3, 4))})


def test_another_format_is_refused(tmp_path):
    path = write(tmp_path)
    (path / "record.json").write_text('{"format": 9}')
    with pytest.raises(InputError, match=r"must be of format 1. Received: .*: 9"):
        checkpoint_files.read_record(path)


def test_only_checkpoints_have_a_step(tmp_path):
    with pytest.raises(InputError, match="`path` must be a checkpoint"):
        checkpoint_files.step_of(tmp_path / "gan.keras")
