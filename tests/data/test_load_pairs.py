import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from keras_gan import InputError
from keras_gan.data import Downsampled, Grey, load_pairs, load_unpaired


def write(folder, images, suffix=".png"):
    folder.mkdir(parents=True)
    for name, image in images.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{name}{suffix}")
    return folder


@pytest.fixture
def pictures():
    generator = np.random.default_rng(0)
    names = ["b", "a", "sub/c", "d10", "d9"]
    return {name: generator.integers(0, 256, (8, 12, 3), dtype=np.uint8) for name in names}


def everything(data):
    return [np.asarray(part) for part in next(iter(data.in_order(100)))]


def test_two_folders_with_the_same_names(pictures, tmp_path):
    write(tmp_path / "photos", pictures)
    write(tmp_path / "maps", {name: 255 - image for name, image in pictures.items()}, ".bmp")
    data = load_pairs(tmp_path / "photos", tmp_path / "maps", batch_size=2)
    sources, targets = everything(data)
    assert sources.shape == (5, 8, 12, 3)
    assert_array_equal(targets, 255 - sources)
    grey, again = everything(load_pairs(tmp_path / "photos", tmp_path / "maps", source_channels=1, swap=True))
    assert (grey.shape, again.shape) == ((5, 8, 12, 3), (5, 8, 12, 1))
    assert_array_equal(grey, targets)


def test_a_missing_partner_is_named(pictures, tmp_path):
    write(tmp_path / "photos", pictures)
    write(tmp_path / "maps", {name: image for name, image in pictures.items() if name != "sub/c"})
    with pytest.raises(InputError, match=r"none in '.*maps' for 'sub/c'$"):
        load_pairs(tmp_path / "photos", tmp_path / "maps")
    with pytest.raises(InputError, match=r"none in '.*maps' for 'sub/c'$"):
        load_pairs(tmp_path / "maps", tmp_path / "photos")


def test_parts_of_the_files_stay_pairs(tmp_path):
    images = {f"{i}": np.full((8, 8, 3), i, np.uint8) for i in range(20)}
    write(tmp_path / "a", images)
    write(tmp_path / "b", {name: image + 100 for name, image in images.items()})
    for split, count in (("train[:75%]", 15), ("train[75%:]", 5)):
        sources, targets = everything(load_pairs(tmp_path / "a", tmp_path / "b", split=split, batch_size=1))
        assert len(sources) == count
        assert_array_equal(targets, sources + 100)


def test_side_by_side(pictures, tmp_path):
    joined = {name: np.concatenate([image, 255 - image], axis=1) for name, image in pictures.items()}
    write(tmp_path / "both", joined)
    sources, targets = everything(load_pairs(tmp_path / "both"))
    assert sources.shape == (5, 8, 12, 3)
    assert_array_equal(targets, 255 - sources)
    small = load_pairs(tmp_path / "both", image_size=(4, 6))
    assert small.sample_shape == small.target_shape == (4, 6, 3)
    write(tmp_path / "odd", {"a": np.zeros((4, 7, 3), np.uint8) + np.arange(3, dtype=np.uint8)})
    with pytest.raises(InputError, match=r"even width. Received: 7"):
        load_pairs(tmp_path / "odd")


def test_a_picture_and_a_function(pictures, tmp_path):
    write(tmp_path / "photos", pictures)
    data = load_pairs(Downsampled(2), tmp_path / "photos", crop=2, flip=True, batch_size=2)
    assert (data.sample_shape, data.target_shape) == ((2, 2, 3), (4, 4, 3))
    colours = load_pairs(Grey(), tmp_path / "photos", image_size=8, batch_size=2)
    assert (colours.sample_shape, colours.target_shape) == ((8, 8, 1), (8, 8, 3))
    with pytest.raises(InputError, match="`targets` must be given"):
        load_pairs(Grey())


def test_unpaired(pictures, tmp_path):
    write(tmp_path / "set/trainA", pictures)
    write(tmp_path / "set/trainB", {"x": pictures["a"], "y": pictures["b"]})
    write(tmp_path / "set/testA", {"x": pictures["a"]})
    write(tmp_path / "set/testB", {"x": pictures["b"]})
    data = load_unpaired(tmp_path / "set", channels=1, image_size=8, batch_size=2)
    assert (len(data), data.sample_shape, data.target_shape) == (5, (8, 8, 3), (8, 8, 1))
    assert len(load_unpaired(tmp_path / "set", split="test", batch_size=1)) == 1
    both = load_unpaired(tmp_path / "set/trainB", tmp_path / "set/trainA", batch_size=1)
    assert len(both) == 5


def test_what_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be a folder of images"):
        load_pairs(tmp_path / "nowhere", tmp_path)
    with pytest.raises(InputError, match="`labels` and `on_bad_image` are for"):
        load_pairs(tmp_path, tmp_path, labels=None)
