import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.penalties import WeightClip


def test_clips():
    assert_allclose(WeightClip(0.5)(np.array([-2.0, -0.5, 0.1, 3.0])), [-0.5, -0.5, 0.1, 0.5])


@pytest.mark.long
def test_holds_a_critic_while_it_is_trained(images, tmp_path):
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    x = keras.Input((8, 8, 1))
    dense = keras.layers.Dense(1, kernel_constraint=WeightClip(0.01), name="clipped")
    gan = keras_gan.GAN(generator, keras.Model(x, dense(keras.layers.Flatten()(x))))
    gan.compile("adam", keras.optimizers.Adam(0.1), loss="wasserstein")
    gan.fit(images[0], verbose=0)
    gan.save(tmp_path / "gan.keras")
    kernel = keras.models.load_model(tmp_path / "gan.keras").discriminator.get_layer("clipped").kernel
    assert_allclose(np.abs(kernel.numpy()).max(), 0.01, rtol=1e-6)


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_bad_limit(limit):
    with pytest.raises(InputError, match="`limit` must be"):
        WeightClip(limit)
