import json

import numpy as np
import pytest

from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.label_table import LabelTable
from keras_gan.utils.validation import InputError

NAMES = ["a.png", "b.png", "c.png"]


@pytest.fixture
def table(tmp_path):
    """Write a table beside images, and return what it says of them."""

    def make(text, suffix="csv", images=NAMES, others=()):
        (tmp_path / f"labels.{suffix}").write_text(text if isinstance(text, str) else json.dumps(text))
        return LabelTable.open(f"labels.{suffix}", Folder(tmp_path)).of(images, others)

    return make


def test_a_column_of_texts_is_classes(table):
    targets = table("file,breed\nb.png,dog\na.png,cat\nc.png,dog\n")
    assert (targets.labels.tolist(), targets.class_names) == ([0, 1, 1], ["cat", "dog"])
    assert targets.labels.dtype == np.int32
    assert targets.conditions is None


def test_a_column_called_class_is_classes_whatever_it_holds(table):
    targets = table("file_name,label\na.png,10\nb.png,9\nc.png,10\n")
    assert (targets.labels.tolist(), targets.class_names) == ([1, 0, 1], ["9", "10"])


def test_columns_of_numbers_are_conditions(table):
    targets = table("age,image,angle\n30,b.png,-0.5\n20,a.png,1e-3\n40,c.png,0\n")
    np.testing.assert_allclose(targets.conditions, [[20, 1e-3], [30, -0.5], [40, 0]])
    assert (targets.conditions.dtype, targets.condition_names, targets.labels) == (np.float32, ["age", "angle"], None)
    assert table("file,age\na.png,1\nb.png,2\nc.png,3\n").conditions.tolist() == [[1], [2], [3]]


@pytest.mark.parametrize("tags", [("red round", "", "round"), ("red|round", "", "round"), ("red;round", "", "round")])
def test_tags(table, tags):
    lines = "".join(f"{name},{tag}\n" for name, tag in zip(NAMES, tags, strict=True))
    targets = table(f"file,tags\n{lines}")
    assert targets.conditions.tolist() == [[1, 1], [0, 0], [0, 1]]
    assert targets.condition_names == ["red", "round"]


def test_texts_of_classes_stay_what_they_are(table):
    names = ["007", "7", "12345678901234567"]
    targets = table("file,class\n" + "".join(f"{file},{name}\n" for file, name in zip(NAMES, names, strict=True)))
    assert targets.class_names == names
    rows = [{"file": file, "class": number} for file, number in zip(NAMES, (1, 1.0, 12345678901234568), strict=True)]
    assert table("\n".join(map(json.dumps, rows)), "jsonl").class_names == ["1", "12345678901234568"]


def test_classes_of_one_number_have_the_order_of_their_texts(table):
    """And not that of a set, which is another in each process."""
    names = ["0" * zeros + "7" for zeros in (5, 3, 1, 4, 2, 0)]
    files = [f"{index}.png" for index in range(len(names))]
    rows = "".join(f"{file},{name}\n" for file, name in zip(files, names, strict=True))
    assert table(f"file,class\n{rows}", images=files).class_names == sorted(names)


def test_a_column_of_tags_has_one_separator(table):
    targets = table("file,tags\na.png,blue sky\nb.png,blue sky;dog\nc.png,dog\n")
    assert targets.condition_names == ["blue sky", "dog"]
    assert targets.conditions.tolist() == [[1, 0], [1, 1], [0, 1]]


def test_tabs_and_quotes(table):
    targets = table('file\tbreed\na.png\t"big, brown"\nb.png\tcat\nc.png\tcat\n', "tsv")
    assert targets.class_names == ["big, brown", "cat"]


def test_json_lines(table):
    rows = [{"file_name": name, "age": age} for name, age in zip(NAMES, (1, 2.5, True), strict=True)]
    targets = table("\n".join(map(json.dumps, rows)), "jsonl")
    assert targets.conditions.tolist() == [[1], [2.5], [1]]
    rows = [{"image": name, "kinds": kinds} for name, kinds in zip(NAMES, (["x"], ["y", "x"], []), strict=True)]
    assert table("\n".join(map(json.dumps, rows)), "jsonl").conditions.tolist() == [[1, 0], [1, 1], [0, 0]]
    rows = [{"image": name, "pose": [1, 2]} for name in NAMES]
    assert table("\n".join(map(json.dumps, rows)), "jsonl").condition_names == ["pose_0", "pose_1"]


