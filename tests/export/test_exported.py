import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import GAN, InputError
from keras_gan.export import of_samples, of_translation
from keras_gan.models import mlp
from tests.export.conftest import network


def test_a_gan_is_tried_with_its_first_seeds(small):
    exported = of_samples(small)
    assert_array_equal(exported.given["labels"], [0, 1, 2, 0])
    assert_allclose(exported.wanted, small.sample(seed=[0, 1, 2, 3]), atol=1e-6)
    made = exported.main.function(*map(tf.constant, exported.given.values()))
    assert_allclose(made["images"], exported.wanted, atol=1e-6)
    assert [spec.name for spec in exported.main.inputs] == ["latents", "labels"]
    assert [endpoint.name for endpoint in exported.more] == ["sample"]


def test_a_fixed_batch(small):
    exported = of_samples(small, batch_size=7)
    assert [tuple(spec.shape) for spec in exported.main.inputs] == [(7, 8), (7,)]
    assert len(exported.wanted) == 7
    with pytest.raises(InputError, match="`batch_size` must be an integer"):
        of_samples(small, batch_size=0)


def test_a_translation_is_tried_with_noise():
    game = network("unet")
    exported = of_translation(game.way().network, (None, 40, 3))
    assert exported.given["images"].shape == (4, 64, 40, 3)
    assert_allclose(exported.wanted, game.translate(exported.given["images"]), atol=1e-5)
    assert exported.main.inputs[0].shape == (None, None, 40, 3)
    eight = exported.more[0].function(tf.zeros((1, 16, 16, 3), tf.uint8))["translated"]
    assert np.asarray(eight).dtype == np.uint8


@pytest.mark.parametrize(
    ("policy", "rounding"), [("float32", 0), ("mixed_bfloat16", 1 / 16), ("mixed_float16", 1 / 128)]
)
def test_what_half_precision_rounds(policy, rounding):
    keras.mixed_precision.set_global_policy(policy)
    gan = GAN(*mlp((8, 8, 1), latent_dim=4))
    assert of_samples(gan).rounding == rounding
