import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import Projection, SpectralNormalization
from keras_gan.models import networks


def test_by_hand():
    """psi(phi) = phi_1 + phi_2 + 1/2."""
    layer = Projection(2)
    layer.build([(None, 2), (None,)])
    layer.psi.set_weights([np.ones((2, 1)), np.array([0.5])])
    layer.embedding.set_weights([np.array([[1.0, 0.0], [-2.0, 10.0]])])
    logits = layer([np.array([[3.0, 4.0], [3.0, 4.0]]), np.array([0, 1])])
    assert_array_equal(logits, [[3 + 4 + 0.5 + 3], [3 + 4 + 0.5 - 6 + 40]])


def test_it_computes_what_the_networks_of_models_do():
    features, labels = np.random.default_rng(0).normal(size=(6, 5)).astype("float32"), np.array([0, 1, 2, 2, 1, 0])
    samples = keras.Input((5,))
    model = keras.Model(*networks.project_labels(samples, samples, 3, "glorot_uniform", seed=0))
    layer = Projection(3)
    layer.build([(None, 5), (None,)])
    layer.psi.set_weights(model.get_layer("logit").get_weights())
    layer.embedding.set_weights(model.get_layer("embedding").get_weights())
    assert_allclose(layer([features, labels]), model([features, labels]), rtol=1e-5)


def test_the_gradient_is_the_formula():
    layer = Projection(3, seed=0)
    features, labels = np.random.default_rng(0).normal(size=(4, 5)).astype("float32"), np.array([0, 2, 2, 0])
    x = tf.constant(features)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        value = tf.reduce_sum(layer([x, labels]))
    kernel, embeddings = layer.psi.kernel.numpy()[:, 0], layer.embedding.embeddings.numpy()
    assert_allclose(tape.gradient(value, x), kernel + embeddings[labels], rtol=1e-5)
    expected = [features[labels == label].sum(0) for label in range(3)]
    gradient = tape.gradient(value, layer.embedding.embeddings.value)
    assert_allclose(tf.convert_to_tensor(gradient), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("training", [False, True])
def test_with_spectral_normalization_both_are_divided(training):
    layer = Projection(3, spectral_normalization=True, seed=0)
    features, labels = np.random.default_rng(0).normal(size=(4, 5)), np.array([0, 2, 1, 0])
    logits = layer([features, labels], training=training)
    assert isinstance(layer.psi, SpectralNormalization)
    kernel, embeddings = layer.psi.layer.kernel.numpy(), layer.embedding.layer.embeddings.numpy()
    kernel, embeddings = (w / np.linalg.svd(w)[1][0] for w in (kernel, embeddings))
    expected = features @ kernel[:, 0] + np.sum(embeddings[labels] * features, axis=1)
    assert_allclose(logits[:, 0], expected, rtol=1e-4)


def test_the_seed_decides_the_weights():
    def weights(seed):
        layer = Projection(3, seed=seed)
        layer.build([(None, 5), (None,)])
        return layer.psi.kernel.numpy(), layer.embedding.embeddings.numpy()

    for ours, same, other, unseeded in zip(*map(weights, (1, 1, 2, None)), strict=True):
        assert_array_equal(ours, same)
        assert np.abs(ours - other).max() > 1e-3
        assert np.abs(ours - unseeded).max() > 1e-3


def test_logits_are_float32_under_mixed_precision():
    keras.mixed_precision.set_global_policy("mixed_float16")
    features, labels = keras.Input((5,)), keras.Input((), dtype="int32")
    model = keras.Model([features, labels], Projection(3)([features, labels]))
    logits = model([np.full((2, 5), 6e4), np.array([0, 1])])
    assert model.outputs[0].dtype == "float32"
    assert logits.dtype == tf.float32
    assert np.isfinite(logits).all()


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`num_classes` must be an integer >= 1\. Received: num_classes=0"):
        Projection(0)
    with pytest.raises(InputError, match=r"`seed` must be .*Received: seed=-1"):
        Projection(3, seed=-1)
    with pytest.raises(
        InputError, match=r"The features must be vectors \(batch, width\): pool first\. Received: shape="
    ):
        Projection(3)([keras.Input((4, 4, 5)), keras.Input((), dtype="int32")])
    with pytest.raises(InputError, match=r"The labels must be integers"):
        Projection(3)([np.zeros((2, 5)), np.zeros(2)])


def test_of_a_vector_the_embedding_is_its_product_with_a_matrix():
    layer = Projection(condition_dim=2)
    layer.build([(None, 2), (None, 2)])
    layer.psi.set_weights([np.ones((2, 1)), np.array([0.5])])
    layer.embedding.set_weights([np.array([[1.0, 0.0], [-2.0, 10.0]])])
    logits = layer([np.array([[3.0, 4.0]]), np.array([[2.0, -1.0]])])
    assert_array_equal(logits, [[3 + 4 + 0.5 + 3 * (2 + 2) + 4 * -10]])


def test_one_hot_vectors_are_classes():
    told, classes = Projection(condition_dim=3, seed=1), Projection(3, seed=1)
    features, labels = np.random.default_rng(0).normal(size=(4, 5)), np.array([0, 2, 1, 0])
    one_hot = np.eye(3)[labels]
    assert told([features, one_hot]).shape == (4, 1)
    classes([features, labels])
    told.set_weights(classes.get_weights())
    assert_allclose(told([features, one_hot]), classes([features, labels]), rtol=1e-5)


def test_one_kind_of_label():
    for arguments in ({}, {"num_classes": 2, "condition_dim": 2}):
        with pytest.raises(InputError, match="One of `num_classes` and `condition_dim` must be given"):
            Projection(**arguments)
    with pytest.raises(InputError, match=r"must be vectors \(batch, 2\)"):
        Projection(condition_dim=2).build([(None, 4), (None, 3)])
