import gc
import time
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.data import ImageData


class Watch(keras.callbacks.Callback):
    """Notes the number of each batch that is told of, and `gan.step` at that time."""

    def __init__(self, pause=0.0):
        super().__init__()
        self.pause, self.seen, self.logs = pause, [], []

    def on_train_batch_end(self, batch, logs=None):
        time.sleep(self.pause)
        self.seen.append((batch, int(self.model.step)))
        self.logs.append(logs)


def state(gan):
    return [np.asarray(variable) for variable in (gan.step, *gan.state)]


@pytest.fixture(scope="module")
def one_by_one():
    """What training gives with one step to a call, by the kind of data: trained once."""
    return {}


def batches(images, kind):
    data = tf.data.Dataset.from_tensor_slices(images).batch(8)
    return {
        "array": images,
        "stream": ImageData(images, batch_size=8),
        "dataset": data,
        "unknown": data.filter(lambda x: True),
        "generator": (images[first : first + 8] for first in range(0, 40, 8)),
        "longer": ImageData(images, batch_size=8),
    }[kind]


@pytest.mark.long
@pytest.mark.some(5)
@pytest.mark.parametrize(
    ("steps_per_execution", "kind"),
    [  # each kind but two with some number; of each two, and all six, by `--full`
        pytest.param(steps, kind, marks=[] if (row + column) % 2 else pytest.mark.full)
        for row, steps in enumerate([2, 3, 7, "auto"])
        for column, kind in enumerate(["array", "stream", "dataset", "unknown", "generator", "longer"])
    ],
)
def test_any_number_of_steps_to_a_call_does_the_same(kind, steps_per_execution, images, make_gan, one_by_one):
    """Bit for bit; and callbacks hear of the steps that there were, whatever divides what."""
    options = {"steps_per_epoch": 9} if kind == "longer" else {"batch_size": 8, "shuffle": False}
    options = options if kind in ("array", "longer") else {}
    epochs = 1 if kind == "generator" else 2
    if kind not in one_by_one:
        one = make_gan(dropout=0.5)
        history = one.fit(batches(images[0], kind), epochs=epochs, verbose=0, **options).history
        one_by_one[kind] = state(one), history
    expected_state, expected = one_by_one[kind]
    many, watch = make_gan(dropout=0.5, steps_per_execution=steps_per_execution), Watch()
    found = many.fit(batches(images[0], kind), epochs=epochs, verbose=0, callbacks=[watch], **options).history
    assert found == expected
    for ours, theirs in zip(state(many), expected_state, strict=True):
        assert_array_equal(ours, theirs)
    epoch = 9 if kind == "longer" else 5
    assert int(many.step) == epoch * epochs
    assert all((step - 1) % epoch == batch for batch, step in watch.seen)
    assert sum(batch == epoch - 1 for batch, _ in watch.seen) == epochs
    if steps_per_execution != "auto":
        assert len(watch.seen) == -(-epoch // steps_per_execution) * epochs
    assert watch.logs[-1] == {name: values[-1] for name, values in found.items()}


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("rules", [{"jit_compile": True}, {"run_eagerly": True}])
def test_compiled_or_eager_steps_too(rules, images, make_gan):
    one, many = make_gan(**rules), make_gan(**rules, steps_per_execution=3)
    for gan in (one, many):
        gan.fit(images[0], batch_size=8, shuffle=False, epochs=2, verbose=0)
    for ours, theirs in zip(state(many), state(one), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
@pytest.mark.full
def test_several_steps_of_two_replicas(images, make_gan, two_replicas):
    with two_replicas.scope():
        one, many = make_gan(), make_gan(steps_per_execution=3)
        logs = [gan.fit(images[0], batch_size=8, shuffle=False, epochs=2, verbose=0).history for gan in (one, many)]
        assert logs[0] == logs[1]
        for ours, theirs in zip(state(many), state(one), strict=True):
            assert_array_equal(ours, theirs)
        results = [gan.evaluate(images[0], batch_size=8, verbose=0) for gan in (one, many)]
    assert results[0] == results[1]


@pytest.mark.parametrize("steps_per_execution", [3, pytest.param("auto", marks=pytest.mark.long)])
def test_evaluation_and_prediction(steps_per_execution, images, make_gan):
    one, many = make_gan(), make_gan(steps_per_execution=steps_per_execution)
    assert many.evaluate(images[0], batch_size=8, verbose=0) == one.evaluate(images[0], batch_size=8, verbose=0)
    latents = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
    assert_array_equal(many.predict(latents, batch_size=8, verbose=0), one.predict(latents, batch_size=8, verbose=0))


@pytest.mark.long
def test_the_pace_grows_in_fit(images, make_gan):
    """Callbacks that take longer than the steps are called less often."""
    gan, watch = make_gan(steps_per_execution="auto"), Watch(pause=0.02)
    gan.fit(ImageData(images[0], batch_size=8), steps_per_epoch=100, callbacks=[watch], verbose=0)
    sizes = np.diff([0, *(step for _, step in watch.seen)])
    assert list(dict.fromkeys(sizes))[:4] == [1, 2, 4, 8]
    assert int(gan.step) == 100


@pytest.mark.long
def test_validation_in_between(images, make_gan):
    gan = make_gan(steps_per_execution=2)
    logs = gan.fit(images[0], batch_size=8, epochs=3, validation_data=images[0][:24], verbose=0).history
    assert len(logs["val_d_loss"]) == 3
    assert int(gan.step) == 15


def test_other_logs_than_those_that_are_declared_are_refused(images):
    class More(keras_gan.GAN):
        def train_step(self, data):
            return {**super().train_step(data), "more": tf.constant(1.0)}

    gan = More(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)))
    gan.compile("sgd", "sgd")
    with pytest.raises(InputError, match=r"declared in `log_names`. Received: .*'more'"):
        gan.fit(images[0], verbose=0)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["unknown", "finite generator"])
