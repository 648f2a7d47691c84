import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import PatchProjector

MAPS = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")


def test_maps_go_through_as_they_are():
    layer = PatchProjector(width=5)
    assert_array_equal(layer(MAPS), MAPS)
    assert layer.compute_output_shape((None, None, None, 3)) == (None, None, None, 3)


def test_vectors_by_hand():
    layer = PatchProjector(width=5, seed=1)
    layer(MAPS)
    layer.set_weights([30 * weight for weight in layer.get_weights()])  # of the size of trained ones
    w1, b1, w2, b2 = layer.get_weights()
    assert (w1.shape, w2.shape) == ((3, 5), (5, 5))
    y = np.maximum(MAPS.astype("float64") @ w1 + b1, 0) @ w2 + b2
    assert_allclose(layer.project(MAPS), y / np.linalg.norm(y, axis=-1, keepdims=True), atol=1e-4)
    assert_allclose(np.linalg.norm(layer.project(MAPS), axis=-1), 1, atol=1e-4)


def test_its_weights_are_those_of_the_network_around():
    x = keras.Input((None, None, 3))
    model = keras.Model(x, PatchProjector(width=4)(x))
    assert model.count_params() == 3 * 4 + 4 + 4 * 4 + 4
    assert len(model.trainable_weights) == 4


def test_two_begin_apart():
    one, other = (PatchProjector(width=4, seed=seed) for seed in (0, 2))
    for layer in (one, other):
        layer(MAPS)
    kernels = [layer.get_weights()[index] for layer in (one, other) for index in (0, 2)]
    assert all(np.abs(a[:3] - b[:3]).max() > 0 for a in kernels for b in kernels if a is not b)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`width` must be .*Received: width=0"):
        PatchProjector(width=0)
    with pytest.raises(InputError, match=r"`seed` must be .*Received: seed=-1"):
        PatchProjector(seed=-1)
    with pytest.raises(InputError, match=r"images \(batch, height, width, channels\)"):
        PatchProjector()(np.zeros((2, 3), "float32"))
