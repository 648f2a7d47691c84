import numpy as np
import pytest

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.array_rows import ArrayRows
from keras_gan.data.readers.reader import fill
from keras_gan.data.stores import choice
from keras_gan.data.stores.choice import check_in_memory, keep
from keras_gan.data.stores.file_store import FileStore
from keras_gan.utils.validation import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 4, 5, 3), dtype=np.uint8)


@pytest.fixture
def reader(tmp_path):
    np.savez(tmp_path / "images.npz", images=IMAGES, labels=np.arange(20) % 3)
    return ArrayRows(tmp_path / "images.npz", Preprocessing())


@pytest.mark.parametrize(
    ("in_memory", "free", "kind"),
    [
        ("auto", 4800, np.ndarray),
        ("auto", 4799, FileStore),
        (True, 0, np.ndarray),
        (False, 10**12, FileStore),
    ],
)
def test_a_quarter_of_the_free_memory(reader, in_memory, free, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "available_memory", lambda: free)
    found = keep(reader, in_memory, tmp_path / "cache", "mine")
    assert isinstance(found.images, kind)
    np.testing.assert_array_equal(found.images[:], IMAGES)
    np.testing.assert_array_equal(found.targets.labels, np.arange(20) % 3)


@pytest.mark.parametrize(("split", "count"), [("train", 20), ("train[5:]", 15)])
def test_what_lies_on_disk_as_it_is_asked_for_is_not_copied(split, count, tmp_path):
    np.save(tmp_path / "images.npy", IMAGES)
    reader = ArrayRows(tmp_path / "images.npy", Preprocessing(), split)
    found = keep(reader, False, tmp_path / "cache", "mine")
    assert isinstance(found.images, FileStore)
    assert len(found.images) == count
    np.testing.assert_array_equal(found.images[:], fill(reader).images)
    assert not (tmp_path / "cache").exists()
    resized = keep(ArrayRows(tmp_path / "images.npy", Preprocessing(image_size=2)), False, tmp_path / "cache", "mine")
    assert isinstance(resized.images, FileStore)


@pytest.mark.parametrize("value", ["always", None, 1])
def test_another_word(value):
    with pytest.raises(InputError, match=r'`in_memory` must be "auto", True or False\. Received: in_memory='):
        check_in_memory(value)
