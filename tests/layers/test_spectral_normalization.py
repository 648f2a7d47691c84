import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.layers import SpectralNormalization

LAYERS = {
    "dense": (lambda: keras.layers.Dense(5), (3, 7), -1),
    "conv": (lambda: keras.layers.Conv2D(5, 3), (3, 6, 6, 4), -1),
    "transpose": (lambda: keras.layers.Conv2DTranspose(5, 3), (3, 6, 6, 4), -2),
    "embedding": (lambda: keras.layers.Embedding(6, 5), (3,), -1),
    "conv of one axis": (lambda: keras.layers.Conv1D(5, 3), (3, 6, 4), -1),
    "depthwise": (lambda: keras.layers.DepthwiseConv2D(3, depth_multiplier=2), (3, 6, 6, 4), -1),
}


def inputs(shape):
    generator = np.random.default_rng(0)
    return generator.integers(0, 6, shape) if len(shape) == 1 else generator.normal(size=shape).astype("float32")


def kernel_of(layer):
    return layer.layer.kernel if hasattr(layer.layer, "kernel") else layer.layer.embeddings


def matrix(kernel, axis):
    moved = np.moveaxis(np.asarray(kernel, "float64"), axis, 0)
    return moved.reshape(moved.shape[0], -1)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("training", [False, True])
def test_is_the_layer_with_its_kernel_over_the_singular_value(kind, training):
    make, shape, axis = LAYERS[kind]
    layer = SpectralNormalization(make())
    x = inputs(shape)
    layer(x)
    kernel = kernel_of(layer)
    raw = kernel.numpy()
    output = layer(x, training=training)
    assert_array_equal(kernel.numpy(), raw, err_msg="the raw kernel stays")
    kernel.assign(raw / np.linalg.svd(matrix(raw, axis))[1][0])
    assert_allclose(output, layer.layer(x), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, -2, -1])
def test_outputs_on_another_axis(axis):
    layer = SpectralNormalization(keras.layers.Dense(5, use_bias=False), axis=axis)
    x = inputs((3, 7))
    outputs = layer(x, training=True)
    kernel = kernel_of(layer).numpy()
    assert layer.u.shape == (kernel.shape[axis],)
    assert_allclose(outputs, x @ kernel / np.linalg.svd(kernel)[1][0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("axis", [2, -3, 1.0, True])
def test_an_axis_that_the_kernel_does_not_have(axis):
    with pytest.raises(InputError, match=rf"`axis` must be an integer from -2 to 1\. Received: axis={axis}"):
        SpectralNormalization(keras.layers.Dense(5), axis=axis)(inputs((3, 7)))


@pytest.mark.parametrize(("training", "products"), [(True, 3), (False, 1)])
def test_the_kernel_is_multiplied_where_it_lies(training, products):
    layer = SpectralNormalization(keras.layers.Conv2D(5, 3))
    x = inputs((3, 6, 6, 4))
    layer(x)
    graph = tf.function(lambda: layer(x, training=training), autograph=False).get_concrete_function().graph
    kinds = [operation.type for operation in graph.get_operations()]
    assert (kinds.count("MatMul"), kinds.count("Transpose")) == (products, 0)


def test_the_gradient_is_equation_12():
    layer = SpectralNormalization(keras.layers.Dense(5, use_bias=False))
    x = inputs((3, 7))
    layer(x)
    upstream = np.random.default_rng(1).normal(size=(3, 5))
    kernel = layer.layer.kernel
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(x) * upstream.astype("float32"))
    w = kernel.numpy().astype("float64").T  # (outputs, inputs), as in the paper
    u = layer.u.numpy().astype("float64")
    v = w.T @ u / np.linalg.norm(w.T @ u)
    sigma = u @ w @ v
    g = upstream.T @ x  # of the normalized matrix
    expected = (g - np.sum(g * w / sigma) * np.outer(u, v)) / sigma
    assert_allclose(tape.gradient(value, kernel.value).numpy().T, expected, atol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("jit_compile", [False, True])
def test_stays_normalized_while_it_is_trained(jit_compile):
    x = keras.Input((8, 8, 1))
    layer = SpectralNormalization(keras.layers.Conv2D(8, 3))
    y = keras.layers.Flatten()(keras.layers.LeakyReLU()(layer(x)))
    discriminator = keras.Model(x, SpectralNormalization(keras.layers.Dense(1))(y))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), loss="hinge", jit_compile=jit_compile)
    images = np.random.default_rng(0).integers(0, 256, (16, 8, 8, 1), dtype=np.uint8)
    tops = []
    for _ in range(50):
        gan.train_on_batch(images)
        w, u = matrix(layer.layer.kernel.numpy(), -1), layer.u.numpy()
        tops.append(np.linalg.svd(w)[1][0] / np.linalg.norm(w.T @ u))  # of the kernel that is used
    assert min(tops) > 0.95
    assert max(tops) < 1.05


@pytest.mark.long
def test_with_weights_held_it_converges():
    layer = SpectralNormalization(keras.layers.Dense(32))
    x = inputs((3, 24))
    layer(x)
    layer.u.assign(np.random.default_rng(3).normal(size=32) / 32**0.5)
    for _ in range(300):
        layer(x, training=True)
    w = matrix(layer.layer.kernel.numpy(), -1)
    assert_allclose(np.linalg.svd(w)[1][0] / np.linalg.norm(w.T @ layer.u.numpy()), 1.0, atol=1e-3)