def test_data_that_end_within_a_call_begin_anew(kind, images, make_gan):
    """Every epoch has steps, and as many as with one step to a call."""

    def steps(steps_per_execution):
        gan, seen = make_gan(steps_per_execution=steps_per_execution), []
        note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((int(gan.step), dict(logs))))
        data = tf.data.Dataset.from_tensor_slices(images[0]).batch(8).filter(lambda x: True)
        if kind == "finite generator":
            data = (images[0][first : first + 8] for first in range(0, 32, 8))
        gan.fit(data, steps_per_epoch=3, epochs=5, callbacks=[note], verbose=0)
        return seen

    one, three = steps(1), steps(3)
    if kind == "unknown":
        assert three == one
        assert [step for step, _ in three] == [3, 5, 8, 10, 13]
    assert all(logs["d_loss"] > 0 for step, logs in three if step > 4)


@pytest.mark.long
def test_nothing_of_the_data_outlives_fit(images, make_gan):
    """Not even for the cyclic garbage collector, which would tear pipelines down in the midst of a trace."""
    gan = make_gan(steps_per_execution=2)
    gan.fit(images[0], verbose=0)
    data = tf.data.Dataset.from_tensor_slices(images[0]).batch(8)
    watch = weakref.ref(data)
    gc.collect()
    gc.disable()
    try:
        gan.fit(data, verbose=0)
        gan.evaluate(data, verbose=0)
        del data
        deadline = time.monotonic() + 20  # the thread that lets go of them may have to wait
        while watch() is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert watch() is None
    finally:
        gc.enable()


def test_validation_hears_of_the_batches_that_there_are(images, make_gan):
    heard = []
    note = keras.callbacks.LambdaCallback()
    note.on_test_batch_end = lambda batch, logs=None: heard.append(batch)
    data = tf.data.Dataset.from_tensor_slices(images[0]).batch(8).filter(lambda x: True)
    make_gan(steps_per_execution=3).fit(images[0], validation_data=data, callbacks=[note], verbose=0)
    assert heard == [2, 4]


def test_a_function_around_that_of_training(images):
    class Around(keras_gan.GAN):
        def make_train_function(self, force=False):
            super().make_train_function(force)
            inner = self.train_function
            self.train_function = lambda iterator: inner(iterator)

    gan = Around(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)))
    gan.compile("sgd", "sgd", steps_per_execution=2)
    gan.fit(images[0], batch_size=8, verbose=0)
    assert int(gan.step) == 5
