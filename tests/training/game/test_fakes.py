import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan.training.game.fakes import FreshFakes, ReusedFakes


@pytest.fixture
def game():
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(4,)))
    gan.compile("sgd", "sgd")
    return gan


def is_recorded(game, made):
    if made.tape is None:
        return False
    with made.tape as tape:
        loss = tf.reduce_sum(made.samples)
    return tape.gradient(loss, game.generator.trainable_variables[0].value) is not None


def test_fresh_fakes(game):
    batch = game.minibatch("discriminator", tf.zeros((6, 2)), None)
    seen = FreshFakes().for_discriminator(game, batch)
    assert FreshFakes().kept(seen) is None
    assert not is_recorded(game, seen)
    own = FreshFakes().minibatch(game, batch)
    assert np.abs(own.latents - batch.latents).max() > 0.1
    assert_array_equal(own.samples, batch.samples)
    learnt = FreshFakes().for_generator(game, own, [])
    assert is_recorded(game, learnt)
    assert np.abs(learnt.samples - seen.samples).max() > 1e-3


def test_reused_fakes(game):
    batch = game.minibatch("discriminator", tf.zeros((6, 2)), None)
    parts = batch.microbatches(2)
    played = [type("Turn", (), {"made": ReusedFakes().for_discriminator(game, part)}) for part in parts]
    assert ReusedFakes().kept(played[0].made) is played[0].made
    own = ReusedFakes().minibatch(game, batch)
    assert_array_equal(own.latents, batch.latents)
    for part, turn in zip(own.microbatches(2), played, strict=True):
        learnt = ReusedFakes().for_generator(game, part, played)
        assert learnt is turn.made
        assert is_recorded(game, learnt)


def test_they_are_chosen_by_compile(game):
    assert isinstance(game.fakes, FreshFakes)
    game.compile(*(keras.optimizers.SGD(0.1) for _ in range(2)), reuse_fakes=True)
    assert isinstance(game.fakes, ReusedFakes)
