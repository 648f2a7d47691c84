import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.exploration import soft_classes
from tests.stirred import stirred


@pytest.mark.some(3)
@pytest.mark.parametrize("name", ["mlp", "dcgan", "sngan", "biggan", "biggan_deep", "r3gan", "stylegan2", "fastgan"])
def test_at_one_class_it_is_the_generator(name):
    options = {
        "mlp": {"hidden": (8,)},
        "stylegan2": {"style_dim": 8, "channel_base": 64, "mapping_depth": 2},
        "r3gan": {"width": 32},
    }.get(name, {"width": 2})
    networks = getattr(keras_gan.models, name)((16, 16, 3), latent_dim=8, num_classes=3, **options)
    gan = stirred(networks, 0.3, num_classes=3)
    latents = np.random.default_rng(1).normal(size=(6, 8)).astype("float32")
    labels = np.array([0, 1, 2, 0, 1, 2])
    generator, before = gan.generator, gan([latents, labels])
    soft = soft_classes(generator, 3)
    assert np.abs(before[0] - gan([latents[:1], labels[1:2]])[0]).max() > 1e-3, "classes differ"
    assert_allclose(soft([latents, np.eye(3, dtype="float32")[labels]]), before, atol=1e-4)
    between = soft([latents, np.full((6, 3), 1 / 3, "float32")])
    assert np.abs(between - before).max() > 1e-3
    assert_allclose(gan([latents, labels]), before, atol=1e-6, err_msg="the generator is as it was")


def test_a_network_that_does_arithmetic_with_its_labels():
    latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    told = keras.layers.Reshape((1,))(keras.ops.cast(labels, "float32"))
    x = keras.layers.Dense(4)(keras.layers.Concatenate()([latents, told]))
    generator = keras.Model([latents, labels], keras.layers.Reshape((2, 2, 1))(x))
    with pytest.raises(InputError, match="there is nothing between its classes"):
        soft_classes(generator, 3)


def test_a_network_that_rounds_its_labels():
    """It takes weights without an error, and would make the same of all of them."""
    latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    told = keras.layers.Embedding(3, 4, embeddings_initializer="normal")(keras.ops.cast(labels, "int32"))
    x = keras.layers.Dense(4)(keras.layers.Concatenate()([latents, keras.ops.reshape(told, (-1, 4))]))
    generator = keras.Model([latents, labels], keras.layers.Reshape((2, 2, 1))(x))
    generator.set_weights([10.0 * weight for weight in generator.get_weights()])
    with pytest.raises(InputError, match="there is nothing between its classes"):
        soft_classes(generator, 3)
