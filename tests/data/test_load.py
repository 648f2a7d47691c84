import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from keras_gan.data import ImageData, load
from keras_gan.data.readers import fashion_mnist
from keras_gan.data.readers.folder import Folder
from keras_gan.data.stores import choice
from keras_gan.data.stores.file_store import FileStore
from keras_gan.utils.validation import InputError


def run(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_digits(tfds_dir):
    data = load("digits", batch_size=32, seed=3, data_dir=tfds_dir)
    assert isinstance(data, ImageData)
    assert (len(data), data.sample_shape, data.num_classes) == (1797, (8, 8, 1), 10)
    assert (data.batch_size, data.seed, data.name) == (32, 3, "digits")
    assert data.class_names == [str(digit) for digit in range(10)]
    assert data.examples.max() == 255
    assert data.digest == load("digits", data_dir=tfds_dir).digest
    resized = load("digits", image_size=16, channels=3, split="train[:90%]", data_dir=str(tfds_dir))
    assert resized.examples.shape == (1617, 16, 16, 3)


@pytest.mark.skipif(not fashion_mnist.DIRECTORY.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_fashion_mnist():
    data = load("fashion_mnist", split="test[:500]")
    assert (data.examples.shape, data.class_names[9]) == ((500, 28, 28, 1), "Ankle boot")
    padded = load("fashion_mnist", split="test[:500]", image_size=32)
    assert padded.examples.shape == (500, 32, 32, 1)
    np.testing.assert_array_equal(padded.labels, data.labels)


def test_fashion_mnist_without_debians_files_goes_to_tfds(tmp_path, monkeypatch):
    monkeypatch.setattr(fashion_mnist, "DIRECTORY", tmp_path / "gone")
    monkeypatch.setattr("keras_gan.data.readers.tfds.has_network", lambda url: False)
    with pytest.raises(InputError, match="apt-get install dataset-fashion-mnist"):
        load("fashion_mnist", data_dir=tmp_path)


def test_folders(tmp_path, monkeypatch):
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    Image.new("RGB", (4, 4)).save(tmp_path / "pictures" / "cat" / "a.png")
    monkeypatch.chdir(tmp_path)
    for path in ("pictures", "./pictures", "pictures/", tmp_path / "pictures", str(tmp_path / "pictures")):
        data = load(path, image_size=2)
        assert (data.examples.shape, data.class_names) == ((1, 2, 2, 3), ["cat"])
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(load("~/pictures")) == 1


@pytest.mark.parametrize("path", ["gone/pictures", "./gone", "/gone", "~/gone"])
def test_a_path_that_is_not_there(path):
    with pytest.raises(InputError, match=r"`path` must be a folder of images that exists, a zip or a tar"):
        load(path)


def test_a_file_is_no_folder(tmp_path, monkeypatch):
    (tmp_path / "images.zip").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="`path` must be a folder"):
        load("images.zip")


def test_a_name_and_a_configuration_are_no_path(tfds_dir):
    with pytest.raises(InputError, match=r"`name_or_path` must be .*'glue/cola', with the features .*'Text'"):
        load("glue/cola", data_dir=tfds_dir)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name_or_path": ""}, r"`name_or_path` must be the name .*Received: name_or_path=''"),
        ({"name_or_path": 5}, r"`name_or_path` must be the name .*Received: name_or_path=5"),
        ({"image_size": 0}, r"`image_size` must be an integer >= 1"),
        ({"channels": 65}, r"`channels` must be an integer from 1 to 64\. Received: channels=65"),
        ({"batch_size": 0}, r"`batch_size` must be an integer >= 1"),
        ({"seed": -1}, r"`seed` must be an integer"),
        ({"in_memory": "no"}, r"`in_memory` must be .auto., True or False\. Received: in_memory=.no."),
        ({"split": "tran"}, r"`split` must be .*Did you mean 'train'\?"),
    ],
)
def test_arguments_are_checked(options, message, tfds_dir):
    with pytest.raises(InputError, match=message):
        load(**({"name_or_path": "digits", "data_dir": tfds_dir} | options))


@pytest.mark.long
@pytest.mark.full
def test_two_processes_may_be_the_first(tmp_path):
    code = "import sys; from keras_gan.data import load; print(load('digits', data_dir=sys.argv[1]).digest)"
    processes = [run(code, tmp_path) for _ in range(2)]
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    assert results[0][0] == results[1][0] != ""


@pytest.mark.long
def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, keras; before = set(sys.modules); import keras_gan.data; new = set(sys.modules) - before;"
        "print([name for name in sorted(new) if name.split('.')[0] in ('tensorflow_datasets', 'sklearn')])"
    )
    # Keras itself imports scikit-learn where it is installed: what counts is what is added.
    output, errors = run(code).communicate(timeout=120)
    assert output.strip() == "[]", errors


