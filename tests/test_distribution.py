import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, distribution


def test_one_device():
    assert distribution.num_replicas() == 1
    assert distribution.first_position(tf.constant(5)) == 0


def test_two_replicas_continue_each_other(two_replicas):
    @tf.function
    def step():
        return distribution.first_position(tf.constant(5)) + 0 * distribution.num_replicas()

    firsts = two_replicas.experimental_local_results(two_replicas.run(step))
    assert_array_equal([int(first) for first in firsts], [0, 5])
    with two_replicas.scope():
        assert distribution.num_replicas() == 2


def test_what_is_global_is_of_all_replicas(two_replicas):
    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([[1.0, 2.0], [5.0, 8.0]][context.replica_id_in_sync_group])
    )

    @tf.function
    def step(own):
        total = distribution.global_sum([own, 2 * own])
        with tf.GradientTape() as tape:
            tape.watch(own)
            each = distribution.of_each_replica(own)
            value = tf.reduce_sum(each * [[1.0, 2.0], [3.0, 4.0]])
        slopes = distribution.of_each_replica(tape.gradient(value, own))  # of the sum of both values, which are equal
        assert not distribution.is_alone()
        return distribution.global_mean(own), *total, distribution.global_batch(own), each, slopes

    results = two_replicas.run(step, (values,))
    expected_of_all = (4.0, [6, 10], [12, 20], [1, 2, 5, 8], [[1, 2], [5, 8]], [[2, 4], [6, 8]])
    for result, expected in zip(results, expected_of_all, strict=True):
        for local in two_replicas.experimental_local_results(result):
            assert_array_equal(local, np.array(expected, "float32"))


def test_alone_all_is_ones_own():
    own = tf.constant([1.0, 3.0])
    assert_array_equal(distribution.global_sum(own), own)
    assert_array_equal(distribution.global_batch(own), own)
    assert_array_equal(distribution.of_each_replica(own), own[None])
    assert distribution.is_alone()
    assert float(distribution.global_mean(own)) == 2.0
    assert distribution.on_first_replica(own) is own


def test_the_first_replicas_part(two_replicas):
    with two_replicas.scope():
        variable = tf.Variable(3.0)
        assert float(distribution.on_first_replica(variable)) == 3.0


def test_rows_that_are_not_shared_equally(two_replicas):
    rows = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([4, 3][context.replica_id_in_sync_group])
    )
    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([[1.0, 2.0, 3.0, 6.0], [4.0, 5.0, 7.0]][context.replica_id_in_sync_group])
    )

    @tf.function
    def step(rows, own):
        return distribution.rows_before(rows), distribution.global_mean(own), distribution.global_mean(own[1:], axis=0)

    before, mean, rest = map(two_replicas.experimental_local_results, two_replicas.run(step, (rows, values)))
    assert [int(number) for number in before] == [0, 4]
    assert [float(number) for number in mean] == [4.0, 4.0]
    assert [float(number) for number in rest] == pytest.approx([23 / 5] * 2)


class Resolver:
    def __init__(self, cluster, task_type="worker", task_id=0):
        self.cluster, self.task_type, self.task_id = cluster, task_type, task_id

    def cluster_spec(self):
        return tf.train.ClusterSpec(self.cluster)


class Strategy:
    def __init__(self, *arguments):
        self.cluster_resolver = Resolver(*arguments)


@pytest.mark.parametrize(
    ("arguments", "workers", "chief"),
    [
        (({"worker": ["a:1"]},), 1, True),
        (({"worker": ["a:1", "b:1"]},), 2, True),
        (({"worker": ["a:1", "b:1"]}, "worker", 1), 2, False),
        (({"chief": ["c:1"], "worker": ["a:1", "b:1"]},), 3, False),
        (({"chief": ["c:1"], "worker": ["a:1", "b:1"]}, "chief"), 3, True),
        (({"worker": ["a:1"], "evaluator": ["c:1"]},), 1, True),
    ],
)
def test_one_of_the_workers_is_the_chief(arguments, workers, chief):
    strategy = Strategy(*arguments)
    assert (distribution.num_workers(strategy), distribution.is_chief(strategy)) == (workers, chief)


def test_alone_one_is_the_chief():
    assert distribution.num_workers() == 1
    assert distribution.is_chief()
    assert distribution.from_chief(7) == 7


@pytest.mark.parametrize("config", [None, {}, {"cluster": {"worker": ["localhost:1"]}, "task": {}}])
def test_without_others_nothing_is_distributed(config, monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if config is not None:
        monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert distribution.strategy_here() is tf.distribute.get_strategy()


BAD = ["{", "[]", '{"cluster": 3}', '{"cluster": {"worker": 2}}', '{"cluster": {"worker": ["a:1", "b:1"]}}']


@pytest.mark.parametrize("config", [*BAD, BAD[-1][:-1] + ', "task": {"type": "worker", "index": 5}}'])
def test_a_bad_tf_config(config, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(InputError, match=r"`TF_CONFIG` must be like .* Received: TF_CONFIG="):
        distribution.strategy_here()


def test_replicas_must_step_together(monkeypatch):
    kinds = {
        "ParameterServerStrategy": tf.distribute.ParameterServerStrategy,
        "CentralStorageStrategy": tf.distribute.experimental.CentralStorageStrategy,
    }
    for name, kind in kinds.items():
        with pytest.raises(InputError, match=f"Received: {name}$"):
            distribution.check_strategy(object.__new__(kind))
    distribution.check_strategy(tf.distribute.get_strategy())


def test_a_lost_worker_is_said_in_a_sentence():
    strategy = Strategy({"worker": ["a:1", "b:1"]})
    with (
        pytest.raises(distribution.WorkerLostError, match=r"Another worker has ended.*`resume`.*Connection reset"),
        distribution.together(strategy),
    ):
        raise tf.errors.UnavailableError(None, None, "Connection\n reset")
    with pytest.raises(tf.errors.UnavailableError), distribution.together(tf.distribute.get_strategy()):
        raise tf.errors.UnavailableError(None, None, "something else")


@pytest.mark.parametrize(
    "make", [lambda: tf.distribute.MirroredStrategy(["CPU:0"]), lambda: tf.distribute.OneDeviceStrategy("CPU:0")]
)
def test_one_device_is_none(make, make_gan, images):
    alone = make_gan()
    alone.fit(images[0], epochs=1, verbose=0)
    with make().scope():
        gan = make_gan()
    gan.fit(images[0], epochs=1, verbose=0)
    for ours, theirs in zip(gan.get_weights(), alone.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_layers_that_do_not_know_of_replicas_are_named(two_replicas):
    samples = keras.Input((2,))
    x = keras.layers.Dropout(0.5, name="drops")(keras.layers.Dense(4)(samples))
    x = keras_gan.layers.Dropout(0.5)(keras_gan.layers.BatchNormalization()(x))
    x = keras.layers.BatchNormalization(name="separate")(keras.layers.BatchNormalization(synchronized=True)(x))
    network = keras.Model(samples, keras.layers.Dense(1)(x))
    with pytest.warns(UserWarning, match="'drops'|'separate'") as seen, two_replicas.scope():
        distribution.warn_of_layers(network.layers)
    assert ["'drops'" in str(one.message) for one in seen] == [True, False]
    assert ["'separate'" in str(one.message) for one in seen] == [False, True]
    distribution.warn_of_layers(network.layers)  # alone they are right
