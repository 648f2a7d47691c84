import gzip
import hashlib
import struct

import numpy as np
import pytest

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.fashion_mnist import CHECKSUMS, CLASS_NAMES, DIRECTORY, FashionMnist
from keras_gan.data.readers.reader import fill
from keras_gan.utils.validation import InputError


def read_fashion_mnist(split, directory=DIRECTORY, checksums=CHECKSUMS):
    return fill(FashionMnist(split, Preprocessing(), directory, checksums))


def idx(array):
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def fake(tmp_path):
    """A directory like Debian's, of 6 and 4 images of 2x2, and its checksums."""
    checksums = {}
    for file, count in (("train", 6), ("t10k", 4)):
        images = np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2)
        labels = np.arange(count, dtype=np.uint8)
        for name, array in ((f"{file}-images-idx3-ubyte", images), (f"{file}-labels-idx1-ubyte", labels)):
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
            checksums[name] = hashlib.sha256(idx(array)).hexdigest()
    return tmp_path, checksums


def test_by_hand(fake):
    images, (labels, names, *_), *_ = read_fashion_mnist("train", *fake)
    np.testing.assert_array_equal(images, np.arange(24, dtype=np.uint8).reshape(6, 2, 2, 1))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int32)
    assert labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert len(names) == 10


def test_splits(fake):
    assert len(read_fashion_mnist("test", *fake).images) == 4
    images, (labels, *_), *_ = read_fashion_mnist("test[1:3]+train[:50%]", *fake)
    assert labels.tolist() == [1, 2, 0, 1, 2]
    assert images[:, 0, 0, 0].tolist() == [4, 8, 0, 4, 8]
    with pytest.raises(InputError, match=r"`split` must be .*'train': '6 examples', 'test': '4 examples'"):
        read_fashion_mnist("validation", *fake)


def test_sizes_and_channels(fake):
    reader = FashionMnist("train", Preprocessing(4, channels=3), *fake)
    assert (len(reader), reader.shape, reader.read(5).shape) == (6, (4, 4, 3), (4, 4, 3))
    assert reader.identity == FashionMnist("train", Preprocessing(4, channels=3), *fake).identity
    assert reader.identity != FashionMnist("train", Preprocessing(4), *fake).identity


def test_another_payload_is_refused(fake):
    directory, checksums = fake
    message = r"apt-get .*train-labels.* has the SHA-256 \w{64} instead of bad3541b"
    with pytest.raises(InputError, match=message):
        read_fashion_mnist("train", directory, CHECKSUMS)
    file = directory / "train-images-idx3-ubyte.gz"
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes())[:-1] + b"\xff"))
    with pytest.raises(InputError, match=r"train-images.* has the SHA-256"):
        read_fashion_mnist("train", directory, checksums)


@pytest.mark.parametrize("damage", [lambda data: data[:-12], lambda data: b"x" + data, lambda data: data[:20] + data])
def test_a_damaged_file_is_named(fake, damage):
    file = fake[0] / "t10k-images-idx3-ubyte.gz"
    file.write_bytes(damage(file.read_bytes()))
    message = r"`directory` must hold .*Received: .*t10k-images-idx3-ubyte\.gz' can't be read"
    with pytest.raises(InputError, match=message):
        read_fashion_mnist("test", *fake)


def test_a_missing_file_is_named(fake):
    (fake[0] / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match=r"train-labels-idx1-ubyte\.gz' can't be read"):
        read_fashion_mnist("train", *fake)


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="Debian's dataset-fashion-mnist is not installed")
def test_the_real_one():
    images, (labels, names, *_), *_ = read_fashion_mnist("test")
    assert images.shape == (10_000, 28, 28, 1)
    assert np.bincount(labels).tolist() == [1000] * 10
    assert names == CLASS_NAMES
    # The published mean of the training images is 0.2860 (in units of 255).
    assert read_fashion_mnist("train").images.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
