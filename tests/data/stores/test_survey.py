import json

import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.array_rows import ArrayRows
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores import store as store_module
from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.data.stores.survey import Survey
from keras_gan.utils.validation import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 4, 5, 3), dtype=np.uint8)


@pytest.fixture
def reader(tmp_path):
    np.save(tmp_path / "images.npy", IMAGES)
    return ArrayRows(tmp_path / "images.npy", Preprocessing())


def test_what_a_pass_finds(reader, monkeypatch):
    monkeypatch.setattr(store_module, "_BLOCK", 60 * 7)
    blocks = []
    survey = Survey.of(reader, "mine", lambda block: blocks.append(block.copy()))
    np.testing.assert_array_equal(np.concatenate(blocks), IMAGES)
    assert [len(block) for block in blocks] == [7, 7, 6]
    assert (survey.shape, survey.dtype, survey.left_out, survey.with_rows) == ([20, 4, 5, 3], "|u1", [], True)
    assert survey.digest == MemoryStore(IMAGES).digest
    assert survey.bounds == [IMAGES.min(), IMAGES.max()]
    assert survey.nbytes == 1200
    assert not Survey.of(reader, "mine").with_rows


def test_rows_that_cannot_be_read_are_left_out(tmp_path):
    for index in range(20):
        Image.fromarray(IMAGES[index]).save(tmp_path / f"{index:02d}.png")
    whole = (tmp_path / "07.png").read_bytes()
    (tmp_path / "07.png").write_bytes(whole[:-30])
    reader = ImageFiles(Folder(tmp_path), Preprocessing(), on_bad_image="skip")
    with pytest.warns(UserWarning, match=r"skipped 1 of 20 images .*07\.png"):
        survey = Survey.of(reader, "mine")
    assert (survey.left_out, survey.rows.tolist()) == ([7], [*range(7), *range(8, 20)])
    assert survey.skipped == [str(tmp_path / "07.png")]
    assert survey.digest == MemoryStore(np.delete(IMAGES, 7, 0)).digest


def test_a_reader_that_refuses(tmp_path):
    np.save(tmp_path / "images.npy", (IMAGES / 255).astype(np.float32))
    with pytest.raises(InputError, match=r"`value_range` must say"):
        Survey.of(ArrayRows(tmp_path / "images.npy", Preprocessing()), "mine")


def test_it_comes_back_whole_or_not_at_all(reader, tmp_path):
    file = tmp_path / "survey.json"
    assert Survey.read(file) is None
    survey = Survey.of(reader, "mine \udcff")  # a name that is no UTF-8
    survey.write(file)
    assert Survey.read(file) == survey
    text = file.read_text()
    for damaged in (text[:-20], text.replace("20, 4", "21, 4"), text.replace('"version": 1', '"version": 2'), "", "[]"):
        assert damaged != text
        file.write_text(damaged)
        assert Survey.read(file) is None
    file.write_text(json.dumps({"version": 1, "digest": "0", "survey": "{}"}))
    assert Survey.read(file) is None
