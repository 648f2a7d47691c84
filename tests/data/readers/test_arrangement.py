import os

import numpy as np
import pytest

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.arrangement import image_names, rows_of_part
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.readers.reader import fill
from keras_gan.utils.validation import InputError
from tests.data.readers.test_image_files import read_folder, save, scan


def test_a_table_is_none_of_the_files_that_are_left_out(tmp_path, recwarn):
    save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("x")
    assert image_names(Folder(tmp_path), "labels.csv") == ["a.png"]
    assert not recwarn
    with pytest.warns(UserWarning, match=r"with 1 \.csv beside 1"):
        image_names(Folder(tmp_path), None)


def test_a_row_stays_in_its_part_when_others_go():
    names = [f"{number}.png" for number in range(100)]
    first = {names[row] for row in rows_of_part(names, "train[:50%]")}
    less = names[:-10]
    kept = {less[row] for row in rows_of_part(less, "train[:50%]")}
    assert len(first - kept - set(names[-10:])) <= 10
    assert rows_of_part(names, "train") == list(range(100))


def test_labels_of_a_table_stay_with_their_images(tmp_path):
    for number in range(20):
        save(tmp_path / f"{number:02}.png", (number, 0, 0))
    (tmp_path / "12.png").unlink()
    (tmp_path / "12.png").symlink_to("gone")
    lines = "".join(f"{number:02}.png,{number / 10}\n" for number in reversed(range(20)))
    (tmp_path / "t.csv").write_text(f"file,level\n{lines}")
    reader = ImageFiles(Folder(tmp_path), Preprocessing(), "t.csv", "train[:50%]", "skip")
    with pytest.warns(UserWarning, match="skipped 1 of"):
        images, targets, *_ = fill(reader)
    np.testing.assert_allclose(targets.conditions[:, 0], images[:, 0, 0, 0] / 10, rtol=1e-6)
    assert targets.condition_names == ["level"]


@pytest.mark.parametrize("classes", [False, True])
def test_files_of_other_suffixes_are_counted(tmp_path, classes):
    inside = [tmp_path / name for name in ("cat", "dog")] if classes else [tmp_path]
    for number in range(6):
        save(inside[number % len(inside)] / f"{number}.png")
    for name in ("a.HEIC", "b.heic", "c.psd", "d"):
        (inside[0] / name).write_text("x")
    message = (
        r"Files that are not images \(.*\) are left out: .* with 2 \.heic, 1 \.psd, 1 without suffix beside 6 that"
    )
    with pytest.warns(UserWarning, match=message):
        assert len(read_folder(tmp_path).images) == 6


def test_a_folder_of_other_files_for_the_most_part_is_refused(tmp_path):
    for number in range(2):
        save(tmp_path / f"{number}.png")
        (tmp_path / f"{number}.txt").write_text("a note beside a picture is no picture")
        (tmp_path / f"{number}.json").write_text("{}")
    with pytest.warns(UserWarning, match="left out"):
        assert len(read_folder(tmp_path).images) == 2
    for number in range(3):
        (tmp_path / f"{number}.heic").write_text("x")
    with pytest.raises(
        InputError, match=r"for the most part\. Received: .* with 3 \.heic, .* beside 2 that can be read"
    ):
        read_folder(tmp_path)


def test_images_beside_folders_of_images(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "cat" / "b.png")
    with pytest.raises(InputError, match=r"and not both, .* Received: .*'a\.png' beside the folder 'cat'"):
        read_folder(tmp_path)


def test_the_first_folder_is_the_class(tmp_path):
    for name in ("cat/a.png", "cat/2024/b.png", "dog/2023/may/c.png"):
        save(tmp_path / name)
    found = read_folder(tmp_path)
    assert (found.class_names, found.labels.tolist()) == (["cat", "dog"], [0, 0, 1])


def test_without_labels_folders_are_folders(tmp_path):
    for name in ("a.png", "cat/a.png", "cat/deep/b.png"):
        save(tmp_path / name)
    reader = scan(tmp_path, labels=None)
    assert reader.names == ["a.png", "cat/a.png", "cat/deep/b.png"]
    assert reader.targets.labels is None


def test_thousands_of_classes(tmp_path):
    save(tmp_path / "one.png")
    for number in range(3000):
        (tmp_path / "data" / f"{number:04}").mkdir(parents=True)
        os.link(tmp_path / "one.png", tmp_path / "data" / f"{number:04}" / "a.png")
    reader = scan(tmp_path / "data")
    assert reader.targets.labels.tolist() == list(range(3000))
    assert (len(reader), reader.shape, reader.dtype) == (3000, (4, 4, 3), np.uint8)


def test_parts_have_all_classes_and_make_the_whole(tmp_path):
    for number in range(40):
        save(tmp_path / ("cat" if number < 20 else "dog") / f"{number:02}.png", (number, 0, 0))
    left, right = read_folder(tmp_path, "train[:50%]"), read_folder(tmp_path, "train[50%:]")
    assert len(left.images) == len(right.images) == 20
    assert set(left.labels) == set(right.labels) == {0, 1}
    numbers = np.concatenate([left.images, right.images])[:, 0, 0, 0]
    assert sorted(numbers) == list(range(40))
    assert list(left.images[:, 0, 0, 0]) == sorted(left.images[:, 0, 0, 0])
    (tmp_path / "cat" / "00.png").unlink()
    assert read_folder(tmp_path, "train[:3]").class_names == ["cat", "dog"]
    with pytest.raises(InputError, match=r"`split` must be .*'train': '39 examples'"):
        read_folder(tmp_path, "test")
