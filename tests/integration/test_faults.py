"""What a full disk, a read-only one, and a limit of the size of files leave."""

import resource
import shutil
import subprocess

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan
from keras_gan.callbacks import Checkpoint
from keras_gan.data import ArrayData
from keras_gan.training.resume import checkpoint_files
from keras_gan_cli.main import main

POINTS = np.random.default_rng(0).normal(size=(80, 2)).astype("float32")


def train(directory, event=None, epochs=4, seed=0):
    keras.utils.set_random_seed(seed)
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=4, hidden=(128, 128), dropout=0.1), ema=0.9)
    gan.compile("adam", "adam")
    keep = Checkpoint(directory, every=4)
    data = ArrayData(POINTS, batch_size=8)
    event = [] if event is None else [At(*event, keep)]
    gan.fit(data, epochs=epochs, verbose=0, callbacks=[keep, *event], resume=directory)
    return gan


class At(keras.callbacks.Callback):
    """Does something to the world before a step, when nothing is being written."""

    def __init__(self, step, action, keep):
        super().__init__()
        self.step, self.action, self.keep = step, action, keep

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step.numpy()) == self.step:
            self.keep.wait()
            self.action()


@pytest.fixture
def disk(tmp_path):
    """A file system of 8 MiB, where one may be mounted."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", path]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a file system can't be mounted here: see the limit of the size of files")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def fill(disk):
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(b"0" * free)
    assert shutil.disk_usage(disk).free == 0


def assert_goes_on(directory):
    path = checkpoint_files.newest(directory)
    assert path is not None
    assert checkpoint_files.step_of(path) >= 12  # of the one at 16, where that at 12 was still being written
    assert not list(directory.glob(".step*"))
    whole = train(directory.parent / "whole")
    again = train(directory, seed=1)
    for ours, theirs in zip(again.state, whole.state, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs))


@pytest.mark.long
def test_a_full_disk(disk):
    with pytest.raises(OSError, match="No space left on device"):
        train(disk / "checkpoints", (19, lambda: fill(disk)))
    (disk / "filler").unlink()
    assert_goes_on(disk / "checkpoints")


@pytest.mark.long
@pytest.mark.full
def test_a_disk_that_is_read_only(disk):
    """It gives what it has, and takes nothing."""
    train(disk / "checkpoints", epochs=2)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(OSError, match="Read-only file system"):
        train(disk / "checkpoints")
    keras.utils.set_random_seed(1)
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=4, hidden=(128, 128), dropout=0.1), ema=0.9)
    gan.compile("adam", "adam")
    gan.fit(ArrayData(POINTS, batch_size=8), epochs=4, verbose=0, resume=disk / "checkpoints")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    whole = train(disk / "whole")
    np.testing.assert_array_equal(gan.sample(9, seed=0), whole.sample(9, seed=0))


@pytest.fixture
def limit():
    """Set the limit of the size of files; Python turns the signal into an error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.long
def test_a_limit_of_the_size_of_files(tmp_path, limit):
    with pytest.raises(OSError, match="File too large"):
        train(tmp_path / "checkpoints", (19, lambda: limit(20_000)))
    limit(resource.RLIM_INFINITY)
    assert_goes_on(tmp_path / "checkpoints")


def test_at_the_command_line_it_is_one_line(tmp_path, limit, capsys):
    generator = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    for index in range(8):
        Image.fromarray(generator.integers(0, 256, (8, 8), dtype=np.uint8)).save(tmp_path / f"pictures/{index}.png")
    limit(100_000)
    options = ["--image-size", "8", "--set", "batch_size=4", "--epochs", "1", "--out", str(tmp_path / "runs")]
    with pytest.raises(SystemExit) as end:
        main(["train", str(tmp_path / "pictures"), *options])
    assert end.value.code == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("keras-gan: ")
    assert "File too large" in last
    assert not [file for file in (tmp_path / "runs").rglob(".*") if file.name != ".lock"]
