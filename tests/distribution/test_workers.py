import json

import pytest
import tensorflow as tf

from keras_gan import InputError, distribution


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


def test_a_lost_worker_is_said_in_a_sentence():
    strategy = Strategy({"worker": ["a:1", "b:1"]})
    with (
        pytest.raises(distribution.WorkerLostError, match=r"Another worker has ended.*`resume`.*Connection reset"),
        distribution.together(strategy),
    ):
        raise tf.errors.UnavailableError(None, None, "Connection\n reset")
    with pytest.raises(tf.errors.UnavailableError), distribution.together(tf.distribute.get_strategy()):
        raise tf.errors.UnavailableError(None, None, "something else")
