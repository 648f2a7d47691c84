import numpy as np
import pytest
from PIL import Image

from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.data.stores.source_store import SourceStore
from keras_gan.utils.validation import InputError

PIXELS = np.random.default_rng(0).integers(0, 256, (10, 4, 5, 3), dtype=np.uint8)


class Source:
    """Counts what is asked for."""

    def __init__(self, *items):
        self.items, self.asked = items, 0

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        self.asked += 1
        return self.items[index]


def test_samples_and_labels_in_one_pass():
    source = Source(*((image, np.int64(index % 3)) for index, image in enumerate(PIXELS)))
    store = SourceStore(source)
    assert store.targets.tolist() == [index % 3 for index in range(10)]
    assert (store.digest, store.bounds) == (MemoryStore(PIXELS).digest, (PIXELS.min(), PIXELS.max()))
    assert source.asked == 1 + 10
    np.testing.assert_array_equal(store[[7, 2]], PIXELS[[7, 2]])


def test_samples_alone_are_not_read_for_labels():
    source = Source(*PIXELS)
    assert SourceStore(source).targets is None
    assert source.asked == 1


def test_what_numpy_makes_an_array_of():
    store = SourceStore(Source(*((Image.fromarray(image), [0.5, index]) for index, image in enumerate(PIXELS))))
    np.testing.assert_array_equal(store[:], PIXELS)
    assert store.targets[3].tolist() == [0.5, 3]
    assert SourceStore(Source(np.zeros(3), np.ones(3)))[:].dtype == np.float32


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "The data set must not be empty"),
        ([{"image": PIXELS[0]}], r"An item must be a sample or \(sample, label\)\. Received: dict, at item 0"),
        ([(PIXELS[0], "cat")], r"An item must be .*Received: \(ndarray, str\), at item 0"),
        ([np.zeros((2, 2), np.int64)], r"Samples must be uint8 or floating point\. Received: dtype int64, of item 0"),
        ([PIXELS[0], PIXELS[0][:2]], r"like the first, uint8 \(4, 5, 3\)\. Received: item 1, uint8 \(2, 5, 3\)"),
        ([PIXELS[0], PIXELS[0] / 255], r"Received: item 1, float64 \(4, 5, 3\)"),
        ([(PIXELS[0], 1), PIXELS[0]], r"like the first, uint8 \(4, 5, 3\) with a label\. Received: item 1, uint8"),
    ],
)
def test_items_that_are_none(items, message):
    with pytest.raises(InputError, match=message):
        SourceStore(Source(*items))[:]


def test_an_error_of_the_source_is_told():
    class Broken(Source):
        def __getitem__(self, index):
            if index == 2:
                raise OSError("gone")
            return super().__getitem__(index)

    with pytest.raises(InputError, match=r"readable to their end\. Received: OSError: gone, at item 2"):
        SourceStore(Broken(*PIXELS))[:]


def test_labels_that_differ_in_shape_are_told_of():
    store = SourceStore(Source((PIXELS[0], [0, 1]), (PIXELS[1], [1])))
    with pytest.raises(
        InputError, match=r"All labels must be like the first, of shape \(2,\)\. .*item 1.* shape \(1,\)"
    ):
        _ = store.targets


def test_samples_without_values():
    with pytest.raises(InputError, match=r"must have values\. Received: shape \(0, 4\), of item 0"):
        SourceStore(Source((np.zeros((0, 4), np.uint8), 0)))
