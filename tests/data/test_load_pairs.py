import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from keras_gan import InputError
from keras_gan.data import Downsampled, Grey, load, load_pairs, load_unpaired


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


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_half_is_fitted_by_itself(fit, dtype, tmp_path):
    """As one picture, the halves would lose their outer edges alone, and mix at the seam."""
    half = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (40, 80), dtype=dtype)
    write(tmp_path / "both", {"a": np.concatenate([half, half], axis=1)})
    write(tmp_path / "half", {"a": half})
    sources, targets = everything(load_pairs(tmp_path / "both", image_size=20, fit=fit))
    alone = load(str(tmp_path / "half"), image_size=20, fit=fit, batch_size=1)
    assert_array_equal(sources, targets)
    assert_array_equal(sources, next(iter(alone.in_order(1))))


@pytest.mark.parametrize(("height", "width"), [(4, 7), (8, 10), (8, 8)])
def test_pictures_that_are_not_two(height, width, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    write(tmp_path / "odd", {"a": pixels})
    match = rf"2 side by side.*at least 1.5 times the height. Received: '.*a.png' of {height}x{width} pixels"
    for image_size in (None, 4):
        with pytest.raises(InputError, match=match):
            load_pairs(tmp_path / "odd", image_size=image_size)
    np.save(tmp_path / "odd.npy", pixels[None])
    with pytest.raises(InputError, match="2 side by side"):
        load_pairs(tmp_path / "odd.npy")


def test_partners_with_other_suffixes(tmp_path):
    """Their names say which part they are in and where, without the suffixes."""
    images = {f"{i}": np.full((8, 8, 3), i, np.uint8) for i in range(20)}
    images |= {"a": np.full((8, 8, 3), 30, np.uint8), "a.m": np.full((8, 8, 3), 40, np.uint8)}
    write(tmp_path / "a", images, ".tif")
    write(tmp_path / "b", {name: image + 100 for name, image in images.items()}, ".bmp")
    for split in ("train", "train[:50%]"):
        sources, targets = everything(load_pairs(tmp_path / "a", tmp_path / "b", split=split, batch_size=1))
        assert_array_equal(targets, sources + 100)
    Image.fromarray(images["a"]).save(tmp_path / "a" / "a.png")
    for folders in (("a", "b"), ("b", "a"), ("a", "a")):
        with pytest.raises(InputError, match=r"more than their suffixes. Received: 'a' twice"):
            load_pairs(*(tmp_path / folder for folder in folders))


@pytest.mark.parametrize("sides", [(40, 80), (20, 40), (20, 21), (41, 20), (30, 30)])
def test_partners_of_other_sides(sides, pictures, tmp_path):
    """They would be cropped each in its own way."""
    write(tmp_path / "a", pictures)
    others = {name: np.asarray(Image.fromarray(image).resize((24, 16))) for name, image in pictures.items()}
    write(tmp_path / "b", others)
    for folders in ("ab", "ba"):
        data = load_pairs(*(tmp_path / folder for folder in folders), image_size=8, batch_size=1)
        assert data.sample_shape == data.target_shape == (8, 8, 3)
    assert load_pairs(tmp_path / "a", tmp_path / "b", batch_size=1).target_shape == (16, 24, 3)
    Image.fromarray(others["d9"]).resize(sides[::-1]).save(tmp_path / "b" / "d9.png")
    match = rf"'d9.png' of 8x12 and a target 'd9.png' of {sides[0]}x{sides[1]} pixels"
    with pytest.raises(InputError, match=match):
        load_pairs(tmp_path / "a", tmp_path / "b", image_size=8)


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
    with pytest.raises(InputError, match="`sources` must be a folder of images"):
        load_pairs(tmp_path / "nowhere", tmp_path)
    with pytest.raises(InputError, match=r"`option` must be .* Received: option='labels'"):
        load_pairs(tmp_path, tmp_path, labels=None)
    for load_two in (load_pairs, load_unpaired):
        with pytest.raises(InputError, match="`in_memory` must be"):
            load_two(tmp_path, tmp_path, in_memory=3)
        with pytest.raises(InputError, match=r"`targets` must be the path of a folder or an archive. Received: .*Grey"):
            load_two(tmp_path, Grey())
        with pytest.raises(InputError, match=r"`sources` must be the path .* Received: sources=7"):
            load_two(7)
