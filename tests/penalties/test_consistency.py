import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.augmentation import ADA, Augmentation, DiffAugment
from keras_gan.critic import Critic
from keras_gan.penalties import BalancedConsistency, LatentConsistency
from keras_gan.random import RandomStream
from keras_gan.round import Round
from tests import critics
from tests.critics import POINTS, linear

SLOPE = np.array([2.0, 3.0, -6.0])
FAKES = POINTS[::-1] + np.array([1.0, 0.0, 2.0], "float32")
MATRIX = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])  # of the generator, from two latents


def images(vectors):
    """Vectors as images of one pixel."""
    return tf.reshape(tf.convert_to_tensor(vectors, tf.float32), (-1, 1, 1, 3))


def judge(model):
    """The critic of such images that a critic of vectors is."""
    x = keras.Input((1, 1, 3))
    return keras.Model(x, model(keras.layers.Flatten()(x)))


def round_of(model, fakes=POINTS):
    return critics.round_of(judge(model), images(POINTS), fakes=images(fakes))


class Unchanged(Augmentation):
    def augment(self, images, random):
        return images


class Tripled(Augmentation):
    def augment(self, images, random):
        return 3.0 * images


class Stretched(Augmentation):
    def augment(self, images, random):
        return images * (1.0 + random.uniform("by", (tf.shape(images)[0], 1, 1, 1)))


def stretch(name, side):
    return RandomStream(0).within(f"{name}/{side}").uniform("by", (5, 1, 1, 1)).numpy()[:, 0, 0, 0]


@pytest.mark.parametrize("bias", [0.0, 7.0])
def test_balanced_of_a_linear_critic(bias):
    """D(T(x)) - D(x) = 2 a.x for T(x) = 3x."""
    penalty = BalancedConsistency(augmentation=Tripled())
    value = penalty.discriminator_term(round_of(linear(SLOPE, bias), fakes=FAKES))
    assert_allclose(value, 4 * (POINTS @ SLOPE) ** 2 + 4 * (FAKES @ SLOPE) ** 2, rtol=1e-4)


def test_balanced_augments_both_sides_independently():
    value = BalancedConsistency(augmentation=Stretched()).discriminator_term(round_of(linear(SLOPE), fakes=FAKES))
    real, fake = (stretch("balanced_consistency", side) for side in ("real", "fake"))
    assert (real != fake).all()
    assert_allclose(value, (real * (POINTS @ SLOPE)) ** 2 + (fake * (FAKES @ SLOPE)) ** 2, rtol=1e-4)
    other = BalancedConsistency(augmentation=Stretched(), name="other").discriminator_term(round_of(linear(SLOPE)))
    assert (np.abs(other - value) > 1e-3).all()


def test_balanced_of_what_changes_nothing_is_zero():
    round = round_of(linear(SLOPE, 1.0), fakes=FAKES)
    assert_array_equal(BalancedConsistency(augmentation=Unchanged()).discriminator_term(round), np.zeros(5))


def test_balanced_shifts_images_by_default():
    penalty = BalancedConsistency()
    assert penalty.augmentation.get_config() == DiffAugment(["translation"]).get_config()
    x = keras.Input((16, 8, 3))
    sums = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    both = np.random.default_rng(0).uniform(-1, 1, (2, 6, 16, 8, 3)).astype("float32")
    value = penalty.discriminator_term(critics.round_of(sums, both[0], fakes=both[1]))
    expected = 0
    for part, side in zip(both, ("real", "fake"), strict=True):
        random = RandomStream(0).within(f"balanced_consistency/{side}")
        shifted = penalty.augmentation.augment(tf.constant(part), random).numpy()
        expected += (part - shifted).sum((1, 2, 3)) ** 2
    assert_allclose(value, expected, rtol=1e-3, atol=1e-3)


def test_balanced_goes_through_the_critics_own_augmentation_too():
    """(D(A(x)) - D(A'(T(x))))^2, the passes A independent."""
    random = RandomStream(0)
    critic = Critic(judge(linear(SLOPE)), augmentation=Stretched(), random=random)
    real, fake = critic(images(POINTS)), critic(images(FAKES))
    round = Round(critic, real, fake, None, None, None, tf.constant(0, tf.int64), random)
    value = BalancedConsistency(augmentation=Tripled()).discriminator_term(round)
    factors = [1 + stretch("augmentation", number) for number in (1, 2, 3, 4)]
    reals, fakes = POINTS @ SLOPE, FAKES @ SLOPE
    assert_allclose(
        value,
        ((factors[0] - 3 * factors[2]) * reals) ** 2 + ((factors[1] - 3 * factors[3]) * fakes) ** 2,
        rtol=1e-4,
    )


