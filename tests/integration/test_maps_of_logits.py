"""A discriminator may give a map of logits: all that is made of logits is then a mean over its places."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import losses, penalties
from keras_gan.critic import Critic
from keras_gan.training.game.objective import Objective
from keras_gan.training.game.top_k import TopK
from tests.critics import POINTS, linear, round_of

A, B = np.array([1.0, 2.0, -2.0]), np.array([3.0, 0.0, 4.0])
FAKES = (2 * POINTS[::-1] + 0.5).astype("float32")
MEAN = linear((A + B) / 2)  # D(x), the mean of the map


def map_of_two():
    """D(x) = (a.x, b.x) as a map of two places."""
    x = keras.Input((3,))
    dense = keras.layers.Dense(2, use_bias=False)
    model = keras.Model(x, keras.layers.Reshape((1, 2, 1))(dense(x)))
    dense.set_weights([np.stack([A, B], axis=1)])
    return model


def test_the_shapes_of_a_judgement():
    judged = Critic(map_of_two())(tf.constant(POINTS))
    assert_allclose(judged.logits, np.stack([POINTS @ A, POINTS @ B], axis=1)[:, None], rtol=1e-5)
    assert_allclose(judged.input_gradient(), np.tile((A + B) / 2, (5, 1)), rtol=1e-6)


@pytest.mark.parametrize("name", ["hinge", "least_squares", "non_saturating", "minimax", "wasserstein", "relativistic"])
def test_losses_are_means_over_places(name):
    """As if each place were a discriminator of its own."""
    round = round_of(map_of_two(), fakes=FAKES)
    for player, letter in (("discriminator", "d"), ("generator", "g")):
        total, logs = Objective(name, []).total(player, round)
        single = [Objective(name, []).total(player, round_of(linear(s), fakes=FAKES))[0] for s in (A, B)]
        assert_allclose(total, np.mean(single), rtol=1e-5)
        value, count = logs[f"{letter}_loss"]
        assert_allclose((value / count, count), (total, 10), rtol=1e-5)


def test_the_relativistic_average_is_of_all_places():
    real, fake = (np.stack([points @ A, points @ B]).astype("float64") for points in (POINTS, FAKES))
    softplus = lambda x: np.log1p(np.exp(x))  # noqa: E731
    expected = np.mean(softplus(fake.mean() - real) + softplus(fake - real.mean()))
    total, _ = Objective(losses.RelativisticAverage(), []).total("discriminator", round_of(map_of_two(), fakes=FAKES))
    assert_allclose(total, expected, rtol=1e-5)


@pytest.mark.parametrize("penalty", [penalties.R1(), penalties.R2(), penalties.GradientPenalty(), penalties.DRAGAN()])
def test_gradient_penalties_are_those_of_the_mean(penalty):
    ours, plain = (penalty.discriminator_term(round_of(model, fakes=FAKES)) for model in (map_of_two(), MEAN))
    assert ours.shape == (5,)
    assert_allclose(ours, plain, rtol=1e-5)


def test_r1_by_hand():
    assert_allclose(
        penalties.R1().discriminator_term(round_of(map_of_two())), np.full(5, 2.0**2 + 1.0 + 1.0), rtol=1e-6
    )


def test_le_cam_is_of_all_places():
    term = penalties.LeCam()
    value = np.mean(term.discriminator_term(round_of(map_of_two(), fakes=FAKES)))
    real, fake = (np.stack([points @ A, points @ B]) for points in (POINTS, FAKES))
    assert_allclose(term.real_average, real.mean(), rtol=1e-5)
    assert_allclose(value, np.mean((real - fake.mean()) ** 2 + (fake - real.mean()) ** 2), rtol=1e-5)


def test_top_k_keeps_the_best_places():
    logits = tf.constant([[[1.0, 8.0]], [[7.0, 2.0]]])
    assert_allclose(TopK(0.5).weights(logits, tf.constant(0, tf.int64)), [[[0.0, 2.0]], [[2.0, 0.0]]])
    best = np.sort(np.ravel([FAKES @ A, FAKES @ B]))[-4:]
    total, _ = Objective("wasserstein", [], top_k=0.4).total("generator", round_of(map_of_two(), fakes=FAKES))
    assert_allclose(total, -np.mean(best), rtol=1e-5)


def test_a_source_is_seen_first_and_augmented_alike():
    """What is judged and what it was made from go through the same transformation."""
    source, images = keras.Input((8, 8, 1)), keras.Input((8, 8, 2))
    outputs = {
        "logits": keras.layers.Dense(1)(images),
        "source": keras.ops.copy(source),
        "images": keras.ops.copy(images),
    }
    x = tf.random.uniform((16, 8, 8, 1), -1, 1, seed=0)
    critic = Critic(
        keras.Model([source, images], outputs),
        source=x,
        augmentation=keras_gan.augmentation.DiffAugment(["translation"]),
        random=keras_gan.RandomStream(0),
    )
    judged = critic(tf.concat([x, -x], axis=-1))
    assert np.abs(judged.outputs["source"] - x).max() > 0.1
    assert_allclose(judged.outputs["images"][..., :1], judged.outputs["source"])
    assert_allclose(judged.outputs["images"][..., 1:], -judged.outputs["source"])
    again = critic(tf.concat([x, -x], axis=-1))  # another pass draws other numbers, alike again
    assert np.abs(again.outputs["source"] - judged.outputs["source"]).max() > 0.1
    assert_allclose(again.outputs["images"][..., :1], again.outputs["source"])


def test_a_gan_trains_on_maps(images):
    """The mean over places of what is logged, and a step with every kind of part."""
    x = keras.Input((8, 8, 1))
    discriminator = keras.Model(x, keras.layers.Conv2D(1, 4, 2, "same")(x))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile("sgd", "sgd", terms=[penalties.R1(), penalties.LeCam()], top_k=0.5, run_eagerly=True)
    logits = gan.discriminate(images[0][:8])
    assert logits.shape == (8, 4, 4)
    logs = gan.train_on_batch(images[0][:8], return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    assert_allclose(logs["d_real"], np.mean(logits), rtol=1e-4)
    assert 0.0 <= logs["d_accuracy"] <= 1.0
    logs = gan.test_on_batch(images[0][:8], return_dict=True)
    assert_allclose(logs["d_real"], np.mean(gan.discriminate(images[0][:8])), rtol=1e-4)
