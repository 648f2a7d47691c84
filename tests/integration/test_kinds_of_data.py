"""Sequences and volumes, and the layers that people use for them: three steps with R1, saved, sampled, exported."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import GAN, InputError
from keras_gan.data import ArrayData

L = keras.layers
SEQUENCE, VOLUME = (6, 3), (4, 4, 4, 2)


def made(shape):
    z = keras.Input((5,))
    return keras.Model(z, L.Reshape(shape)(L.Dense(int(np.prod(shape)))(z)))


def judge(shape, *layers):
    x = y = keras.Input(shape)
    for layer in layers:
        y = layer(y, y) if isinstance(layer, L.MultiHeadAttention) else layer(y)
    return keras.Model(x, L.Dense(1)(L.Flatten()(y)))


NETWORKS = {
    "conv_1d": lambda: (SEQUENCE, [L.Conv1D(4, 3, padding="same", activation="leaky_relu")]),
    "gru": lambda: (SEQUENCE, [L.GRU(4, unroll=True)]),
    "lstm": lambda: (SEQUENCE, [L.LSTM(4, unroll=True)]),
    "attention": lambda: (SEQUENCE, [L.MultiHeadAttention(2, 4)]),
    "conv_3d": lambda: (VOLUME, [L.Conv3D(4, 3, padding="same", activation="leaky_relu")]),
}


@pytest.mark.long
@pytest.mark.some(4)
@pytest.mark.parametrize("name", NETWORKS)
def test_three_steps_and_the_way_out(name, tmp_path):
    shape, layers = NETWORKS[name]()
    data = 5.0 * np.random.default_rng(0).normal(size=(24, *shape)).astype("float32")  # of any range
    gan = GAN(made(shape), judge(shape, *layers), ema=0.9)
    metric = keras_gan.metrics.FrechetDistance()
    gan.compile("adam", "adam", terms=["r1"], metrics=[metric] if len(shape) == 2 else [])
    gan.fit(ArrayData(data, batch_size=8), validation_data=data, verbose=0)
    assert int(gan.step) == 3
    samples = gan.sample(4, seed=0)
    assert samples.shape == (4, *shape)
    assert np.isfinite(samples).all()
    gan.save(tmp_path / "gan.keras")
    np.testing.assert_array_equal(keras_gan.load(tmp_path / "gan.keras").sample(4, seed=0), samples)
    gan.export(tmp_path / "saved_model")
    signature = tf.saved_model.load(str(tmp_path / "saved_model")).signatures["sample"]
    exported = signature(n=tf.constant(4), seed=tf.constant(0))
    assert set(exported) == {"images"}
    np.testing.assert_allclose(exported["images"], samples, atol=1e-5)


@pytest.mark.parametrize("shape", [SEQUENCE, VOLUME])
def test_what_is_only_for_images_refuses_them(shape, tmp_path):
    gan = GAN(*keras_gan.models.mlp(shape, latent_dim=4, hidden=(4,)))
    data = np.ones((8, *shape), "float32")
    with pytest.raises(InputError, match=r"`augmentation` is for images\. Received: samples of shape"):
        gan.compile("sgd", "sgd", augmentation="diff_augment")
    with pytest.raises(InputError, match="`BalancedConsistency` is for images"):
        gan.compile("sgd", "sgd", terms=["balanced_consistency"])
    gan.compile("sgd", "sgd", metrics=["multiscale_ssim"])
    with pytest.raises(InputError, match="which is of images"):
        gan.fit(data, validation_data=data, verbose=0)
    gan.compile("sgd", "sgd")
    with pytest.raises(InputError, match=r"`SampleGrid` shows images"):
        gan.fit(data, callbacks=[keras_gan.callbacks.SampleGrid(tmp_path)], verbose=0)
    with pytest.raises(InputError, match=r"must be floating point\. Received: dtype uint8"):
        gan.fit(data.astype("uint8"), verbose=0)
