import json

import keras
import numpy as np
from numpy.testing import assert_array_equal

from keras_gan.training.resume import callback_state, checkpoint_files
from keras_gan.training.resume.resumable_callback import ResumableCallback


class Counts(ResumableCallback):
    def __init__(self):
        super().__init__()
        self.count = 0

    def state(self):
        return {"count": self.count}

    def restore(self, state):
        self.count = state["count"]


def test_each_callback_has_a_name_that_another_process_finds_again():
    callbacks = [Counts(), keras.callbacks.History(), Counts()]
    assert [name for name, _ in callback_state.named(callbacks)] == ["Counts 0", "History 0", "Counts 1"]


def test_what_callbacks_remember_comes_back():
    ours, stopping = Counts(), keras.callbacks.EarlyStopping("d_loss", mode="min")
    ours.count, stopping.best, stopping.wait = 3, np.float32(0.5), 2
    states = json.loads(json.dumps([callback_state.state_of(callback) for callback in (ours, stopping)]))
    others = Counts(), keras.callbacks.EarlyStopping("d_loss", mode="min")
    for callback, state in zip(others, states, strict=True):
        callback_state.restore(callback, state)
    assert (others[0].count, others[1].best, others[1].wait) == (3, 0.5, 2)


def test_a_callback_that_remembered_nothing_is_left_alone():
    ours = Counts()
    callback_state.restore(ours, {})
    assert ours.count == 0
    assert callback_state.state_of(keras.callbacks.TerminateOnNaN()) == {}


def test_the_best_weights_come_back_from_a_checkpoint(tmp_path):
    stopping = keras.callbacks.EarlyStopping("d_loss", mode="min")
    stopping.best_weights = [np.arange(3, dtype=np.float32), np.ones((2, 2), np.float32)]
    arrays = callback_state.arrays_of([keras.callbacks.History(), stopping])
    record = {"step": 1, "callbacks": {"EarlyStopping 0": {}, "History 0": {}}}
    path = checkpoint_files.write(tmp_path, arrays, record, keep=2)
    weights = [keras.Variable(weight * 0.0) for weight in stopping.best_weights]
    best = callback_state.read_best_weights(path, checkpoint_files.read_record(path), weights)
    assert list(best) == ["EarlyStopping 0"]
    for ours, theirs in zip(best["EarlyStopping 0"], stopping.best_weights, strict=True):
        assert_array_equal(ours, theirs)
