import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError, Player
from keras_gan.data import ImageData
from keras_gan.layers import SpectralNormalization
from tests.cycle_model import CycleModel, dense


@pytest.fixture
def batches():
    generator = np.random.default_rng(0)
    pairs = generator.normal(size=(24, 2, 3)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((pairs[:, 0], pairs[:, 1])).batch(8)


def make_cycle():
    model = CycleModel(dense(3, 3), dense(3, 3), dense(3, 1), dense(3, 1), average=0.9)
    model.compile("adam", "adam", cycle_weight=2.0)
    return model


@pytest.mark.long
def test_the_base_carries_another_game(batches, tmp_path):
    model = make_cycle()
    before = [network.get_weights() for network in model.networks]
    history = model.fit(batches, epochs=1, verbose=0)
    assert list(history.history) == ["cycle", "d_loss", "g_loss"]
    assert int(model.step) == 3
    for network, old in zip(model.networks, before, strict=True):
        assert not np.allclose(network.get_weights()[0], old[0])

    model.save(tmp_path / "cycle.keras")
    loaded = keras.models.load_model(tmp_path / "cycle.keras")
    assert loaded.cycle_weight == 2.0
    model.fit(batches, epochs=2, verbose=0)
    loaded.fit(batches, epochs=2, verbose=0)
    for ours, theirs in zip(
        model.networks + model.averages["generators"], loaded.networks + loaded.averages["generators"], strict=True
    ):
        for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            assert_array_equal(a, b)


def test_the_average_follows_its_formula(batches):
    model = make_cycle()
    start = model.averages["generators"][0].get_weights()[0]
    model.fit(batches.take(1), verbose=0)
    expected = 0.1 * start + 0.9 * model.g_ab.get_weights()[0]  # the decay of the first step is 1/10, not yet 0.9
    assert_allclose(model.averages["generators"][0].get_weights()[0], expected, rtol=1e-6)


def test_the_average_is_nobodys_to_train(batches):
    model = make_cycle()
    count = len(model.trainable_variables)
    model.trainable = False
    model.trainable = True
    assert len(model.trainable_variables) == count == sum(len(n.trainable_variables) for n in model.networks)


@pytest.mark.parametrize("average", [1.0, -0.1, float("nan")])
def test_bad_average(average):
    with pytest.raises(InputError, match=r"`average` must be a finite number in \[0, 1\)"):
        CycleModel(dense(3, 3), dense(3, 3), dense(3, 1), dense(3, 1), average=average)


def test_one_optimizer_for_two_players_is_refused():
    model = CycleModel(dense(3, 3), dense(3, 3), dense(3, 1), dense(3, 1))
    shared = keras.optimizers.Adam()
    with pytest.raises(InputError, match="optimizer of its own"):
        model.compile(shared, shared)


def test_a_frozen_player_stays(batches):
    model = make_cycle()
    for network in (model.d_a, model.d_b):
        network.trainable = False
    model.compile("adam", "adam")
    before = model.d_a.get_weights()
    model.fit(batches, verbose=0)
    assert_array_equal(model.d_a.get_weights()[0], before[0])


def test_random_numbers_belong_to_seed_and_step():
    player = Player("only", [dense(2, 1)])
    first, second = (keras_gan.AdversarialModel([player], seed=seed) for seed in (1, 1))
    other = keras_gan.AdversarialModel([player], seed=2)
    draw = first.random(4).uniform("x", (4, 3)).numpy()
    assert_array_equal(draw, second.random(4).uniform("x", (4, 3)))
    assert not np.isin(draw, other.random(4).uniform("x", (4, 3))).any()
    first.step.assign(1)
    assert not np.isin(draw, first.random(4).uniform("x", (4, 3))).any()


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, None])
def test_bad_seed(seed):
    with pytest.raises(InputError, match="`seed` must be an integer from 0 to 2147483647"):
        keras_gan.AdversarialModel([Player("only", [dense(2, 1)])], seed=seed)


def test_singular_vectors_are_those_of_the_first_replica(two_replicas):
    """Each finds them by itself, and rounds otherwise: a run that goes on has the first one's, which was saved."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
    with two_replicas.scope():
        x = keras.Input((8, 8, 1))
        y = keras.layers.Flatten()(x)
        for units in (96, 200, 1):
            y = SpectralNormalization(keras.layers.Dense(units))(y)
        gan = keras_gan.GAN(keras_gan.models.mlp((8, 8, 1), latent_dim=4).generator, keras.Model(x, y))
        gan.compile("adam", "adam")
    gan.fit(ImageData(pixels, batch_size=8), epochs=2, verbose=0)
    vectors = [weight for weight in gan.discriminator.non_trainable_variables if "singular" in weight.path]
    assert len(vectors) == 3
    for vector in vectors:
        one, two = two_replicas.experimental_local_results(vector.value)
        assert_array_equal(one, two)
