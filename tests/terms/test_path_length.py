import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError, RandomStream, Round
from keras_gan.terms import PathLength

SHAPE, PLACES, WIDTH = (4, 3, 2), 2, 3


def linear(jacobian):
    """A generator whose images are a matrix times its styles, and whose styles are its latents."""
    latents = keras.Input((PLACES * WIDTH,))
    styles = keras.layers.Reshape((PLACES, WIDTH), name="mapping")(latents)
    flat = keras.layers.Reshape((PLACES * WIDTH,))(styles)
    dense = keras.layers.Dense(int(np.prod(SHAPE)), use_bias=False)
    network = keras.Model(latents, keras.layers.Reshape(SHAPE)(dense(flat)))
    dense.set_weights([jacobian])
    return network


def round_of(network, rows, step=0):
    latents = tf.constant(np.random.default_rng(0).normal(size=(rows, PLACES * WIDTH)).astype("float32"))
    generate = lambda z, y: network(z)  # noqa: E731
    return Round(None, None, None, latents, None, generate, step, RandomStream(0, step), network=network)


def jacobian():
    return np.random.default_rng(1).normal(size=(PLACES * WIDTH, int(np.prod(SHAPE)))).astype("float32")


def test_by_hand():
    """`||J y||^2 / PLACES` of the noise that was drawn, over the root of the pixels."""
    term, matrix = PathLength(decay=0.1, shrink=2), jacobian()
    value = term.generator_term(round_of(linear(matrix), 6))
    noise = np.asarray(RandomStream(0).every(2, 0).normal("path_length/noise", (3, *SHAPE))).reshape(3, -1)
    lengths = np.sqrt(np.sum((noise @ matrix.T) ** 2, axis=1) / PLACES / 12)
    average = 0.1 * lengths.mean()
    assert_allclose(term.average, average, rtol=1e-5)
    assert_allclose(value, (lengths - average) ** 2, rtol=1e-4)


def test_the_mean_converges_to_that_of_the_jacobian():
    """Where all singular values are s, `J^T y` is normal in 6 dimensions: its mean norm is s sqrt(2) G(7/2) / G(3)."""
    from scipy.special import gamma

    orthogonal = np.linalg.svd(jacobian(), full_matrices=False)[2].astype("float32")  # rows of length 1
    term, network = PathLength(interval=1, decay=0.05, shrink=1), linear(5.0 * orthogonal)
    step = tf.function(lambda t: term.generator_term(round_of(network, 64, t)))
    for t in range(150):
        step(tf.constant(t, tf.int64))
    expected = 5.0 * np.sqrt(2) * gamma(3.5) / gamma(3) / np.sqrt(PLACES * 12)
    assert_allclose(term.average, expected, rtol=0.02)


def test_its_gradient_is_that_of_differences():
    matrix = jacobian()
    network = linear(matrix)
    (kernel,) = network.trainable_weights
    direction = np.random.default_rng(2).normal(size=matrix.shape).astype("float32")

    def value(by=0.0):
        kernel.assign(matrix + by * direction)
        term = PathLength(decay=1e-9)  # its average stays where it is
        term.average.assign(0.7)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(term.generator_term(round_of(network, 4)))
        return float(total), tape.gradient(total, kernel.value)

    expected = (value(1e-2)[0] - value(-1e-2)[0]) / 2e-2
    assert_allclose(np.sum(value()[1] * direction), expected, rtol=1e-3)


def test_a_generator_without_styles():
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)))
    with pytest.raises(InputError, match=r"`layer` must be the name of the generator's layer .*layer='mapping'"):
        gan.compile("adam", "adam", terms=[PathLength()])


@pytest.mark.parametrize("arguments", [{"decay": 0.0}, {"decay": 2.0}, {"shrink": 0}, {"weight": -1.0}])
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        PathLength(**arguments)


@pytest.mark.parametrize("skip", [True, False])
def test_nothing_moves_where_it_is_not_due(skip):
    """Whether the work of other steps is saved, or thrown away as under XLA and on replicas."""
    networks = keras_gan.models.stylegan2((8, 8, 1), latent_dim=4, style_dim=4, channel_base=32, mapping_depth=1)
    generator, term = networks.generator, PathLength(interval=3)
    latents = tf.constant(np.random.default_rng(0).normal(size=(4, 4)).astype("float32"))
    state = [term.average, *generator.non_trainable_variables]
    seen = []
    for step in range(5):
        round = Round(None, None, None, latents, None, None, tf.constant(step, tf.int64), RandomStream(0, step))
        term.evaluate("generator", dataclasses.replace(round, network=generator), skip=skip)
        seen.append([np.array(variable) for variable in state])
    for before, after, moved in zip(seen, seen[1:], [False, False, True, False], strict=False):
        same = [np.array_equal(one, other) for one, other in zip(before, after, strict=True)]
        assert all(same) != moved
    assert seen[-1][0] > seen[0][0] > 0
