import keras
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError, distribution


def test_replicas_must_step_together(monkeypatch):
    kinds = {
        "ParameterServerStrategy": tf.distribute.ParameterServerStrategy,
        "CentralStorageStrategy": tf.distribute.experimental.CentralStorageStrategy,
    }
    for name, kind in kinds.items():
        with pytest.raises(InputError, match=f"Received: {name}$"):
            distribution.check_strategy(object.__new__(kind))
    distribution.check_strategy(tf.distribute.get_strategy())


def test_layers_that_do_not_know_of_replicas_are_named(two_replicas):
    samples = keras.Input((2,))
    x = keras.layers.Dropout(0.5, name="drops")(keras.layers.Dense(4)(samples))
    x = keras_gan.layers.Dropout(0.5)(keras_gan.layers.BatchNormalization()(x))
    x = keras.layers.BatchNormalization(name="separate")(keras.layers.BatchNormalization(synchronized=True)(x))
    network = keras.Model(samples, keras.layers.Dense(1)(x))
    with pytest.warns(UserWarning, match="'drops'|'separate'") as seen, two_replicas.scope():
        distribution.warn_of_layers(network.layers)
    assert ["'drops'" in str(one.message) for one in seen] == [True, False]
    assert ["'separate'" in str(one.message) for one in seen] == [False, True]
    distribution.warn_of_layers(network.layers)  # alone they are right
