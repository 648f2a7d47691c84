"""How a loop calls its callbacks; that training goes on exactly is tested with `callbacks.Checkpoint`."""

import types

import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import InputError, distribution
from keras_gan.data import ArrayData
from keras_gan.training import ResumableCallback
from keras_gan.training.loop.fit_loop import FitLoop

POINTS = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")


class Opened(ResumableCallback):
    def __init__(self, last=False, fails=False):
        super().__init__()
        self.seen, self.comes_last, self.fails = [], last, fails

    def open(self, loop):
        self.seen.append("open")
        self.loop = loop

    def close(self):
        self.seen.append("close")

    def on_train_begin(self, logs=None):
        self.seen.append("begin")
        self.order = [type(callback).__name__ for callback in self.loop.callbacks]

    def on_train_batch_begin(self, batch, logs=None):
        if self.fails and batch == 2:
            raise RuntimeError("in the third batch")

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append((self.loop.epoch, self.loop.done, self.loop.step))


def make():
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,)))
    gan.compile("sgd", "sgd")
    return gan


def test_what_is_opened_is_closed():
    callback = Opened(last=True)
    make().fit(ArrayData(POINTS, batch_size=10), epochs=2, verbose=0, callbacks=[callback])
    assert callback.seen == ["open", "begin", (1, 0, 4), (2, 0, 8), "close"]
    assert callback.order == ["History", "Opened"]


def test_also_where_training_fails():
    callback = Opened(fails=True)
    gan = make()
    with pytest.raises(RuntimeError, match="in the third batch"):
        gan.fit(ArrayData(POINTS, batch_size=10), verbose=0, callbacks=callback)
    assert callback.seen == ["open", "begin", "close"]
    assert (callback.loop.epoch, callback.loop.done, callback.loop.step) == (0, 2, 2)


@pytest.mark.long
def test_a_list_of_callbacks_of_keras_is_taken_apart():
    callback = Opened()
    given = keras.callbacks.CallbackList([callback])
    make().fit(ArrayData(POINTS, batch_size=10), verbose=0, callbacks=given)
    assert callback.seen == ["open", "begin", (1, 0, 4), "close"]


@pytest.mark.long
def test_the_record_can_be_written_as_json():
    import json

    class Record(Opened):
        def on_epoch_end(self, epoch, logs=None):
            self.record = json.loads(json.dumps(self.loop.record()))

    callback = Record(last=True)
    early = keras.callbacks.EarlyStopping("g_loss", mode="min")
    history = make().fit(ArrayData(POINTS, batch_size=10), verbose=0, callbacks=[callback, early]).history
    record = callback.record
    assert (record["step"], record["epoch"], record["batches_of_epoch"], record["batches"]) == (4, 1, 0, 4)
    assert record["callbacks"]["History 0"] == {"epoch": [0], "history": history}
    assert record["callbacks"]["EarlyStopping 0"]["best"] == history["g_loss"][0]
    assert record["configuration"]["data"]["batch_size"] == 10


def test_an_execution_ends_where_a_callback_has_to_be_called():
    class Wants(ResumableCallback):
        seen = ()

        def on_train_batch_end(self, batch, logs=None):
            self.seen = (*self.seen, int(self.model.step.numpy()))

        def next_step(self, step):
            return next((due for due in (2, 3, 9) if due > step), None)

    gan, callback = make(), Wants()
    gan.compile("sgd", "sgd", steps_per_execution=5)
    gan.fit(ArrayData(POINTS, batch_size=4), verbose=0, epochs=2, callbacks=[callback])
    assert callback.seen == (2, 3, 8, 9, 10, 15, 20)
    gan.fit(ArrayData(POINTS, batch_size=4), verbose=0)
    assert gan.execution.wanted() is None, "no loop is kept"


def test_a_backup_of_keras_is_for_one_worker(tmp_path, monkeypatch):
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    make().fit(ArrayData(POINTS, batch_size=10), verbose=0, callbacks=[backup])
    monkeypatch.setattr(distribution, "num_workers", lambda strategy=None: 2)
    with pytest.raises(
        InputError, match=r"`BackupAndRestore` would write one file from several workers.*Received: 2 workers"
    ):
        FitLoop(make(), POINTS, {"callbacks": [backup]})


def test_a_stop_after_the_last_batch_of_an_epoch_ends_it(monkeypatch):
    """With several workers no further step has told the others of it."""
    gan = make()
    loop = FitLoop(gan, ArrayData(POINTS, batch_size=10), {"epochs": 3, "verbose": 0})
    monkeypatch.setattr(gan.consensus, "alone", False)
    monkeypatch.setattr(type(gan), "execution", types.SimpleNamespace(missing=0))
    loop.on_train_begin()
    loop.on_epoch_begin(0)
    gan.stop_training = True
    loop.on_train_batch_end(3)
    assert not gan.stop_training, "the others don't know of it"
    loop.on_epoch_end(0)
    assert gan.stop_training
