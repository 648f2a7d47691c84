"""The theory of Goodfellow et al. 2014, arXiv:1406.2661, section 4, seen in numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from tests.reference.minimax import LinearGame, jensen_shannon, normal_density

DATA, GENERATED = (0.0, 1.0), (1.5, 0.7)  # mean and standard deviation


def frozen_generator(mean, deviation):
    generator, _ = keras_gan.models.mlp((1,), latent_dim=1, hidden=())
    generator.set_weights([np.array([[deviation]], "float32"), np.array([mean], "float32")])
    generator.trainable = False
    return generator


def optimal_discriminator(generated):
    """Train a discriminator against a frozen generator, and return it with its game."""
    _, discriminator = keras_gan.models.mlp((1,), hidden=(64, 64), activation="tanh", seed=2)
    gan = keras_gan.GAN(frozen_generator(*generated), discriminator)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, 1500)
    gan.compile("sgd", keras.optimizers.Adam(rate, beta_1=0.9), loss="minimax", steps_per_execution=100)
    reals = np.random.default_rng(0).normal(*DATA, (1500 * 2048, 1)).astype("float32")
    gan.fit(tf.data.Dataset.from_tensor_slices(reals).batch(2048, drop_remainder=True), verbose=0)
    return gan


def value(gan, x, p, q, dx):
    """V(D, G) = E_p[log D] + E_q[log(1 - D)], by quadrature."""
    logits = gan.discriminate(x[:, None]).astype("float64")
    return np.sum(-p * np.logaddexp(0, -logits) - q * np.logaddexp(0, logits)) * dx


@pytest.mark.long
@pytest.mark.parametrize("generated", [GENERATED, DATA], ids=["apart", "equal"])
def test_the_optimal_discriminator_and_its_value(generated):
    gan = optimal_discriminator(generated)
    x = np.linspace(-6, 8, 2001)
    dx = x[1] - x[0]
    p, q = normal_density(x, *DATA), normal_density(x, *generated)
    common = (p + q) / 2 > 0.05 * ((p + q) / 2).max()
    learned = 1 / (1 + np.exp(-gan.discriminate(x[:, None])))
    assert np.abs(learned - p / (p + q))[common].max() < 0.03  # proposition 1
    expected = -np.log(4) + 2 * jensen_shannon(p, q, dx)  # theorem 1
    assert_allclose(value(gan, x, p, q, dx), expected, atol=1e-2)
    if generated == DATA:
        assert_allclose(expected, -np.log(4))
        assert np.abs(learned - 0.5)[common].max() < 0.03


@pytest.mark.parametrize("k", [1, 3])
def test_three_rounds_of_algorithm_1_equal_float64(k):
    """Minibatches, noise and plain SGD: the same four numbers as gradients worked out by hand."""
    generator, discriminator = keras_gan.models.mlp((1,), latent_dim=1, hidden=())
    generator.set_weights([np.array([[0.8]], "float32"), np.array([-0.5], "float32")])
    discriminator.set_weights([np.array([[0.3]], "float32"), np.array([0.1], "float32")])
    gan = keras_gan.GAN(generator, discriminator, seed=4)
    rate = 0.3
    gan.compile(
        keras.optimizers.SGD(rate), keras.optimizers.SGD(rate), loss="minimax", discriminator_steps=k, run_eagerly=True
    )
    reals = np.random.default_rng(0).normal(2, 0.5, (3, 8 * k, 1)).astype("float32")
    game = LinearGame(0.8, -0.5, 0.3, 0.1, rate)
    for x in reals:
        z = gan.sample_latents("discriminator", 8 * k).numpy().astype("float64")
        generator_z = gan.sample_latents("generator", 8).numpy().astype("float64")
        gan.train_on_batch(x)
        game.play([x[j::k] for j in range(k)], [z[j::k] for j in range(k)], generator_z)
    trained = np.concatenate([np.ravel(w) for w in [*generator.get_weights(), *discriminator.get_weights()]])
    assert_allclose(trained, [game.a, game.b, game.w, game.c], atol=1e-5)
    assert np.abs(trained - [0.8, -0.5, 0.3, 0.1]).min() > 1e-2, "each has moved"