def test_a_folder_here_and_a_data_set_of_one_name(tmp_path, monkeypatch, tfds_dir):
    monkeypatch.chdir(tmp_path)
    for name in ("digits", "mnist", "glue/cola", "mine"):
        (tmp_path / name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(tmp_path / name / "one.png")
    for name in ("digits", "mnist", "glue/cola"):
        message = (
            rf"`name_or_path` must say which of two is meant: '\./{name}' is the folder .*'tfds:{name}' the data set"
        )
        with pytest.raises(InputError, match=message):
            load(name, data_dir=tfds_dir)
        assert len(load(f"./{name}", batch_size=1)) == 1
    assert len(load("mine", batch_size=1)) == 1
    digits = load("tfds:digits", data_dir=tfds_dir)
    assert (len(digits), digits.name) == (1797, "digits")


def test_a_prefix_without_a_folder(tfds_dir):
    assert len(load("tfds:digits", data_dir=tfds_dir)) == 1797
    with pytest.raises(InputError, match=r"Did you mean 'mnist'\?.*'mnst'"):
        load("tfds:mnst", data_dir=tfds_dir)


def test_where_images_are_kept_changes_nothing(tmp_path):
    drawn = np.random.default_rng(0).integers(0, 256, (30, 8, 6, 3), dtype=np.uint8)
    for index, image in enumerate(drawn):
        (tmp_path / "pictures" / "abc"[index % 3]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "pictures" / "abc"[index % 3] / f"{index}.png")
    whole = (tmp_path / "pictures/b/10.png").read_bytes()
    (tmp_path / "pictures/b/10.png").write_bytes(whole[:-40])
    options = {"image_size": 5, "batch_size": 7, "balanced": True, "on_bad_image": "skip", "cache_dir": tmp_path / "c"}
    with pytest.warns(UserWarning, match="skipped 1 of 30"):
        memory = load(tmp_path / "pictures", in_memory=True, **options)
    with pytest.warns(UserWarning, match="skipped 1 of 30"):
        disk = load(tmp_path / "pictures", in_memory=False, **options)
    again = load(tmp_path / "pictures", in_memory=False, **options)
    assert isinstance(disk.store, FileStore)
    for data in (disk, again):
        assert (data.digest, data.skipped, data.class_names) == (memory.digest, memory.skipped, memory.class_names)
        for (images, labels), ours in zip(memory.dataset(5).take(9), data.dataset(5).take(9), strict=True):
            np.testing.assert_array_equal(images, ours[0])
            np.testing.assert_array_equal(labels, ours[1])


def test_a_second_start_opens_no_file(tmp_path, monkeypatch):
    drawn = np.random.default_rng(0).integers(0, 256, (12, 8, 6), dtype=np.uint16) * 257
    for index, image in enumerate(drawn):
        (tmp_path / "pictures" / "ab"[index % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "pictures" / "ab"[index % 2] / f"{index}.png")
    options = {"batch_size": 4, "cache_dir": tmp_path / "cache"}
    first = load(tmp_path / "pictures", in_memory=False, **options)
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "open", lambda self, name: pytest.fail(f"{name} was opened"))
        again = load(tmp_path / "pictures", in_memory=False, **options)
        patch.setattr(choice, "available_memory", lambda: 10)
        auto = load(tmp_path / "pictures", **options)
    for data in (again, auto):
        assert (data.digest, data.depth, data.class_names) == (first.digest, first.depth, first.class_names)
        assert data.depth.dtype == "uint16"
        np.testing.assert_array_equal(data.labels, first.labels)
    assert isinstance(load(tmp_path / "pictures", **options).examples, np.ndarray)  # it fits well
    assert isinstance(load(tmp_path / "pictures", in_memory=True, **options).examples, np.ndarray)


def test_what_was_prepared_without_bad_images_is_not_taken_where_they_are_an_error(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(12):
        pixels = np.random.default_rng(index).integers(0, 256, (8, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    for damage in (-40, 20):  # bad when it is decoded, and in its header
        (folder / "03.png").write_bytes((folder / "04.png").read_bytes()[:damage])
        options = {"in_memory": False, "cache_dir": tmp_path / "cache"}
        with pytest.warns(UserWarning, match="skipped 1 of 12"):
            skipped = load(folder, on_bad_image="skip", **options)
        assert (len(skipped), skipped.skipped) == (11, (str(folder / "03.png"),))
        assert load(folder, on_bad_image="skip", **options).digest == skipped.digest
        with pytest.raises(InputError, match=r"03\.png"):
            load(folder, **options)


HERE = pytest.mark.skipif(not fashion_mnist.DIRECTORY.is_dir(), reason="dataset-fashion-mnist is not installed")


@pytest.mark.parametrize("name", ["digits", pytest.param("fashion_mnist", marks=HERE)])
def test_named_data_may_be_kept_on_disk_too(name, tmp_path, tfds_dir):
    options = {"split": "test[:300]" if name == "fashion_mnist" else "train[:300]", "image_size": 12}
    in_memory, on_disk, again = (
        load(name, **options, in_memory=kept, cache_dir=tmp_path, data_dir=str(tfds_dir))
        for kept in (True, False, False)
    )
    assert on_disk.digest == again.digest == in_memory.digest
    assert on_disk.class_names == again.class_names == in_memory.class_names
    assert isinstance(again.store, FileStore)
    for ours, theirs in zip(again.dataset(3).take(3), in_memory.dataset(3).take(3), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])
