import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import GAN, InputError
from keras_gan.terms import OrthogonalRegularization


def generator():
    latents, labels = keras.Input((2,)), keras.Input((), dtype="int32")
    label = keras.layers.Embedding(3, 2, name="shared_embedding")(labels)
    y = keras.layers.Dense(16, name="first")(keras.layers.Concatenate()([latents, label]))
    y = keras.layers.Conv2DTranspose(3, 3, padding="same", name="second")(keras.layers.Reshape((4, 4, 1))(y))
    return keras.Model([latents, labels], keras.layers.Conv2D(1, 3, padding="same", activation="tanh", name="last")(y))


def round_of(network, rows=3):
    gan = GAN(network, judge(), num_classes=3)
    gan.compile("sgd", "sgd")
    minibatch = gan.minibatch("generator", tf.zeros((rows, 4, 4, 1)), tf.zeros(rows, tf.int32))
    return gan.round_of(minibatch, gan.generate(minibatch.latents, minibatch.labels), "generator", None)


def judge():
    x, labels = keras.Input((4, 4, 1)), keras.Input((), dtype="int32")
    return keras.Model([x, labels], keras_gan.layers.Projection(3)([keras.layers.Flatten()(x), labels]))


def plain_judge():
    x = keras.Input((4, 4, 1))
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(x)))


def closed_form(matrix):
    """Pair by pair of columns."""
    matrix = np.asarray(matrix, "float64").reshape(-1, matrix.shape[-1])
    pairs = [(i, j) for i in range(matrix.shape[1]) for j in range(matrix.shape[1]) if i != j]
    return sum((matrix[:, i] @ matrix[:, j]) ** 2 for i, j in pairs)


def test_by_hand():
    """Two columns (1, 2) and (3, 4) have the product 11, and there are two orders of them."""
    network = generator()
    for weight in network.trainable_weights:
        weight.assign(0.0 * weight)
    network.get_layer("first").kernel.assign(np.pad([[1.0, 3.0], [2.0, 4.0]], ((0, 2), (0, 14))))
    assert_allclose(OrthogonalRegularization().generator_term(round_of(network)), [2 * 11.0**2] * 3)


def test_the_closed_form_over_all_weights_but_biases_and_the_shared_embedding():
    network = generator()
    expected = sum(closed_form(network.get_layer(name).kernel) for name in ("first", "second", "last"))
    assert_allclose(OrthogonalRegularization().generator_term(round_of(network))[0], expected, rtol=1e-5)
    expected += closed_form(network.get_layer("shared_embedding").embeddings)
    assert_allclose(OrthogonalRegularization(exclude=[]).generator_term(round_of(network))[0], expected, rtol=1e-5)


def test_the_gradient_leaves_lengths_alone():
    """4 W (W^T W * (1 - I)), twice the gradient of the authors' code."""
    network = generator()
    kernel = network.get_layer("first").kernel
    round, term = round_of(network), OrthogonalRegularization()
    with tf.GradientTape() as tape:
        value = term.generator_term(round)[0]
    w = kernel.numpy()
    products = w.T @ w
    assert_allclose(tape.gradient(value, kernel.value), 4 * w @ (products - np.diag(np.diag(products))), atol=1e-5)
    kernel.assign(np.pad(3.0 * np.eye(4), ((0, 0), (0, 12))))
    with tf.GradientTape() as tape:
        value = term.generator_term(round)[0]
    assert_allclose(tape.gradient(value, kernel.value), np.zeros((4, 16)), atol=1e-6)


def test_many_columns_need_no_matrix_of_all_their_products():
    """The dense layer of BigGAN: 20 rows. The same value and the same gradient, from a matrix of rows by rows."""
    latents = keras.Input((3,))
    x = keras.layers.Dense(2000, name="wide")(latents)
    network = keras.Model(latents, keras.layers.Dense(16, name="last")(x))
    kernel = network.get_layer("wide").kernel
    kernel.assign(np.random.default_rng(0).normal(size=kernel.shape))
    network.get_layer("last").kernel.assign(np.zeros((2000, 16)))
    gan = GAN(keras.Model(latents, keras.layers.Reshape((4, 4, 1))(network(latents))), plain_judge())
    gan.compile("sgd", "sgd")
    minibatch = gan.minibatch("generator", tf.zeros((2, 4, 4, 1)), None)
    round = gan.round_of(minibatch, gan.generate(minibatch.latents, None), "generator", None)
    with tf.GradientTape() as tape:
        value = OrthogonalRegularization().generator_term(round)[0]
    w = kernel.numpy().astype("float64")
    products = w.T @ w
    products -= np.diag(np.diag(products))
    assert_allclose(value, np.sum(products**2), rtol=1e-5)
    expected = 4 * w @ products
    assert_allclose(tape.gradient(value, kernel.value), expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_it_is_the_generators_alone(images):
    gan = GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
    gan.compile("sgd", "sgd", terms=["orthogonal_regularization"])
    history = gan.fit(images[0], batch_size=20, verbose=0).history
    assert history["orthogonal_regularization"][0] > 0
    added = history["g_total"][0] - history["g_loss"][0]
    assert_allclose(added, 1e-4 * history["orthogonal_regularization"][0], rtol=1e-2)
    assert_allclose(history["d_total"], history["d_loss"], rtol=1e-6)


@pytest.mark.parametrize("exclude", ["first", [1], None])
def test_bad_arguments(exclude):
    with pytest.raises(InputError, match=r"`exclude` must be a list of names of layers\. Received: exclude="):
        OrthogonalRegularization(exclude=exclude)
