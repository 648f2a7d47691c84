import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import DINOv2Features, FrechetDistance
from keras_gan.metrics.features.dinov2_network import dinov2_network
from tests.metrics.features.dinov2_weights import image
from tests.metrics.features.test_dinov2_network import REFERENCE, random_arrays


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of random weights, with the name too many that the published one has."""
    file = tmp_path_factory.mktemp("weights") / "random.npz"
    np.savez(file, **random_arrays(dinov2_network()), mask_token=np.zeros((1, 384), np.float32))
    return file


@pytest.fixture(scope="module")
def extractor(weights):
    return DINOv2Features(weights)


@pytest.mark.long
def test_it_is_timms_from_the_image_on(extractor):
    expected = REFERENCE["features"]
    assert_allclose(extractor(image())[0], expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.long
def test_grey_images_floats_and_any_batch(extractor):
    grey = image()[..., :1].repeat(3, axis=0)
    features = extractor(grey)
    assert features.shape == (3, 384)
    assert_allclose(features[0], extractor(grey[:1].repeat(3, axis=-1))[0], rtol=1e-4, atol=1e-4)
    assert_allclose(extractor((image() / 127.5 - 1).astype(np.float32)), extractor(image()), rtol=1e-5, atol=1e-5)
    with pytest.raises(InputError, match=r"`samples` must be images \(n, h, w, 1 or 3\) for DINOv2Features"):
        extractor(np.zeros((2, 5), np.float32))
    with pytest.raises(InputError, match=r"must have a head 'logits' .* Received: 'dinov2_vits14' with the heads"):
        extractor(image(), "logits")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:frechet_distance")  # of few samples
def test_the_distance_says_whose_features_it_is_of(extractor, weights):
    metric = FrechetDistance(extractor)
    images = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)
    metric.update_state(images[:3], images[3:])
    details = metric.details()
    assert (details["extractor"], details["feature_shape"]) == ("dinov2_vits14", [384])
    assert details["value"] > 0
    again = FrechetDistance.from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert again.extractor.weights == str(weights)
    assert again.extractor.digest == details["extractor_digest"]


def test_files_that_are_none(tmp_path):
    for name, content in (("no.pth", None), ("bad.npz", b"nothing"), ("bad.pth", b"nothing")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="must be"):
            DINOv2Features(tmp_path / name)(image())
    np.savez(tmp_path / "other.npz", weight=np.zeros(3))
    with pytest.raises(InputError, match=r"`weights` must hold 'patch_embed.proj.weight' of shape \(384, 3, 14, 14\)"):
        DINOv2Features(tmp_path / "other.npz")(image())
