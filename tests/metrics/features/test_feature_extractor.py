import keras
import numpy as np
import pytest
from keras import ops
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import FeatureExtractor
from keras_gan.metrics.features.feature_extractor import network_digest


class Doubled(FeatureExtractor):
    traces = 0

    def forward(self, samples):
        self.traces += 1
        doubled = 2.0 * ops.cast(samples, "float32")
        return {"features": doubled, "maps": ops.expand_dims(doubled, 1)}


ROWS = np.arange(20, dtype=np.float32).reshape(10, 2)


@pytest.mark.parametrize("batch_size", [1, 3, 10, 100])
def test_batches_do_not_show(batch_size):
    extractor = Doubled("doubled", batch_size)
    features = extractor(ROWS)
    assert features.dtype == np.float32
    assert_allclose(features, 2 * ROWS)
    assert extractor(ROWS[:0]).shape == (0, 2)


def test_one_trace():
    extractor = Doubled("doubled", 4)
    for size in range(1, 9):
        extractor(ROWS[:size])
    assert extractor.traces == 1
    extractor(ROWS.reshape(5, 4))
    assert extractor.traces == 2, "samples of another shape"


def test_heads():
    with pytest.raises(InputError, match=r"a head 'logits'.*Received: 'doubled' with the heads \['features', 'maps'\]"):
        Doubled("doubled")(ROWS, "logits")
    with pytest.raises(InputError, match=r"features of shape \(n, features\).*shape \(10, 1, 2\)"):
        Doubled("doubled")(ROWS, "maps")


def test_config():
    config = Doubled("doubled", 7).get_config()
    assert config == {"name": "doubled", "batch_size": 7}
    assert Doubled.from_config(config).get_config() == config
    assert Doubled("doubled").digest is None


def test_a_network_is_known_by_its_layers_and_weights():
    def network(units=3, activation="relu", seed=0):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(units, activation), keras.layers.Dense(2)])

    assert network_digest(network()) == network_digest(network()), "whatever the layers are called"
    assert len({network_digest(n) for n in (network(), network(4), network(3, "tanh"), network(seed=1))}) == 4


class Opaque(keras.Model):
    """Keras can't write down what it was made of."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, samples):
        return self.layer(samples)


def test_a_class_without_a_config_is_known_by_its_name_and_weights():
    one, other = (Opaque(keras.layers.Dense(3, kernel_initializer=kind)) for kind in ("ones", "zeros"))
    assert network_digest(one) is None, "there are no weights yet"
    for network in (one, other):
        network(ROWS)
    assert len({network_digest(one), network_digest(other)}) == 2
    other.set_weights(one.get_weights())
    assert network_digest(one) == network_digest(other)
