import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.layers import SelfAttention, SpectralNormalization


def built(shape, gamma=0.7, **arguments):
    layer = SelfAttention(**{"seed": 0, **arguments})
    layer.build((None, *shape[1:]))
    layer.gamma.assign(gamma)
    return layer, np.random.default_rng(0).normal(size=shape).astype("float32")


def kernel(convolution):
    return convolution.kernel.numpy()[0, 0].astype("float64")


def pooled(x):
    """2x2 windows; the last ones are smaller."""
    height, width, _ = x.shape
    return np.array([[x[i : i + 2, j : j + 2].max((0, 1)) for j in range(0, width, 2)] for i in range(0, height, 2)])


def reference(layer, image):
    """Position by position, in float64, as the paper's equations 1 to 3 say it."""
    image = image.astype("float64")
    f, g, h = (image @ kernel(convolution) for convolution in (layer.key, layer.query, layer.value))
    if layer.pool:
        f, h = pooled(f), pooled(h)
    f, h = f.reshape(-1, f.shape[-1]), h.reshape(-1, h.shape[-1])
    seen = np.empty((*image.shape[:2], h.shape[-1]))
    for at in np.ndindex(*image.shape[:2]):
        s = np.exp(f @ g[at])
        seen[at] = (s / s.sum()) @ h
    return layer.gamma.numpy() * seen @ kernel(layer.output_projection) + image


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1")  # Keras's, of the image of one pixel
@pytest.mark.parametrize("pool", [True, False])
@pytest.mark.parametrize("shape", [(2, 4, 6, 16), (2, 5, 4, 16), (2, 3, 7, 3), (1, 1, 1, 1)])
def test_against_numpy(pool, shape):
    layer, x = built(shape, pool=pool)
    assert_allclose(layer(x), [reference(layer, image) for image in x], rtol=1e-4, atol=1e-5)


def test_parameters_by_hand():
    layer, _ = built((1, 8, 8, 32))
    assert layer.count_params() == 32 * 4 + 32 * 4 + 32 * 16 + 16 * 32 + 1
    layer, _ = built((1, 8, 8, 3))
    assert layer.count_params() == 3 * 1 + 3 * 1 + 3 * 1 + 1 * 3 + 1, "an eighth of 3 channels is at least 1"


def test_at_first_it_is_the_identity_and_gamma_learns():
    layer, x = built((2, 4, 4, 8), gamma=0.0)
    with tf.GradientTape() as tape:
        output = layer(x)
        value = tf.reduce_sum(tf.square(output))
    assert_array_equal(output, x)
    assert float(tf.abs(tape.gradient(value, layer.gamma.value))) > 0


def test_it_sees_every_position():
    layer, x = built((1, 6, 6, 8), pool=False)
    changed = x.copy()
    changed[0, 0, 0] += 1
    assert np.abs(layer(changed) - layer(x)).max(-1).all()


def test_without_pooling_positions_have_no_order():
    layer, x = built((1, 4, 4, 8), pool=False)
    order = np.random.default_rng(1).permutation(16)
    shuffled = x.reshape(1, 16, 8)[:, order].reshape(x.shape)
    expected = np.reshape(layer(x), (1, 16, 8))[:, order].reshape(x.shape)
    assert_allclose(layer(shuffled), expected, rtol=1e-4, atol=1e-5)


def test_with_spectral_normalization_all_four_are_divided():
    layer, x = built((2, 4, 4, 16), spectral_normalization=True)
    plain, _ = built((2, 4, 4, 16))
    for name in ("query", "key", "value", "output_projection"):
        wrapped = getattr(layer, name)
        assert isinstance(wrapped, SpectralNormalization)
        w = kernel(wrapped.layer)
        getattr(plain, name).kernel.assign((w / np.linalg.svd(w)[1][0])[None, None])
    assert_allclose(layer(x), plain(x), rtol=1e-3, atol=1e-4)


@pytest.mark.long
def test_its_singular_vectors_move_once_for_each_update(images):
    x = keras.Input((8, 8, 1))
    layer = SelfAttention(spectral_normalization=True)
    y = layer(keras.layers.Conv2D(8, 3, 2)(x))
    discriminator = keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(y)))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile("sgd", keras.optimizers.SGD(0.0), terms=["gradient_penalty"])
    start = np.random.default_rng(0).normal(size=4)
    layer.value.u.assign(start)
    gan.train_on_batch(images[0][:8])
    w = kernel(layer.value.layer).T
    u = w @ (w.T @ start)
    assert_allclose(layer.value.u.numpy(), u / np.linalg.norm(u), atol=1e-5)


def test_the_softmax_is_not_rounded_to_half_precision():
    """Products of 1e6 are beyond float16."""
    layer, x = built((1, 4, 4, 8), pool=False, dtype="mixed_float16")
    layer.query.kernel.assign(np.full(layer.query.kernel.shape, 30.0))
    layer.key.kernel.assign(np.full(layer.key.kernel.shape, 30.0))
    assert np.isfinite(layer(50 * x)).all()


def test_the_seed_decides_the_weights():
    ours, same, other, unseeded = (built((1, 4, 4, 8), seed=seed)[0].get_weights() for seed in (1, 1, 2, None))
    for index, weight in enumerate(ours):
        assert_array_equal(weight, same[index])
        if weight.ndim:
            assert np.abs(weight - other[index]).max() > 1e-3
            assert np.abs(weight - unseeded[index]).max() > 1e-3
    layer, _ = built((1, 4, 4, 8))
    assert np.abs(layer.query.kernel - layer.key.kernel).max() > 1e-3, "of one shape, and not the same"


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`seed` must be .*Received: seed=-1"):
        SelfAttention(seed=-1)
    with pytest.raises(InputError, match=r"`inputs` must be images .*Received: shape=\(None, 8\)"):
        SelfAttention()(keras.Input((8,)))


def test_the_kernels_are_initialised_as_one_says():
    """Each with a seed of its own, so that queries and keys, of one shape, differ."""
    layer, _ = built((1, 4, 4, 16), kernel_initializer="orthogonal")
    for convolution in (layer.query, layer.key, layer.value):
        assert_allclose(kernel(convolution).T @ kernel(convolution), np.eye(convolution.filters), atol=1e-5)
    assert np.abs(layer.query.kernel - layer.key.kernel).max() > 1e-3
    with pytest.raises(InputError, match=r"`kernel_initializer` must draw random numbers.*Received: .*'ones'"):
        SelfAttention(kernel_initializer="ones")
