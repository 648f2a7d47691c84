import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, RandomStream
from keras_gan.layers import MappingNetwork


def latents(rows=4, columns=5):
    return np.random.default_rng(0).normal(size=(rows, columns)).astype("float32")


def built(**arguments):
    layer = MappingNetwork(**{"num_styles": 6, "width": 8, "depth": 2, "seed": 1, **arguments})
    layer(latents())
    return layer


def reference(layer, z, condition=None):
    """In float64: on the sphere, with the embedding beside, dense layers with leaky ReLU and its gain."""
    on_sphere = lambda x: x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + 1e-8)  # noqa: E731
    x = on_sphere(z.astype("float64"))
    if condition is not None:
        kernel, bias = layer.embedding.get_weights()
        x = np.concatenate([x, on_sphere(condition @ kernel / np.sqrt(len(kernel)) + bias)], axis=1)
    for dense in layer.dense:
        kernel, bias = dense.get_weights()
        x = x @ (kernel * 0.01 / np.sqrt(len(kernel))) + bias * 0.01
        x = np.sqrt(2) * np.where(x > 0, x, 0.2 * x)
    return x


@pytest.mark.parametrize("conditional", [False, True])
def test_against_numpy(conditional):
    z, condition = latents(), np.eye(4, 3, dtype="float32")
    layer = MappingNetwork(3, 8, 2, seed=1)
    styles = layer([z, condition] if conditional else z)
    assert styles.shape == (4, 3, 8)
    expected = reference(layer, z, condition if conditional else None)
    for place in range(3):
        assert_allclose(styles[:, place], expected, rtol=1e-4, atol=1e-5)


def test_truncation_by_hand():
    layer, z = built(), latents()
    w, average = np.asarray(layer(z)), np.linspace(-1, 1, 8)
    layer.average.assign(average)
    layer.truncation.assign(0.25)
    assert_allclose(layer(z), average + 0.25 * (w - average), rtol=1e-5, atol=1e-6)


def test_the_average_follows_what_is_trained():
    layer, z = built(average_decay=0.9), latents()
    mean = reference(layer, z).mean(0)
    layer(z, training=True)
    assert_allclose(layer.average, 0.1 * mean, rtol=1e-4)
    layer(z, training=True)
    assert_allclose(layer.average, 0.19 * mean, rtol=1e-4)
    layer(z)
    assert_allclose(layer.average, 0.19 * mean, rtol=1e-4)


def test_mixing_by_hand():
    layer, z = built(mixing=1.0), latents()
    styles = np.asarray(layer(z, training=True))
    stream = RandomStream(1, 0)
    own, other = reference(layer, z), reference(layer, np.asarray(stream.normal("latents", (4, 5))))
    cutoffs = 1 + np.floor(5 * np.asarray(stream.uniform("mixing", (4, 2)))[:, 1]).astype(int)
    for row, cutoff in enumerate(cutoffs):
        assert_allclose(styles[row, :cutoff], np.tile(own[row], (cutoff, 1)), rtol=1e-3, atol=1e-4)
        assert_allclose(styles[row, cutoff:], np.tile(other[row], (6 - cutoff, 1)), rtol=1e-3, atol=1e-4)


def test_how_often_and_where_styles_are_mixed():
    layer = built(mixing=0.6)
    z = latents(rows=4000)
    styles = np.asarray(layer(z, training=True))
    others = (np.abs(styles - styles[:, :1]) > 1e-6).any(axis=2).sum(axis=1)  # places of the other style
    assert_allclose(np.mean(others > 0), 0.6, atol=0.03)
    counts = np.bincount(others, minlength=7)
    assert counts[6] == 0, "the first place has its own style"
    assert_allclose(counts[1:6] / 4000, 0.12, atol=0.02)


def test_without_mixing_training_changes_nothing():
    layer, z = built(mixing=0.0), latents()
    # To rounding: where an array lies in memory may decide the order of a product's sums.
    assert_allclose(layer(z, training=True), layer(z), rtol=1e-5, atol=1e-6)


def test_rows_are_those_of_the_global_batch(two_replicas):
    z = latents()
    with two_replicas.scope():
        shared = built()
    whole, alone = (layer := built())(z, training=True), layer.average
    parts = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant(z[2 * context.replica_id_in_sync_group :][:2])
    )
    styles = two_replicas.run(tf.function(lambda x: shared(x, training=True)), (parts,))
    styles = np.concatenate(two_replicas.experimental_local_results(styles))
    assert_allclose(styles, whole, rtol=1e-5, atol=1e-6)
    assert_allclose(np.asarray(shared.average), alone, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"num_styles": 0}, "num_styles"),
        ({"width": 0}, "width"),
        ({"depth": 0}, "depth"),
        ({"mixing": 1.1}, "mixing"),
        ({"learning_rate_multiplier": 0.0}, "learning_rate_multiplier"),
        ({"average_decay": 1.0}, "average_decay"),
        ({"seed": None}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        MappingNetwork(**{"num_styles": 2, **arguments})


def test_bad_inputs():
    with pytest.raises(InputError, match=r"`inputs` must be latents .*Received: shape="):
        MappingNetwork(2)(tf.ones((2, 3, 4)))
