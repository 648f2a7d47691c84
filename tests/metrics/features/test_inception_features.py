import hashlib
import urllib.error
import urllib.request

import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import FrechetDistance, InceptionFeatures
from keras_gan.metrics.features import inception_features as module
from keras_gan.metrics.features.inception_network import inception_network
from keras_gan.metrics.features.torch_weights import weight_shapes
from tests.metrics.features.inception_weights import image, random_array
from tests.metrics.features.test_inception_network import REFERENCE


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of random weights, with a name too many, as torch's has."""
    file = tmp_path_factory.mktemp("weights") / "random.npz"
    arrays = {name: random_array(name, shape) for name, shape in weight_shapes(inception_network()).items()}
    np.savez(file, **arrays, **{"fc.bias": np.zeros(1008, np.float32)})
    return file


@pytest.fixture(scope="module")
def extractor(weights):
    return InceptionFeatures(weights, resize="legacy")


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("head", ["features", "logits"])
def test_it_is_torch_fidelitys_from_the_image_on(extractor, head):
    assert_allclose(extractor(image(), head)[0], REFERENCE[head], atol=1e-4 * np.abs(REFERENCE[head]).max())


@pytest.mark.long
def test_clean_is_another_function(extractor, weights):
    clean = InceptionFeatures(weights)
    assert (clean.name, extractor.name) == ("inception_2015_clean", "inception_2015_legacy")
    assert clean.digest != extractor.digest
    assert np.abs(clean(image()) - extractor(image())).max() > 1e-2


@pytest.mark.long
def test_floats_are_the_images_that_they_stand_for(extractor):
    assert_allclose(extractor((image() / 127.5 - 1).astype(np.float32)), extractor(image()), rtol=1e-6)
    with pytest.raises(InputError, match=r"images in \[-1, 1\] if they are floats. Received: given samples from"):
        extractor(image().astype(np.float32))


@pytest.mark.long
def test_grey_images_and_any_batch(extractor):
    grey = image()[..., :1].repeat(3, axis=0)
    features = extractor(grey)
    assert features.shape == (3, 2048)
    assert_allclose(features[0], extractor(grey[:1].repeat(3, axis=-1))[0], rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match=r"`samples` must be images \(n, h, w, 1 or 3\) for InceptionFeatures"):
        extractor(np.zeros((2, 5), np.float32))


@pytest.mark.long
def test_config(weights):
    metric = FrechetDistance(InceptionFeatures(weights, resize="legacy", batch_size=8))
    again = FrechetDistance.from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert again.extractor.weights == str(weights)
    with pytest.raises(InputError, match=r"`resize` must be one of \['clean', 'legacy'\]"):
        InceptionFeatures(resize="bicubic")


def test_files_that_are_none(tmp_path):
    for name, content in (("no.npz", None), ("bad.npz", b"nothing"), ("bad.pth", b"nothing")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="must be"):
            InceptionFeatures(tmp_path / name)(image())


def test_without_a_network_it_says_what_to_do(tmp_path, monkeypatch):
    def refuse(url, timeout):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=rf"download https://.*pth elsewhere.*{tmp_path}.*no network"):
        InceptionFeatures()(image())
    assert not list(tmp_path.iterdir())


def test_the_download_is_checked_and_kept(tmp_path, monkeypatch):
    source = tmp_path / module.URL.split("/")[-1]
    source.write_bytes(b"weights")
    monkeypatch.setattr(module, "URL", source.as_uri())
    cache = tmp_path / "cache"
    with pytest.raises(InputError, match=rf"SHA-256 {hashlib.sha256(b'weights').hexdigest()} instead of 6726825d0a"):
        InceptionFeatures(cache_dir=cache)(image())
    assert not list(cache.iterdir())
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(b"weights").hexdigest())
    assert module._downloaded(cache).read_bytes() == b"weights"
    source.unlink()
    assert module._downloaded(cache).read_bytes() == b"weights", "from the cache"
    module._downloaded(cache).write_bytes(b"damaged")
    with pytest.raises(InputError, match="`weights` must be a file where there is no network"):
        module._downloaded(cache)
