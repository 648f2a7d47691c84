import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import Dropout


def test_it_drops_and_scales_in_training_only():
    layer = Dropout(0.25, seed=3)
    ones = np.ones((1000, 64), "float32")
    y = layer(ones, training=True).numpy()
    assert set(np.unique(y)) == {np.float32(0.0), np.float32(1.0 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 6 * (0.25 * 0.75 / y.size) ** 0.5
    assert_array_equal(layer(ones, training=False), ones)
    assert_array_equal(layer(ones), ones)


def test_each_call_draws_anew_and_the_count_is_kept(tmp_path):
    inputs = keras.Input((32,))
    model = keras.Model(inputs, Dropout(0.5, seed=1)(inputs))
    ones = np.ones((4, 32), "float32")
    first, second = model(ones, training=True), model(ones, training=True)
    assert np.any(first != second)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert int(again.layers[1].calls.numpy()) == 2
    assert_array_equal(again(ones, training=True), model(ones, training=True))


def test_other_seeds_drop_others():
    ones = np.ones((4, 32), "float32")
    one, other = (Dropout(0.5, seed=seed)(ones, training=True) for seed in (0, 1))
    assert np.any(one != other)


@pytest.mark.parametrize("shape", [(8, 5), (8, 3, 3, 2)])
def test_two_replicas_draw_the_masks_of_one(shape, two_replicas):
    ones = np.ones(shape, "float32")
    with two_replicas.scope():
        layer = Dropout(0.5, seed=2)
        layer.build(shape)
    alone = Dropout(0.5, seed=2)
    values = next(
        iter(two_replicas.experimental_distribute_dataset(tf.data.Dataset.from_tensors(ones).unbatch().batch(8)))
    )
    step = tf.function(lambda part: two_replicas.run(lambda x: layer(x, training=True), (part,)))
    for _ in range(2):
        parts = [part.numpy() for part in two_replicas.experimental_local_results(step(values))]
        assert np.any(parts[0] != parts[1])
        assert_array_equal(np.concatenate(parts), alone(ones, training=True))


def test_graph_xla_and_half_precision():
    ones = np.ones((4, 6), "float32")
    eager = Dropout(0.5, seed=4)(ones, training=True)
    for options in ({}, {"jit_compile": True}):
        layer = Dropout(0.5, seed=4)
        layer.build(ones.shape)
        assert_allclose(tf.function(lambda x, layer=layer: layer(x, training=True), **options)(ones), eager)
    half = Dropout(0.5, seed=4, dtype="mixed_float16")(ones, training=True)
    assert half.dtype == tf.float16
    assert_array_equal(half, tf.cast(eager, tf.float16))


@pytest.mark.parametrize("arguments", [{"rate": 1.0}, {"rate": -0.1}, {"rate": "a"}, {"rate": 0.5, "seed": -1}])
def test_bad_arguments(arguments):
    with pytest.raises(InputError, match="Received: "):
        Dropout(**arguments)
