import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import SkipLayerExcitation, SpectralNormalization

LARGE = (2, 6, 10, 5)


def built(small, **arguments):
    layer = SkipLayerExcitation(**{"seed": 0, **arguments})
    layer.build([small, LARGE])
    generator = np.random.default_rng(0)
    return layer, *(generator.normal(size=shape).astype("float32") for shape in (small, LARGE))


def windows(side):
    """The rows of each of four windows, as PyTorch's adaptive pooling has them."""
    return [range(int(np.floor(i * side / 4)), int(np.ceil((i + 1) * side / 4))) for i in range(4)]


def reference(layer, small, large):
    """Place by place, in float64."""
    small = small.astype("float64")
    pooled = [[small[:, h][:, :, w].mean((1, 2)) for w in windows(small.shape[2])] for h in windows(small.shape[1])]
    squeeze, excite = (np.float64(convolution.kernel) for convolution in (layer.squeeze, layer.excite))
    x = np.einsum("ijbc,ijcd->bd", pooled, squeeze)
    x = x / (1 + np.exp(-x)) @ excite[0, 0]
    return large / (1 + np.exp(-x))[:, None, None]


@pytest.mark.parametrize("small", [(2, 4, 4, 3), (2, 8, 16, 3), (2, 6, 5, 3), (2, 3, 1, 3)])
def test_against_numpy(small):
    layer, *inputs = built(small)
    assert_allclose(layer(inputs), reference(layer, *inputs), rtol=1e-4, atol=1e-5)


def test_parameters_by_hand():
    layer, *_ = built((2, 8, 8, 3))
    assert layer.count_params() == 4 * 4 * 3 * 5 + 5 * 5


def test_zeros_halve():
    """Of small maps that are 0 the sigmoid is 1/2."""
    layer, small, large = built((2, 4, 4, 3))
    assert_allclose(layer([0 * small, large]), large / 2, rtol=1e-6)


def test_gradients_reach_both():
    layer, *inputs = built((2, 7, 8, 3))
    small, large = map(tf.constant, inputs)
    with tf.GradientTape() as tape:
        tape.watch([small, large])
        value = tf.reduce_sum(layer([small, large]) ** 2)
    for gradient in tape.gradient(value, [small, large, *layer.trainable_variables]):
        assert np.abs(gradient).max() > 1e-4


def test_with_spectral_normalization_both_are_divided():
    layer, *inputs = built((2, 8, 8, 3), spectral_normalization=True)
    plain, *_ = built((2, 8, 8, 3))
    for name in ("squeeze", "excite"):
        wrapped = getattr(layer, name)
        assert isinstance(wrapped, SpectralNormalization)
        kernel = np.array(wrapped.layer.kernel)
        assert_array_equal(kernel, getattr(plain, name).kernel)
        getattr(plain, name).kernel.assign(kernel / np.linalg.svd(kernel.reshape(-1, 5))[1][0])
    assert_allclose(layer(inputs), plain(inputs), rtol=1e-3)


def test_large_maps_are_averaged_in_full_precision():
    """A half-precision sum of 256 numbers of 1,000 is beyond float16."""
    layer, small, large = built((2, 64, 64, 3), dtype="mixed_float16")
    assert np.isfinite(layer([np.full_like(small, 1000.0), large])).all()


def test_the_seed_and_the_initializer_decide_the_weights():
    ours, same, other = (built((2, 4, 4, 3), seed=seed)[0].get_weights() for seed in (1, 1, 2))
    for weight, again, different in zip(ours, same, other, strict=True):
        assert_array_equal(weight, again)
        assert np.abs(weight - different).max() > 1e-3
    layer, *_ = built((2, 4, 4, 30), kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02, seed=9))
    assert_allclose(np.std(layer.squeeze.kernel), 0.02, rtol=0.1)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`seed` must be .*Received: seed=-1"):
        SkipLayerExcitation(seed=-1)
    with pytest.raises(InputError, match=r"`kernel_initializer` must draw random numbers.*Received: .*'ones'"):
        SkipLayerExcitation(kernel_initializer="ones")
    with pytest.raises(InputError, match=r"`inputs` must be \[small, large\]\. Received: shape=\(None, 4, 4, 8\)"):
        SkipLayerExcitation()(keras.Input((4, 4, 8)))
    with pytest.raises(InputError, match=r"`inputs` must be images .*Received: shape=\(None, 8\)"):
        SkipLayerExcitation()([keras.Input((8,)), keras.Input((4, 4, 8))])
