from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics.features.published_features import PublishedFeatures
from keras_gan.metrics.features.torch_weights import weight_shapes

DATA = Path(__file__).parent / "data"


class Tiny(PublishedFeatures):
    """The dense layer of the tiny file that torch wrote, of the mean colours."""

    def __init__(self, weights=None, blue=1.0, **options):
        super().__init__(weights, batch_size=4, name="tiny", **options)
        self.blue = blue

    @property
    def identity(self):
        return "tiny", str(self.blue)

    @staticmethod
    def build():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="2")])

    def forward(self, samples):
        means = keras.ops.mean(keras.ops.cast(self.coloured(samples), "float32"), axis=(1, 2))
        return {"features": self.network(means * np.array([1.0, 1.0, self.blue], np.float32), training=False)}


IMAGES = np.random.default_rng(0).integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)


@pytest.mark.parametrize("file", ["tiny_zip.pth", "tiny_legacy.pth", "tiny.npz"])
def test_weights_of_a_file(file):
    arrays = np.load(DATA / "tiny.npz")
    expected = IMAGES.mean(axis=(1, 2)) @ arrays["2.weight"].T + arrays["2.bias"]
    extractor = Tiny(DATA / file)
    assert_allclose(extractor(IMAGES), expected, rtol=1e-4)
    assert weight_shapes(extractor.network) == {"2.weight": (2, 3), "2.bias": (2,)}


def test_the_digest_is_of_the_weights_and_of_what_is_done_first(tmp_path):
    arrays = dict(np.load(DATA / "tiny.npz"))
    np.savez(tmp_path / "same.npz", **{name: arrays[name] for name in reversed(arrays)}, further=np.zeros(2))
    np.savez(tmp_path / "other.npz", **{**arrays, "2.bias": arrays["2.bias"] + 1})
    first = Tiny(DATA / "tiny_zip.pth").digest
    assert first == Tiny(tmp_path / "same.npz").digest
    assert len({first, Tiny(tmp_path / "other.npz").digest, Tiny(DATA / "tiny.npz", blue=0.5).digest}) == 3


def test_grey_images_have_three_equal_channels():
    extractor = Tiny(DATA / "tiny.npz")
    assert_allclose(extractor(IMAGES[..., :1]), extractor(IMAGES[..., :1].repeat(3, axis=-1)), rtol=1e-5)
    with pytest.raises(
        InputError, match=r"must be images \(n, h, w, 1 or 3\) for Tiny. Received: shape \(None, 5, 4, 2\)"
    ):
        extractor(IMAGES[..., :2])


def test_nothing_is_read_before_it_is_needed(tmp_path):
    extractor = Tiny(tmp_path / "later.npz")
    assert extractor.get_config() == {"name": "tiny", "batch_size": 4, "weights": str(tmp_path / "later.npz")}
    with pytest.raises(InputError, match=r"`weights` must be a file. Received: weights='.*later.npz'"):
        extractor(IMAGES)
    with pytest.raises(InputError, match=r"`weights` must be a file for Tiny. Received: weights=None"):
        Tiny()(IMAGES)
    (tmp_path / "later.npz").write_bytes((DATA / "tiny.npz").read_bytes()[:-40])
    with pytest.raises(InputError, match=r"`weights` must be a whole .npz file. Received: weights='.*later.npz'"):
        extractor(IMAGES)
