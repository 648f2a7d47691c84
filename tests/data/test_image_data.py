import numpy as np
import pytest
from PIL import Image

from keras_gan.data import ArrayData, ImageData
from keras_gan.utils.validation import InputError


def test_it_knows_its_size():
    data = ImageData(np.zeros((5, 8, 8, 3), np.uint8), [0, 1, 2, 0, 1], batch_size=2)
    assert isinstance(data, ArrayData)
    assert (data.image_size, data.channels, data.sample_shape, data.num_classes) == (8, 3, (8, 8, 3), 3)
    assert repr(data).startswith("<ImageData 'image_data': 5 examples of (8, 8, 3) uint8, 3 classes")


def test_floats_within_the_range_are_taken():
    images = np.array([-1.0, 1.0]).reshape(2, 1, 1, 1)
    assert next(iter(ImageData(images, batch_size=2).in_order())).numpy().ravel().tolist() == [-1.0, 1.0]


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 4, 3), (5, 3, 8, 8), (5, 8, 8, 2), (5, 8, 8, 4)])
def test_other_shapes_are_refused(shape):
    message = r"`examples` must be square images, channels last.*Received: .*shape"
    with pytest.raises(InputError, match=message):
        ImageData(np.zeros(shape, np.uint8))


def test_other_ranges_are_refused():
    images = np.linspace(0, 255, 8).reshape(2, 2, 2, 1)
    with pytest.raises(
        InputError, match=r"`examples` must be finite and in \[-1, 1\].*hand over uint8.* from 0 to 255"
    ):
        ImageData(images)


def test_from_folder(tmp_path):
    for index, name in enumerate(("cat", "dog")):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (6, 4), (100 * index, number, 0)).save(tmp_path / name / f"{number}.png")
    data = ImageData.from_folder(tmp_path, image_size=4, batch_size=3, seed=1)
    assert (data.image_size, data.class_names, data.batch_size, data.seed) == (4, ["cat", "dog"], 3, 1)
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.examples[4, 0, 0].tolist() == [100, 1, 0]
    assert data.name == str(tmp_path)
