import numpy as np
import pytest

from keras_gan.data import ArrayData, ImageData
from keras_gan.utils.depth import Depth
from keras_gan.utils.validation import InputError


def test_it_knows_its_size():
    data = ImageData(np.zeros((5, 8, 8, 3), np.uint8), [0, 1, 2, 0, 1], batch_size=2)
    assert isinstance(data, ArrayData)
    assert (data.image_size, data.channels, data.sample_shape, data.num_classes) == ((8, 8), 3, (8, 8, 3), 3)
    assert repr(data).startswith("<ImageData 'image_data': 5 examples of (8, 8, 3) uint8, 3 classes")


def test_floats_within_the_range_are_taken():
    images = np.array([-1.0, 1.0]).reshape(2, 1, 1, 1)
    assert next(iter(ImageData(images, batch_size=2).in_order())).numpy().ravel().tolist() == [-1.0, 1.0]


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 3, 8, 8), (5, 1, 28, 28), (5, 8, 8, 65)])
def test_other_shapes_are_refused(shape):
    message = r"`examples` must be .*channels last.*Received: .*shape"
    with pytest.raises(InputError, match=message):
        ImageData(np.zeros(shape, np.uint8))


def test_other_ranges_are_refused():
    images = np.linspace(0, 255, 8).reshape(2, 2, 2, 1)
    with pytest.raises(
        InputError, match=r"`examples` must be finite and in \[-1, 1\].*hand over uint8.* from 0 to 255"
    ):
        ImageData(images)


@pytest.mark.parametrize("channels", [1, 2, 4, 7, 64])
@pytest.mark.parametrize("size", [(8, 8), (33, 47), (5, 70)])
def test_any_size_and_channels(size, channels):
    images = np.random.default_rng(0).integers(0, 256, (4, *size, channels), dtype=np.uint8)
    data = ImageData(images, batch_size=2)
    assert (data.image_size, data.channels) == (size, channels)
    assert next(iter(data.dataset())).shape == (2, *size, channels)


def test_conditions_are_streamed_beside_the_images():
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
    conditions = np.arange(12).reshape(6, 2) / 10
    data = ImageData(images, conditions=conditions, condition_names=["age", "angle"], batch_size=3)
    assert (data.condition_dim, data.num_classes, data.labels) == (2, None, None)
    assert "2 conditions" in repr(data)
    for some, told in data.dataset().take(4):
        assert told.dtype == "float32"
        np.testing.assert_allclose(told, conditions[some.numpy().ravel()], rtol=1e-6)
    assert data.digest != ImageData(images, batch_size=3).digest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"conditions": np.zeros(5)}, r"`conditions` must be vectors of shape \(5, k\)"),
        ({"conditions": np.zeros((4, 2))}, r"`conditions` must be vectors of shape \(5, k\)"),
        ({"conditions": np.full((5, 1), np.nan)}, r"`conditions` must be finite.*conditions\[0\]"),
        ({"conditions": np.zeros((5, 2)), "labels": [0] * 5}, "`labels` must be None where there are `conditions`"),
        (
            {"conditions": np.zeros((5, 2)), "condition_names": ["a"]},
            "a name for each of 2 columns",
        ),
        (
            {"conditions": np.zeros((5, 2)), "condition_names": ["a", "a"]},
            "a sequence of distinct strings",
        ),
        ({"condition_names": ["a"]}, "`condition_names` must be None without conditions"),
    ],
)
def test_conditions_that_are_none(arguments, message):
    with pytest.raises(InputError, match=message):
        ImageData(np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1), **arguments)


def test_the_depth_of_the_files():
    images = np.zeros((2, 4, 4, 1), np.uint8)
    images[0] = 255
    assert ImageData(images).depth == Depth("uint8", 0, 255)
    assert ImageData(images / 127.5 - 1).depth == Depth("float32", -1, 1)
    assert ImageData(images, depth=Depth("uint16", 0, 4095)).depth.high == 4095
