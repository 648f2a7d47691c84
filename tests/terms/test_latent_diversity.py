import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.random import RandomStream
from keras_gan.terms import LatentDiversity
from keras_gan.terms.latent_diversity import move_latents
from tests.critics import linear, round_of

MATRIX = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])  # of the generator, from two latents
LATENTS = np.random.default_rng(2).normal(size=(5, 2)).astype("float32")


def round_with(generator, latents=LATENTS, fakes=None):
    round = round_of(linear([1.0, 1.0, 1.0]), fakes=generator(latents, None) if fakes is None else fakes)
    return dataclasses.replace(round, latents=tf.constant(latents), generator=generator)


def linearly(z, y):
    return z @ tf.constant(MATRIX, tf.float32)


def moves(name):
    return tf.math.ndtri(RandomStream(0).uniform(f"{name}/noise", (5, 2))).numpy()


@pytest.mark.parametrize("deviation", [0.07, 2.0])
def test_of_a_linear_generator(deviation):
    """G(z + d) - G(z) = dM, whose mean square over the three entries counts."""
    value = LatentDiversity(deviation=deviation).generator_term(round_with(linearly))
    expected = -np.mean((deviation * moves("latent_diversity") @ MATRIX) ** 2, axis=1)
    assert_allclose(value, expected, rtol=1e-3)
    assert value.dtype == tf.float32


def test_of_images_it_is_the_mean_over_all_entries():
    def images(z, y):
        return tf.reshape(linearly(z, y), (-1, 1, 3, 1)) * tf.ones((1, 2, 1, 4))

    model = keras_gan.models.mlp((2, 3, 4), latent_dim=2, hidden=())[1]
    round = round_of(model, np.zeros((5, 2, 3, 4), "float32"), fakes=images(LATENTS, None))
    round = dataclasses.replace(round, latents=tf.constant(LATENTS), generator=images)
    value = LatentDiversity().generator_term(round)
    assert_allclose(value, LatentDiversity().generator_term(round_with(linearly)), rtol=1e-3)


@pytest.mark.parametrize(("generator", "deviation"), [(linearly, 0.0), (lambda z, y: tf.ones((5, 3)), 0.07)])
def test_without_a_difference_it_is_zero(generator, deviation):
    assert_allclose(LatentDiversity(deviation=deviation).generator_term(round_with(generator)), np.zeros(5), atol=1e-12)


def test_the_gradient_parts_the_samples():
    """Of the generator z -> s zM the term is s^2 times that of s = 1, through both samples."""
    s = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        value = LatentDiversity().generator_term(round_with(lambda z, y: s * linearly(z, y)))
    expected = -np.mean((0.07 * moves("latent_diversity") @ MATRIX) ** 2, axis=1).sum()
    assert_allclose(tape.gradient(value, s), 4 * expected, rtol=1e-3)


def test_labels_are_kept():
    given = []
    round = round_with(lambda z, y: given.append(y) or linearly(z, y))
    labels = tf.constant([0, 1, 2, 0, 1])
    LatentDiversity().generator_term(dataclasses.replace(round, labels=labels))
    assert given[-1] is labels


def test_moves_are_normal_and_of_their_deviation():
    round = round_with(linearly, fakes=np.zeros((5, 3), "float32"))
    round = dataclasses.replace(round, latents=tf.fill((4000, 3), 10.0))
    moved = move_latents(round, 0.5, "test").numpy() - 10
    assert_allclose(moved.mean(0), 0, atol=5 * 0.5 / np.sqrt(4000))
    assert_allclose(moved.std(0), 0.5, rtol=0.05)
    assert_allclose(np.mean(np.abs(moved) > 0.5 * 1.959964), 0.05, atol=0.01)
    assert (np.abs(move_latents(round, 0.5, "other") - moved - 10) > 1e-6).mean() > 0.99


def test_it_is_the_generators_and_reads_no_reals():
    term = LatentDiversity()
    assert term.of("discriminator") is None
    assert term.names_by_player() == {"generator": "latent_diversity"}
    round = dataclasses.replace(round_with(linearly), judged_real=None)
    assert not term.generator_sees_real
    assert_array_equal(term.generator_term(round), term.generator_term(round_with(linearly)))


def test_arguments():
    again = LatentDiversity.from_config(LatentDiversity(3.0, 4, 0.5, "x").get_config())
    assert (again.weight, again.interval, again.deviation, again.name) == (3.0, 4, 0.5, "x")
    with pytest.raises(InputError, match=r"`deviation` must be .*Received: deviation=-1"):
        LatentDiversity(deviation=-1.0)
