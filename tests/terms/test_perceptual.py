import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import ImageToImage, InputError, RandomStream, Round
from keras_gan.critic import Critic
from keras_gan.models import patch_discriminator, unet
from keras_gan.terms import PairedFeatureMatching, Perceptual


def network():
    """Doubles its input, and then takes the mean over all places."""
    x = keras.Input((None, None, 1))
    y = keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer=keras.initializers.Constant(2.0), name="twice")(x)
    return keras.Model(x, keras.layers.GlobalAveragePooling2D(name="mean")(y))


def round_of(fake, target):
    x = keras.Input((2, 2, 1))
    heads = {"logits": keras.layers.Dense(1)(keras.layers.Flatten()(x))}
    heads |= {"layer_0": keras.layers.Rescaling(3.0)(x), "layer_1": keras.layers.Rescaling(-1.0)(x[:, :1])}
    critic = Critic(keras.Model(x, heads))
    fake, target = (tf.constant(each, tf.float32) for each in (fake, target))
    step = tf.constant(0, tf.int64)
    return Round(critic, critic(target), critic(fake), None, None, None, step, RandomStream(0), None, target, target)


FAKE = np.array([[[[0.0], [1.0]], [[-1.0], [0.5]]]])
TARGET = np.array([[[[0.0], [0.5]], [[1.0], [0.5]]]])


def test_perceptual_by_hand():
    differences = np.abs(FAKE - TARGET)
    round = round_of(FAKE, TARGET)
    assert_allclose(Perceptual(network(), ["twice"]).generator_term(round), [2 * differences.mean()], rtol=1e-6)
    squares = 4 * np.square(FAKE - TARGET).mean()
    assert_allclose(Perceptual(network(), ["twice"], "l2").generator_term(round), [squares], rtol=1e-6)
    mean = 2 * abs(FAKE.mean() - TARGET.mean())
    assert_allclose(Perceptual(network()).generator_term(round), [mean], rtol=1e-6)
    both = Perceptual(network(), ["twice", "mean"]).generator_term(round)
    assert_allclose(both, [2 * differences.mean() + mean], rtol=1e-6)


def test_feature_matching_by_hand():
    round = round_of(FAKE, TARGET)
    first, second = 3 * np.abs(FAKE - TARGET).mean(), np.abs(FAKE - TARGET)[:, :1].mean()
    assert_allclose(PairedFeatureMatching().generator_term(round), [first + second], rtol=1e-6)
    assert_allclose(PairedFeatureMatching(heads=["layer_1"]).generator_term(round), [second], rtol=1e-6)
    assert PairedFeatureMatching().generator_sees_real
    assert not Perceptual(network()).generator_sees_real


@pytest.mark.long
def test_in_a_game_that_is_saved(tmp_path):
    """The network is not trained, and comes back with its weights."""
    generator = np.random.default_rng(0)
    pairs = [generator.integers(0, 256, (4, 16, 16, 1), dtype=np.uint8) for _ in range(2)]
    judge = network()
    game = ImageToImage(unet(1, 1, width=2, depth=2), patch_discriminator(1, 1, 16, 2, heads=True))
    terms = [Perceptual(judge, ["twice"]), PairedFeatureMatching()]
    game.compile("adam", "adam", terms=terms, run_eagerly=True)
    judge.set_weights([np.full((1, 1, 1, 1), 0.7)])
    logs = game.train_on_batch(*pairs, return_dict=True)
    assert logs["perceptual"] > 0
    assert logs["paired_feature_matching"] > 0
    assert_allclose(judge.get_weights()[0], 0.7)
    game.save(tmp_path / "game.keras")
    loaded = keras.models.load_model(tmp_path / "game.keras")
    assert_allclose(loaded.terms[0].network.get_weights()[0], 0.7)
    for each in (game, loaded):
        each.train_on_batch(*pairs)
    for a, b in zip(game.get_weights(), loaded.get_weights(), strict=True):
        assert_array_equal(a, b)


def test_what_is_refused(make_gan):
    with pytest.raises(InputError, match="`network` must be"):
        Perceptual("vgg")
    with pytest.raises(InputError, match="`layers`"):
        Perceptual(network(), ["third"])
    with pytest.raises(InputError, match="`norm`"):
        Perceptual(network(), norm="l3")
    with pytest.raises(InputError, match="games of pairs"):
        make_gan(terms=[PairedFeatureMatching()])
    round = round_of(FAKE, TARGET)
    with pytest.raises(InputError, match="a head 'layer_7'"):
        PairedFeatureMatching(heads=["layer_7"]).generator_term(round)


def test_two_passes_that_are_augmented_in_two_ways_are_not_compared():
    game = ImageToImage(unet(1, 1, width=2, depth=2), patch_discriminator(1, 1, 16, 2, heads=True))
    with pytest.raises(InputError, match="compares two passes: there must be no augmentation"):
        game.compile("adam", "adam", terms=[PairedFeatureMatching()], augmentation="diff_augment")


def test_consistency_is_of_images_alone():
    game = ImageToImage(unet(1, 1, width=2, depth=2), patch_discriminator(1, 1, 16, 2))
    with pytest.raises(InputError, match="`BalancedConsistency` is for discriminators of images alone"):
        game.compile("adam", "adam", terms=["balanced_consistency"])
