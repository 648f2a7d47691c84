import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.data import ImageData
from keras_gan.exploration import nearest
from keras_gan.exploration import neighbours as module
from keras_gan.metrics import FeatureExtractor


@pytest.fixture
def data():
    return ImageData(np.random.default_rng(0).integers(0, 256, (90, 4, 4, 3), dtype=np.uint8))


def brute_force(images, pictures, count):
    """Return rows and distances, one pair at a time."""
    rows, distances = [], []
    for image in images:
        far = [float(np.sqrt(((image.astype("float64") - picture) ** 2).sum())) for picture in pictures]
        order = sorted(range(len(far)), key=lambda row: (far[row], row))[:count]
        rows.append(order)
        distances.append([far[row] for row in order])
    return np.array(rows), np.array(distances)


@pytest.mark.parametrize("block", [7, 1024])
def test_they_are_those_of_brute_force(block, data, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", block)
    samples = np.random.default_rng(1).uniform(-1, 1, (6, 4, 4, 3)).astype("float32")
    found = nearest(samples, data, count=4, verbose=0)
    pictures = data.examples / np.float32(127.5) - np.float32(1)
    rows, distances = brute_force(samples, pictures, 4)
    assert_array_equal(found.rows, rows)
    assert_allclose(found.distances, distances, rtol=1e-12)
    assert_allclose(found.images, pictures[rows], atol=1e-6)
    for index, row in enumerate(rows[:, 0]):
        _, others = brute_force(pictures[[row]], pictures, 2)
        assert found.usual[index] == pytest.approx(others[0, 1])
    assert_allclose(found.ratios, distances[:, 0] / found.usual)


def test_copies_are_told(data):
    twice = ImageData(np.concatenate([data.examples, data.examples[:1]]))
    samples = np.concatenate([data.examples[[5, 0]], 255 - data.examples[:1]])
    found = nearest(samples, twice, count=2, verbose=0)
    assert_array_equal(found.rows[:2, 0], [5, 0])
    assert_array_equal(found.distances[:2, 0], 0)
    assert found.ratios[0] == 0
    assert found.usual[1] == 0, "it is there twice"
    assert found.ratios[1] == 1
    assert found.ratios[2] > 0.5


class Brightness(FeatureExtractor):
    """The mean of all values."""

    def forward(self, samples):
        return np.float32(1) * samples[..., :1, :1, 0][:, 0]


def test_features_are_compared(data):
    found = nearest(data.examples[:3], data, count=1, extractor=Brightness("corner"), verbose=0)
    corner = data.examples[:, 0, 0, 0].astype(int)
    for sample, row in enumerate(found.rows[:, 0]):
        assert corner[row] == corner[sample]


def test_bad_input(data):
    with pytest.raises(InputError, match=r"`images` must be of shape \('n', 4, 4, 3\)"):
        nearest(np.zeros((2, 4, 4, 1)), data)
    with pytest.raises(InputError, match="`count` must be an integer from 1 to 89"):
        nearest(data.examples[:1], data, count=90)
