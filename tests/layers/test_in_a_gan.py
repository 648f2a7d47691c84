"""The layers together in a conditional GAN, as a user writes it."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan.layers import (
    ConditionalBatchNormalization,
    MinibatchStdDev,
    PixelNorm,
    Projection,
    Resample,
    SelfAttention,
    SpectralNormalization,
)


def networks(num_classes=3):
    latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    y = keras.layers.Reshape((2, 2, 8))(keras.layers.Dense(32)(PixelNorm()(latents)))
    for _ in range(2):
        y = keras.layers.Conv2D(8, 3, padding="same")(Resample("up")(y))
        y = keras.layers.ReLU()(ConditionalBatchNormalization(num_classes)([y, labels]))
    generator = keras.Model([latents, labels], keras.layers.Conv2D(1, 3, padding="same", activation="tanh")(y))

    images, classes = keras.Input((8, 8, 1)), keras.Input((), dtype="int32")
    x = keras.layers.LeakyReLU()(SpectralNormalization(keras.layers.Conv2D(8, 3, padding="same"))(images))
    x = SelfAttention(spectral_normalization=True)(x)
    x = keras.layers.Flatten()(MinibatchStdDev()(Resample("down")(x)))
    discriminator = keras.Model([images, classes], Projection(num_classes, True)([x, classes]))
    return generator, discriminator


@pytest.mark.long
@pytest.mark.full
def test_trains_and_comes_back(images, tmp_path):
    x, y = images[0][:24], images[1][:24]
    gan = keras_gan.GAN(*networks(), num_classes=3, ema=0.9)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), terms=["r1"])
    before = [np.array(weight) for weight in gan.trainable_weights]
    gan.fit(x, y, batch_size=8, epochs=1, verbose=0)
    assert int(gan.step) == 3
    for weight, start in zip(gan.trainable_weights, before, strict=True):
        assert np.isfinite(weight).all(), weight.path
        assert np.abs(weight - start).max() > 0, weight.path
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    for model in (gan, loaded):
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, shuffle=False)
    for ours, theirs in zip(gan.weights, loaded.weights, strict=True):
        assert_array_equal(ours, theirs, err_msg=ours.path)
    assert_array_equal(loaded.sample(6, labels=1, seed=0), gan.sample(6, labels=1, seed=0))
    assert_array_equal(loaded.discriminate(x, y), gan.discriminate(x, y))


def test_the_label_reaches_both():
    generator, discriminator = networks()
    for layer in (*generator.layers, *discriminator.layers):
        if isinstance(layer, ConditionalBatchNormalization):
            layer.beta.assign(np.random.default_rng(0).normal(size=layer.beta.shape))
    latents, images = np.ones((2, 4)), np.ones((2, 8, 8, 1))
    for made in (generator([latents, np.array([0, 1])]), discriminator([images, np.array([0, 1])])):
        assert np.abs(made[0] - made[1]).max() > 1e-4
