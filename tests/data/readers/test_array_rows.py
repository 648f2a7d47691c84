import io
import os
import zipfile

import numpy as np
import pytest

from keras_gan.data import load
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.array_rows import ArrayRows
from keras_gan.utils.validation import InputError


def draw(*shape, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize("shape", [(5, 8, 6), (5, 8, 6, 1), (5, 33, 47, 7)])
@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_bytes_stay_bytes(tmp_path, shape, suffix):
    images, path = draw(*shape), tmp_path / f"images.{suffix}"
    np.save(path, images) if suffix == "npy" else np.savez(path, images=images)
    data = load(path, batch_size=2)
    np.testing.assert_array_equal(data.examples, images.reshape(*shape[:3], -1))
    assert data.examples.dtype == np.uint8
    small = load(path, batch_size=2, image_size=(4, 5), split="train[1:4]")
    assert small.examples.shape == (3, 4, 5, data.channels)


def test_parts_of_sorted_arrays_have_all_classes(tmp_path):
    images = draw(200, 8, 8)
    np.savez(tmp_path / "a.npz", images=images, labels=np.arange(200) // 20)
    first, second = (load(tmp_path / "a.npz", batch_size=2, split=split) for split in ("train[:50%]", "train[50%:]"))
    assert {*first.labels} == {*second.labels} == {*range(10)}
    both = np.concatenate([first.examples, second.examples])
    assert sorted(image.tobytes() for image in both) == sorted(image.tobytes() for image in images)


def test_a_range_of_8_bits_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", draw(4, 8, 8))
    with pytest.raises(InputError, match="`value_range` is for images of more than 8 bits"):
        load(tmp_path / "a.npy", value_range=(0, 100))


def test_labels_and_conditions_of_an_npz(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=draw(4, 8, 8), y_train=np.array([0, 2, 1, 0]))
    parts = [load(tmp_path / "a.npz", batch_size=1, split=split) for split in ("train[:1]", "train[1:]")]
    assert sorted([*parts[0].labels, *parts[1].labels]) == [0, 0, 1, 2]
    np.savez_compressed(tmp_path / "b.npz", images=draw(4, 8, 8), conditions=np.eye(4))
    data = load(tmp_path / "b.npz", batch_size=2)
    assert (data.condition_dim, data.labels) == (4, None)
    assert data.condition_names[3] == "conditions_3"
    np.savez(tmp_path / "c.npz", images=draw(4, 8, 8), labels=np.arange(3))
    with pytest.raises(InputError, match=r"a row of 'labels' an image, 4\. Received: shape \(3,\)"):
        load(tmp_path / "c.npz")


def test_classes_in_a_column_are_classes(tmp_path):
    """As `keras.datasets.cifar10.load_data` returns them."""
    np.savez(tmp_path / "a.npz", x_train=draw(4, 8, 8), y_train=np.array([[0], [2], [1], [0]], np.uint8))
    data = load(tmp_path / "a.npz", batch_size=2)
    assert (data.labels.tolist(), data.num_classes, data.conditions) == ([0, 2, 1, 0], 3, None)
    assert load(tmp_path / "a.npz", batch_size=2, labels=None).labels is None


def test_both_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", images=draw(4, 8, 8), labels=np.arange(4), conditions=np.eye(4))
    with pytest.raises(InputError, match="must hold one of"):
        load(tmp_path / "a.npz")


def test_channels_first_are_told_of_before_they_are_resized(tmp_path):
    np.save(tmp_path / "a.npy", draw(4, 3, 32, 32))
    with pytest.raises(InputError, match=r"seem to be channels first.*\(4, 3, 32, 32\)"):
        load(tmp_path / "a.npy", image_size=64)


def test_bright_values_of_a_range_are_no_mistake(tmp_path):
    np.save(tmp_path / "a.npy", draw(20, 8, 8, dtype=np.uint16) * 50 + 40_000)
    assert load(tmp_path / "a.npy", batch_size=2).examples.min() > 0
    np.save(tmp_path / "b.npy", draw(20, 8, 8) / 255)
    with pytest.raises(InputError, match=r"seem to be in \[0, 1\]"):
        load(tmp_path / "b.npy")


def test_other_types_need_a_range(tmp_path):
    np.save(tmp_path / "a.npy", draw(3, 8, 8, dtype=np.int16) - 100)
    with pytest.raises(InputError, match="`value_range` must say which values of int16"):
        load(tmp_path / "a.npy")
    data = load(tmp_path / "a.npy", batch_size=2, value_range=(-100, 155))
    assert data.examples.dtype == np.float32
    np.testing.assert_allclose(data.depth.from_signed(data.examples)[..., 0], draw(3, 8, 8) - 100.0)
    np.save(tmp_path / "b.npy", draw(3, 8, 8) / 127.5 - 1)
    assert load(tmp_path / "b.npy", batch_size=2).examples.min() >= -1


def test_a_row_is_read_from_disk(tmp_path):
    np.save(tmp_path / "a.npy", draw(3, 8, 8))
    reader = ArrayRows(tmp_path / "a.npy", Preprocessing(channels=3))
    assert isinstance(reader._images, np.memmap)
    assert (reader.shape, len(reader), reader.read(2).shape) == ((8, 8, 3), 3, (8, 8, 3))
    before = reader.identity
    assert ArrayRows(tmp_path / "a.npy", Preprocessing()).identity != before
    np.save(tmp_path / "a.npy", draw(4, 8, 8))
    assert ArrayRows(tmp_path / "a.npy", Preprocessing(channels=3)).identity != before


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def pickled(path):
    np.save(path.with_suffix(".npy"), np.array([[[{}]]], object), allow_pickle=True)


def test_files_that_are_none(tmp_path):
    for name, write in (("a.npy", lambda path: np.save(path, draw(3, 8, 8))), ("b.npz", lambda p: np.savez(p, x=1))):
        write(tmp_path / name)
        cut(tmp_path / name)
    pickled(tmp_path / "c.npy")
    (tmp_path / "d.npy").write_text("hello")
    np.save(tmp_path / "e.npy", draw(3, 8, 8))
    (tmp_path / "e.npy").write_bytes((tmp_path / "e.npy").read_bytes().replace(b"'descr'", b"('desc'", 1))
    for name in ("a.npy", "b.npz", "c.npy", "d.npy", "e.npy"):
        with pytest.raises(InputError, match=r"`path` must be a \.npy or an \.npz that is whole, without objects"):
            load(tmp_path / name)


def test_arrays_that_are_no_images(tmp_path):
    np.save(tmp_path / "a.npy", draw(3, 8))
    with pytest.raises(InputError, match=r"`path` must hold images \(n, height, width\).*shape \(3, 8\)"):
        load(tmp_path / "a.npy")
    np.savez(tmp_path / "b.npz", pictures=draw(3, 8, 8))
    with pytest.raises(InputError, match=r"`path` must hold one of the arrays .*with \['pictures'\]"):
        load(tmp_path / "b.npz")
    spoilt = np.zeros((3, 8, 8))
    spoilt[1, 0, 0] = np.nan
    np.save(tmp_path / "c.npy", spoilt)
    with pytest.raises(InputError, match=r"`path` must hold finite values.*row 1"):
        load(tmp_path / "c.npy")
    np.save(tmp_path / "d.npy", draw(3, 8, 8))
    with pytest.raises(InputError, match=r"`labels` must be in the \.npz itself"):
        load(tmp_path / "d.npy", labels="labels.csv")


def test_a_bomb(tmp_path):
    file = io.BytesIO()
    np.save(file, np.zeros((40, 1024, 1024), np.uint8))
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", file.getvalue())
    with pytest.raises(InputError, match=r"a bomb of 41,943,168 bytes"):
        load(tmp_path / "a.npz")


def test_a_file_that_is_cut_off_while_it_is_read_is_a_sentence(tmp_path):
    """And not the end of the process, as of a map."""
    np.save(tmp_path / "a.npy", draw(50, 8, 8, 1))
    data = load(tmp_path / "a.npy", batch_size=2, in_memory=False, cache_dir=tmp_path / "cache")
    np.testing.assert_array_equal(data.examples[:], draw(50, 8, 8, 1))
    os.truncate(tmp_path / "a.npy", 1000)
    with pytest.raises(InputError, match="was cut off"):
        data.examples[[49]]