@pytest.mark.long
@pytest.mark.parametrize(("k", "terms"), [(1, ["gradient_penalty"]), (3, ["r1"])])
def test_u_moves_once_for_each_discriminator_update(k, terms, images):
    x = keras.Input((8, 8, 1))
    layer = SpectralNormalization(keras.layers.Dense(6, use_bias=False))
    discriminator = keras.Model(x, keras.layers.Dense(1)(layer(keras.layers.Flatten()(x))))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile("sgd", keras.optimizers.SGD(0.0), terms=terms, discriminator_steps=k)
    start = np.random.default_rng(0).normal(size=6)
    layer.u.assign(start)
    gan.train_on_batch(images[0][:12])
    u, w = start, matrix(layer.layer.kernel.numpy(), -1)
    for _ in range(k):
        u = w @ (w.T @ u)
        u /= np.linalg.norm(u)
    assert_allclose(layer.u.numpy(), u, atol=1e-5)


def test_u_survives_saving(tmp_path):
    x = keras.Input((7,))
    model = keras.Model(x, SpectralNormalization(keras.layers.Dense(5), axis=1)(x))
    model.layers[-1].u.assign(np.arange(5.0))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(loaded.layers[-1].u.numpy(), np.arange(5.0))
    assert loaded.layers[-1].axis == 1


def test_a_shorter_vector_makes_no_smaller_sigma():
    """A moving average of weights has the mean of unit vectors that turned meanwhile."""
    layer, x = SpectralNormalization(keras.layers.Dense(5)), inputs((3, 7))
    expected = layer(x)
    layer.u.assign(0.25 * layer.u)
    assert_allclose(layer(x), expected, rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_kernel_that_was_zero_is_normalized_once_it_is_not(jit_compile):
    """As where fix-up begins: a vector that had become zero would divide by next to nothing for ever."""
    layer = SpectralNormalization(keras.layers.Dense(3, use_bias=False, kernel_initializer="zeros"))
    x = np.eye(4, dtype="float32")
    call = tf.function(lambda: layer(x, training=True), jit_compile=jit_compile)
    layer.build(x.shape)
    for _ in range(3):
        assert_allclose(call(), np.zeros((4, 3)))
    assert_allclose(np.linalg.norm(layer.u), 1.0, rtol=1e-6)
    kernel = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    layer.layer.kernel.assign(kernel)
    for _ in range(50):
        output = call()
    assert_allclose(output, kernel / np.linalg.norm(kernel, ord=2), rtol=1e-4)


@pytest.mark.parametrize("kernel", ["glorot_uniform", "zeros"])
@pytest.mark.parametrize("model", ["mixed_float16", "float32", None])
def test_sigma_is_float32_under_mixed_precision(model, kernel):
    """In a model of either policy, and alone: of a kernel that is zero it is 1e-12, which is none in float16."""
    dense = keras.layers.Dense(5, kernel_initializer=kernel, dtype="mixed_float16")
    layer = SpectralNormalization(dense, dtype="mixed_float16")
    called = layer
    if model is not None:
        keras.mixed_precision.set_global_policy(model)
        x = keras.Input((7,))
        called = keras.Model(x, layer(x))
    output = called(inputs((3, 7)), training=True)
    assert layer.compute_dtype == "float16"
    assert np.isfinite(output).all()
    assert layer.u.dtype == "float32"
    w = layer.layer.kernel.numpy()
    assert_allclose(np.linalg.norm(layer.u), 1.0, rtol=1e-6)
    assert_allclose(np.linalg.norm(w @ layer.u.numpy()), np.linalg.svd(w)[1][0], rtol=1e-3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_one_precision_throughout(dtype):
    keras.config.set_dtype_policy(dtype)
    layer = SpectralNormalization(keras.layers.Dense(5, use_bias=False))
    x = inputs((3, 7)).astype(dtype if dtype != "bfloat16" else "float32")
    output = np.array(tf.cast(layer(x, training=True), "float64"))
    kernel = np.array(tf.cast(layer.layer.kernel.value, "float64"))
    assert_allclose(output, x.astype("float64") @ kernel / np.linalg.svd(kernel)[1][0], rtol=3e-2, atol=3e-2)


def test_what_has_no_kernel_is_named():
    with pytest.raises(InputError, match=r"`layer` must have a `kernel` or `embeddings`.*a ReLU"):
        SpectralNormalization(keras.layers.ReLU())(inputs((3, 7)))
    with pytest.raises(InputError, match="`layer` must be a Keras layer"):
        SpectralNormalization("dense")


@pytest.mark.long
@pytest.mark.full
def test_replicas_move_their_vectors_together_beside_a_layer_that_reduces(two_replicas):
    """A reduction lets the threads in which replicas are traced take turns, in the middle of a pass."""

    def trained():
        keras.utils.set_random_seed(0)
        generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,))
        x = keras.Input((8, 8, 1))
        y = keras.layers.Conv2D(4, 3, padding="same")(x)
        y = keras_gan.layers.BatchNormalization()(y)
        y = SpectralNormalization(keras.layers.Conv2D(4, 3), name="spectral")(y)
        gan = keras_gan.GAN(generator, keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(y))))
        gan.compile("sgd", "sgd")
        images = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1), dtype=np.uint8)
        gan.fit(images, batch_size=16, shuffle=False, verbose=0)
        return gan.discriminator.get_layer("spectral").u.value

    with two_replicas.scope():
        vectors = [np.asarray(part) for part in two_replicas.experimental_local_results(trained())]
    assert_array_equal(*vectors)
    assert_allclose(vectors[0], trained(), atol=1e-6)
