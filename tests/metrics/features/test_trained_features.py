import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.metrics import ClassifierFeatures, ContrastiveFeatures
from keras_gan.metrics.features.trained_features import checked_images, divided


def test_a_tenth_is_held_out():
    held_out, rest = divided(57, np.random.default_rng(0))
    assert len(held_out) == 5
    assert sorted([*held_out, *rest]) == [*range(57)]


def test_images_are_checked():
    images = np.zeros((20, 4, 4, 1), np.uint8)
    assert checked_images(images).shape == images.shape
    with pytest.raises(InputError, match=r"`images` must be 20 images or more.*Received: shape \(19, 4, 4, 1\)"):
        checked_images(images[:19])


@pytest.mark.long
def test_each_kind_has_a_file_of_its_own(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), dtype=np.uint8)
    ClassifierFeatures.train(images, np.arange(20) % 2, steps=1, cache_dir=tmp_path)
    ContrastiveFeatures.train(images, steps=1, cache_dir=tmp_path)
    assert sorted(path.name.split("-")[0] for path in tmp_path.iterdir()) == ["classifier", "contrastive"]


@pytest.mark.long
def test_the_policy_of_training_is_not_that_of_what_measures(tmp_path):
    """In half precision distances would be others."""
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), dtype=np.uint8)
    found = []
    for policy in ("float32", "mixed_bfloat16"):
        keras.mixed_precision.set_global_policy(policy)
        extractor = ClassifierFeatures.train(images, np.arange(20) % 2, steps=2, cache_dir=tmp_path / policy)
        found.append(extractor(images))
        assert keras.config.dtype_policy().name == policy
    assert_array_equal(*found)
