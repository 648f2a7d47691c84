import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import ExponentialMovingAverage, InputError, PowerFunctionAverage
from keras_gan.training.game.averages import Averages, moving_averages
from keras_gan.training.game.player import Player


def players(average):
    networks = [keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]) for _ in range(2)]
    judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    return {"pair": Player("pair", networks, average), "judge": Player("judge", [judge])}


def test_only_players_with_an_average_have_copies():
    made = players(0.5)
    averages = Averages(made)
    assert list(averages.copies) == ["pair"]
    assert [copy.trainable for copy in averages.networks] == [False, False]
    assert [network for _, network, _ in averages.pairs()] == list(made["pair"].networks)
    assert Averages(players(None)).networks == []


def test_what_is_moved_and_how():
    made = players(ExponentialMovingAverage(0.75, warm_up=False))
    averages = Averages(made)
    first, second = averages.networks
    averages.derived = [second.weights[1]]
    before = [weight.numpy() for weight in first.weights]
    for network in made["pair"].networks:
        network.set_weights([weight + 1.0 for weight in network.get_weights()])
    averages.move(tf.constant(0, tf.int64), tf.constant(8))
    for weight, old in zip(first.weights, before, strict=True):
        assert_allclose(weight, old + 0.25, atol=1e-6)
    assert_array_equal(second.weights[1], np.zeros(3))
    assert len(averages.moved) == 3
    assert averages.not_derived(second.weights) == second.weights[:1]


def test_a_restart_copies_all():
    made = players(0.9)
    averages = Averages(made)
    averages.derived = [averages.networks[0].weights[0]]
    made["pair"].networks[0].set_weights([np.full((2, 3), 5.0), np.full(3, 6.0)])
    averages.restart()
    assert_array_equal(averages.networks[0].weights[0], np.full((2, 3), 5.0))
    assert_array_equal(averages.networks[0].weights[1], np.full(3, 6.0))


def test_several_averages_follow_each_by_its_rule():
    made = players([0.5, ExponentialMovingAverage(0.75, warm_up=False), PowerFunctionAverage(0.1)])
    averages = Averages(made)
    networks = made["pair"].networks
    assert [network for _, network, _ in averages.pairs()] == [*networks] * 3
    assert averages.copies["pair"] == averages.networks
    assert len({copy.name for copy in averages.networks}) == 6
    before = networks[1].get_weights()[0]
    networks[1].set_weights([weight + 1.0 for weight in networks[1].get_weights()])
    averages.move(tf.constant(0, tf.int64), tf.constant(8))
    for copy, moved in zip(averages.copies["pair"][1::2], (1 - 1 / 10, 0.25, 1.0), strict=True):
        assert_allclose(copy.weights[0], before + moved, atol=1e-6)


def test_what_stands_for_averages():
    average = ExponentialMovingAverage(0.5)
    assert moving_averages(None) == moving_averages([]) == []
    assert moving_averages(average) == [average]
    for given in (0.5, keras.saving.serialize_keras_object(average)):
        assert moving_averages(given)[0].get_config() == average.get_config()
        assert [each.get_config() for each in moving_averages([given, average])] == [average.get_config()] * 2


@pytest.mark.parametrize(
    "ema", [1.0, -0.1, "fast", [0.9, None], [0.9, 1.0], {}, {"class_name": "nothing", "config": {}}]
)
def test_bad_averages_of_a_gan(ema):
    with pytest.raises(InputError, match="`ema` must be"):
        keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2), ema=ema)
