import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores.decoded_store import DecodedStore
from keras_gan.utils.validation import InputError


@pytest.fixture
def reader(tmp_path):
    for index in range(6):
        Image.new("L", (3, 2), 10 * index).save(tmp_path / f"{index}.png")
    return ImageFiles(Folder(tmp_path), Preprocessing())


def test_rows_that_can_be_read_are_counted_alone(reader):
    store = DecodedStore(reader, np.array([0, 2, 5]))
    assert store.shape == (3, 2, 3, 1)
    assert store[[2, 1, 0]][:, 0, 0, 0].tolist() == [50, 20, 0]


def test_a_file_that_is_gone_is_named(reader, tmp_path):
    (tmp_path / "2.png").unlink()
    store = DecodedStore(reader, np.arange(6))
    with pytest.raises(InputError, match=r"`path` must hold readable images\. Received: .*2\.png"):
        store[1:4]