def test_the_dataset_json_of_stylegan(table):
    targets = table({"labels": [["00000/a.png", 6], ["00000/b.png", 0], ["00000/c.png", 6]]}, "json", [
        f"00000/{name}" for name in NAMES
    ])  # fmt: skip
    assert (targets.labels.tolist(), targets.class_names) == ([1, 0, 1], ["0", "6"])
    targets = table({"labels": [[name, [0.5, index]] for index, name in enumerate(NAMES)]}, "json")
    assert targets.conditions.tolist() == [[0.5, 0], [0.5, 1], [0.5, 2]]


def test_names_without_their_folders(table):
    deep = [f"x/{name}" for name in NAMES]
    assert table("file,age\na.png,1\nb.png,2\nc.png,3\n", images=deep).conditions.tolist() == [[1], [2], [3]]


def test_a_table_elsewhere(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "t.csv").write_text("file,age\na.png,1\n")
    files = Folder(tmp_path / "data")
    assert LabelTable.open(tmp_path / "t.csv", files).of(["a.png"]).conditions.tolist() == [[1]]
    with pytest.raises(InputError, match=r"`labels` must be 'folders', None, or a table that exists"):
        LabelTable.open("gone.csv", files)
    (tmp_path / "t.txt").write_text("x")
    with pytest.raises(InputError, match=r"`labels` must end in \.csv"):
        LabelTable.open(tmp_path / "t.txt", files)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,age\na.png,1\nb.png,2\nc.png,3\nd.png,4\n", r"name files that exist\. .*'d\.png', of which there is no"),
        ("file,age\na.png,1\na.png,2\nb.png,2\nc.png,3\n", r"name each file once\. .*'a\.png' more than once"),
        ("file,age\na.png,1\nb.png,nan\nc.png,3\n", r"hold finite numbers\. .*'nan' in 'age' of 'b\.png'"),
        ("file,age\na.png,1\nb.png,inf\nc.png,3\n", r"hold finite numbers\. .*'inf' in 'age' of 'b\.png'"),
        ("file,age\na.png,1\nb.png,1e99\nc.png,3\n", r"hold finite numbers\. .*'1e99' in 'age' of 'b\.png'"),
        ("file,age\na.png,1\nc.png,3\n", r"have a row for each image\. .*none of 'b\.png'"),
        ("file,age,x\na.png,1,1\nb.png,,2\nc.png,3,3\n", r"or numbers in all\. .*'' in 'age' of 'b\.png'"),
        ("file,breed\na.png,cat\nb.png,\nc.png,dog\n", r"have a class in 'breed' in each row\. .*'' of 'b\.png'"),
        ("file,age\na.png,1\nb.png\nc.png,3\n", r"be a table\. .*line 3 has 1 cells, the first one has 2"),
        ("file,a,a\na.png,1,2\n", r"be a table\. .*must have names of their own"),
        ("file\na.png\nb.png\nc.png\n", r"have a column beside the names"),
        ("file,age\n", r"have rows\. .*none"),
        ("", r"be a table|have rows"),
        ('file,age\na.png,"1\n', r"be a table"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_bad_tables(table, text, message):
    with pytest.raises(InputError, match=rf"`labels` must .*({message})"):
        table(text)


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        ('{"labels": null}', "json", r"must be \{\"labels\""),
        ("[1, 2]", "json", r"must be \{\"labels\""),
        ("{", "json", "JSONDecodeError"),
        ('{"age": 1}', "jsonl", r"line 1 must be an object with one of the entries"),
        ('{"file": "a.png", "age": 1}\n{"file": "b.png"}', "jsonl", r"have the columns \['age'\] in each row"),
        ('{"file": "a.png", "age": NaN}', "jsonl", "hold finite numbers"),
        ('{"file": "a.png", "class": null}', "jsonl", "have a class in 'class'"),
        ('{"file": "a.png", "pose": ["x", 1]}', "jsonl", "numbers in all"),
    ],
)
def test_bad_json(table, text, suffix, message):
    with pytest.raises(InputError, match=f"`labels` must .*{message}"):
        table(text, suffix, images=["a.png"], others=["b.png"])


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"file,age\n\xff\xfe,1\n")
    with pytest.raises(InputError, match=r"`labels` must be a table\. .*UnicodeDecodeError"):
        LabelTable.open("t.csv", Folder(tmp_path))


def test_rows_of_files_that_can_not_be_used(table):
    text = "file,age\na.png,1\nb.png,2\nc.png,3\n"
    assert table(text, images=["a.png", "c.png"], others=["b.png"]).conditions.tolist() == [[1], [3]]