def test_balanced_is_for_images():
    with pytest.raises(InputError, match=r"`BalancedConsistency` is for images\. Received: samples of shape \(3,\)"):
        BalancedConsistency().discriminator_term(critics.round_of(linear(SLOPE)))
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,)))
    with pytest.raises(InputError, match=r"is for images.*\(2,\)"):
        gan.compile("sgd", "sgd", terms=["balanced_consistency"])
    gan.compile("sgd", "sgd", terms=["latent_consistency"])


def latent_round(model):
    """A round whose generator is z -> zM, and its latents."""
    latents = np.random.default_rng(2).normal(size=(5, 2)).astype("float32")
    calls = []

    def generator(z, y):
        calls.append(y)
        return images(z @ tf.constant(MATRIX, tf.float32))

    round = round_of(model, fakes=generator(latents, None))
    labels = tf.constant([0, 1, 2, 0, 1])
    calls.clear()
    return dataclasses.replace(round, latents=tf.constant(latents), labels=labels, generator=generator), calls


def moves(name):
    return tf.math.ndtri(RandomStream(0).uniform(f"{name}/noise", (5, 2))).numpy()


@pytest.mark.parametrize("deviation", [0.07, 2.0])
def test_latent_of_a_linear_game(deviation):
    """D(G(z)) - D(G(z + d)) = -(dM).a"""
    round, calls = latent_round(linear(SLOPE, 3.0))
    value = LatentConsistency(deviation=deviation).discriminator_term(round)
    expected = (deviation * moves("latent_consistency") @ MATRIX @ SLOPE) ** 2
    assert_allclose(value, expected, rtol=1e-3, atol=1e-6)
    assert len(calls) == 1
    assert calls[0] is round.labels, "the moved sample is of the same class"


def test_latent_without_a_move_is_zero():
    round, _ = latent_round(linear(SLOPE))
    assert_allclose(LatentConsistency(deviation=0.0).discriminator_term(round), np.zeros(5), atol=1e-9)


def test_latent_teaches_the_discriminator_alone():
    model = linear(SLOPE)
    round, _ = latent_round(model)
    matrix = tf.Variable(MATRIX, dtype=tf.float32)
    round = dataclasses.replace(round, generator=lambda z, y: tf.reshape(z @ matrix, (-1, 1, 1, 3)))
    kernel = model.layers[-1].kernel.value
    with tf.GradientTape(persistent=True) as tape:
        value = LatentConsistency().discriminator_term(round)
    assert tape.gradient(value, matrix) is None
    assert np.abs(tape.gradient(value, kernel)).max() > 0


@pytest.mark.parametrize("penalty", [BalancedConsistency(augmentation=Tripled()), LatentConsistency()])
def test_of_a_constant_critic_is_zero_with_a_finite_gradient(penalty):
    model = linear([0.0, 0.0, 0.0], 2.0)
    with tf.GradientTape() as tape:
        round, _ = latent_round(model)
        value = penalty.discriminator_term(round)
    assert_array_equal(value, np.zeros(5))
    assert_array_equal(tape.gradient(value, model.layers[-1].kernel.value), np.zeros((3, 1)))


def test_gradients_are_the_closed_forms():
    """Of the sum of (2 a.x)^2 + (2 a.f)^2 with respect to a: 8 (xx' + ff')a."""
    model = linear(SLOPE)
    with tf.GradientTape() as tape:
        value = BalancedConsistency(augmentation=Tripled()).discriminator_term(round_of(model, fakes=FAKES))
    expected = 8 * (POINTS.T @ POINTS + FAKES.T @ FAKES) @ SLOPE
    assert_allclose(tape.gradient(value, model.layers[-1].kernel.value)[:, 0], expected, rtol=1e-4)


@pytest.mark.parametrize("penalty", [BalancedConsistency, LatentConsistency])
def test_they_are_the_discriminators(penalty):
    assert penalty().of("generator") is None
    assert list(penalty().names_by_player()) == ["discriminator"]


def test_arguments():
    again = BalancedConsistency.from_config(BalancedConsistency(3.0, 4, ADA(["blit"], None, p=0.5), "x").get_config())
    assert (again.weight, again.interval, again.name) == (3.0, 4, "x")
    assert again.augmentation.get_config() == ADA(["blit"], None, p=0.5).get_config()
    assert type(BalancedConsistency(augmentation="ada").augmentation) is ADA
    again = LatentConsistency.from_config(LatentConsistency(3.0, 4, 0.5, "x").get_config())
    assert (again.weight, again.interval, again.deviation, again.name) == (3.0, 4, 0.5, "x")
    with pytest.raises(InputError, match=r"`deviation` must be .*Received: deviation=-1"):
        LatentConsistency(deviation=-1.0)
    with pytest.raises(InputError, match=r"`augmentation` must be .*Received: augmentation='nothing'"):
        BalancedConsistency(augmentation="nothing")
