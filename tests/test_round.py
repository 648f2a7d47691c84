"""What a term sees of the game."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import terms
from keras_gan.critic import Judgement
from keras_gan.training.game.gradients import Gradients, watching


class Witness(terms.Term):
    """Sees both rounds and keeps them; adds nothing."""

    def __init__(self, generator_sees_real, **kwargs):
        super().__init__(**kwargs)
        self.generator_sees_real = generator_sees_real
        self.rounds = {}

    def discriminator_term(self, round):
        self.rounds["discriminator"] = round
        return 0.0 * round.fake.logits

    def generator_term(self, round):
        self.rounds["generator"] = round
        return 0.0 * round.fake.logits


def play(images, num_classes=None, generator_sees_real=False, steps=1, **rules):
    """Return the GAN and the rounds of its last step, played eagerly; the networks stay as they are."""
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=num_classes)
    gan = keras_gan.GAN(*networks, num_classes=num_classes, seed=5)
    witness = Witness(generator_sees_real)
    still = [keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0)]
    gan.compile(*still, terms=[witness], run_eagerly=True, **rules)
    for _ in range(steps):
        gan.train_on_batch(*([images[0][:8]] if num_classes is None else [images[0][:8], images[1][:8]]))
    return gan, witness.rounds


def test_the_fakes_are_connected_to_the_generator_in_its_own_turn_only(images):
    gradients, seen = {}, {}

    class Game(keras_gan.GAN):
        def compute_discriminator_loss(self, round):
            seen["discriminator"] = round
            return super().compute_discriminator_loss(round)

        def compute_generator_loss(self, round):
            seen["generator"] = round
            return super().compute_generator_loss(round)

        def tape(self, player):  # of the generator's variables for both
            return watching(self.generator.trainable_variables)

        def differentiate(self, player, tape, loss, logs, microbatches=1):
            sources = [variable.value for variable in self.generator.trainable_variables]
            gradients[player] = tape.gradient(seen[player].fake.images, sources)
            return Gradients(loss, logs, [])

        def update(self, player, gradients):
            return tf.constant(0.0)

    gan = Game(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,)))
    gan.compile("sgd", "sgd", run_eagerly=True)
    gan.train_on_batch(images[0][:8])
    assert gradients["discriminator"] == [None] * 4
    assert all(np.abs(gradient).max() > 0 for gradient in gradients["generator"])


@pytest.mark.parametrize("num_classes", [None, 3])
def test_what_a_round_holds(num_classes, images):
    gan, rounds = play(images, num_classes, steps=3)
    real = images[0][:8] / 127.5 - 1
    assert set(rounds) == {"discriminator", "generator"}
    for round in rounds.values():
        assert isinstance(round.fake, Judgement)
        assert round.latents.shape == (8, 4)
        assert round.fake.images.shape == (8, 8, 8, 1)
        assert round.fake.logits.shape == (8,)
        assert round.fake.logits.dtype == tf.float32
        assert round.step.dtype == tf.int64
        assert int(round.step) == 3, "the counter itself, which has moved on since"
        assert_allclose(round.fake.images, round.generator(round.latents, round.labels), atol=1e-6)
        if num_classes is None:
            assert round.labels is None
        else:
            assert round.labels.dtype == tf.int32
            assert_array_equal(round.labels, images[1][:8])
    assert_allclose(rounds["discriminator"].real.images, real, atol=1e-6)
    labels = [] if num_classes is None else [images[1][:8]]
    assert_allclose(rounds["discriminator"].real.logits, gan.discriminate(real, *labels), atol=1e-5)


def test_the_two_turns_have_latents_of_their_own(images):
    _, rounds = play(images)
    assert not np.allclose(rounds["discriminator"].latents, rounds["generator"].latents)


def test_each_step_has_latents_of_its_own(images):
    first, second = play(images, steps=1)[1], play(images, steps=2)[1]
    assert not np.allclose(first["generator"].latents, second["generator"].latents)
    again = play(images, steps=1)[1]
    assert_array_equal(first["generator"].latents, again["generator"].latents)


@pytest.mark.parametrize("asked", [False, True])
def test_the_generator_sees_the_reals_only_if_asked(asked, images):
    _, rounds = play(images, generator_sees_real=asked)
    assert isinstance(rounds["discriminator"].real, Judgement)
    if asked:
        assert_allclose(rounds["generator"].real.images, images[0][:8] / 127.5 - 1, atol=1e-6)
    else:
        with pytest.raises(AttributeError, match="`real` only with `generator_sees_real = True`"):
            rounds["generator"].real  # noqa: B018


def test_the_critic_judges_further_images(images):
    gan, rounds = play(images, 3)
    for round in rounds.values():
        judged = round.critic(round.fake.images)
        assert_allclose(judged.logits, round.fake.logits, atol=1e-6)
        middle = 0.5 * (round.fake.images + tf.constant(images[0][:8] / 127.5 - 1, tf.float32))
        judged = round.critic(middle)
        assert_allclose(judged.logits, gan.discriminate(middle.numpy(), images[1][:8]), atol=1e-5)
        assert judged.input_gradient().shape == middle.shape


def test_the_last_discriminator_round_of_several_sees_its_share(images):
    _, rounds = play(images, discriminator_steps=4)
    assert_allclose(rounds["discriminator"].real.images, images[0][3:8:4] / 127.5 - 1, atol=1e-6)
    assert rounds["generator"].fake.images.shape == (2, 8, 8, 1)


def test_each_turn_has_random_numbers_of_its_own(images):
    """The same again for the same seed and step, and others in the other turn and at the next step."""

    def draw(steps):
        rounds = play(images, steps=steps)[1]
        return [rounds[turn].random.uniform("noise", (8, 5)).numpy() for turn in ("discriminator", "generator")]

    first, again, second = draw(1), draw(1), draw(2)
    assert_array_equal(first, again)
    assert not np.isin(first[0], first[1]).any()
    assert not np.isin(first, second).any()


def test_a_round_is_read_only(images):
    _, rounds = play(images)
    with pytest.raises(dataclasses.FrozenInstanceError):
        rounds["generator"].step = 3
