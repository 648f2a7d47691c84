import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics.features.torch_weights import set_weights, weight_shapes


class Offset(layers.Layer):
    def build(self, input_shape):
        self.offset = self.add_weight(name="deep.offset", shape=(1, input_shape[-1]))

    def call(self, x):
        return x + self.offset


@pytest.fixture
def network():
    x = images = keras.Input((4, 4, 3))
    x = layers.BatchNormalization(name="bn")(layers.Conv2D(5, (2, 1), use_bias=False, name="conv")(x))
    x = Offset()(layers.LayerNormalization(name="norm")(layers.Flatten()(x)))
    return keras.Model(images, layers.Dense(2, name="fc")(x))


SHAPES = {
    "conv.weight": (5, 3, 2, 1),
    **{f"bn.{name}": (5,) for name in ("weight", "bias", "running_mean", "running_var")},
    **{f"norm.{name}": (60,) for name in ("weight", "bias")},
    "deep.offset": (1, 60),
    "fc.weight": (2, 60),
    "fc.bias": (2,),
}


def test_names_and_shapes_are_torchs(network):
    assert weight_shapes(network) == SHAPES


def test_each_goes_to_its_place(network):
    """Where a convolution of torch sums over (in, h, w), and a dense layer has (out, in)."""
    rng = np.random.default_rng(0)
    arrays = {name: rng.uniform(0.5, 1.5, shape).astype(np.float32) for name, shape in SHAPES.items()}
    set_weights(network, {**arrays, "another": np.zeros(3)})
    images = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(images, (2, 1), axis=(1, 2))  # (n, 3, 4, c, 2, 1)
    x = np.einsum("nyxchw,ochw->nyxo", windows, arrays["conv.weight"])
    x = (x - arrays["bn.running_mean"]) / np.sqrt(arrays["bn.running_var"] + 1e-3)
    x = (x * arrays["bn.weight"] + arrays["bn.bias"]).reshape(2, -1)
    x = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-3)
    x = x * arrays["norm.weight"] + arrays["norm.bias"] + arrays["deep.offset"]
    expected = x @ arrays["fc.weight"].T + arrays["fc.bias"]
    assert_allclose(network(images, training=False), expected, rtol=1e-4)


def test_what_is_missing_or_of_another_shape_is_told(network):
    arrays = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    with pytest.raises(InputError, match=r"`weights` must hold 'fc.weight' of shape \(2, 60\). Received: shape \(2,\)"):
        set_weights(network, {**arrays, "fc.weight": np.zeros(2)})
    del arrays["bn.running_var"]
    with pytest.raises(InputError, match=r"'bn.running_var' of shape .5,.. Received: no such array"):
        set_weights(network, arrays)
