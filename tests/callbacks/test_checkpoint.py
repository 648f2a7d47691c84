"""Training that breaks anywhere ends with the bits of training that did not."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, NonFiniteError
from keras_gan.callbacks import Checkpoint, SampleGrid
from keras_gan.data import ArrayData
from keras_gan.penalties import LeCam
from keras_gan.training.resume import checkpoint_files

POINTS = np.random.default_rng(0).normal(size=(100, 2)).astype("float32")
HUGE = np.finfo(np.float32).max  # a sample that is finite, and that no layer leaves so


def points(**options):
    return ArrayData(POINTS, **{"batch_size": 10, **options})


def make(seed=0, rate=1e-2, **rules):
    """Return a GAN with dropout, batch statistics, an average, a schedule and a term with state."""
    keras.utils.set_random_seed(seed)
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Dense(2),
        ]
    )
    discriminator = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.3), keras.layers.Dense(1)]
    )
    gan = keras_gan.GAN(generator, discriminator, ema=0.9)
    schedule = keras.optimizers.schedules.CosineDecay(rate, 30)
    gan.compile(keras.optimizers.Adam(schedule), keras.optimizers.Adam(rate), terms=[LeCam(0.1)], **rules)
    return gan


class Break(keras.callbacks.Callback):
    """Breaks off before the batch of a step, or at the end of an epoch."""

    def __init__(self, step=None, epoch=None):
        super().__init__()
        self.step, self.epoch = step, epoch

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step.numpy()) == self.step:
            raise InterruptedError

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise InterruptedError


class Patient(Checkpoint):
    """Waits for each checkpoint to be written, where `Checkpoint` leaves out what it can't keep up with."""

    def on_train_batch_begin(self, batch, logs=None):
        self.wait()
        super().on_train_batch_begin(batch, logs)


def broken(directory, data=None, epochs=3, every=3, callbacks=(), rules=None, keep=Checkpoint, **where):
    with pytest.raises(InterruptedError):
        make(**(rules or {})).fit(
            points() if data is None else data,
            epochs=epochs,
            verbose=0,
            callbacks=[keep(directory, every=every), *callbacks, Break(**where)],
            resume=directory,
        )


def resumed(directory, data=None, epochs=3, seed=7, callbacks=(), every=3, **rules):
    gan = make(seed, **rules)
    data = points() if data is None else data
    history = gan.fit(
        data, epochs=epochs, verbose=0, callbacks=[Checkpoint(directory, every=every), *callbacks], resume=directory
    )
    return gan, history.history


@pytest.fixture(scope="module")
def unbroken():
    gan = make()
    return gan, gan.fit(points(), epochs=3, verbose=0).history


def assert_same(gan, other):
    assert int(gan.step.numpy()) == int(other.step.numpy())
    for ours, theirs in zip(gan.state, other.state, strict=True):
        assert_array_equal(np.array(ours), np.array(theirs), err_msg=theirs.path)
    assert_array_equal(gan.sample(10, seed=0), other.sample(10, seed=0))


PLACES = {
    "before the first step": [{"step": 0}],
    "the second step": [{"step": 1}],
    "mid-epoch, at a checkpoint": [{"step": 6}],
    "mid-epoch, after one": [{"step": 17}],
    "before the last batch of an epoch": [{"step": 9}],
    "at the end of an epoch": [{"epoch": 0}],
    "before the first batch of an epoch": [{"step": 10}],
    "before the last batch of all": [{"step": 29}],
    "at the end of the last epoch": [{"epoch": 2}],
    "twice at the same place": [{"step": 13}, {"step": 13}],
    "twice": [{"step": 5}, {"step": 22}],
}


AMONG_OTHERS = [
    "the second step",
    "mid-epoch, at a checkpoint",
    "before the last batch of all",
    "twice at the same place",
]


@pytest.mark.long
@pytest.mark.some(4)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.full] * (name in AMONG_OTHERS)) for name in PLACES]
)
def test_a_break_changes_no_bit(tmp_path, unbroken, name):
    for place in PLACES[name]:
        broken(tmp_path, **place)
    gan, history = resumed(tmp_path)
    assert_same(gan, unbroken[0])
    assert history == unbroken[1]
    assert [path.name for path in checkpoint_files.paths(tmp_path)][-1] == "step_000000030"


@pytest.mark.long
@pytest.mark.full
def test_after_the_end_there_is_nothing_to_do_and_more_epochs_go_on(tmp_path, unbroken):
    resumed(tmp_path, seed=0)
    gan, _ = resumed(tmp_path)
    assert_same(gan, unbroken[0])
    longer = make()
    longer.fit(points(), epochs=5, verbose=0)
    assert_same(resumed(tmp_path, epochs=5)[0], longer)


@pytest.mark.long
@pytest.mark.full
def test_without_its_data_it_would_differ(tmp_path, unbroken):
    """The control: the state is restored, but the data begin anew."""
    broken(tmp_path, step=17)
    gan = make(seed=7)
    path = checkpoint_files.newest(tmp_path)
    described = {name: (variable.dtype, variable.shape) for name, variable in gan.named_state().items()}
    gan.load_state(checkpoint_files.read_arrays(path, described))
    gan.fit(points().dataset(0), epochs=1, steps_per_epoch=30 - checkpoint_files.step_of(path), verbose=0)
    assert int(gan.step.numpy()) == 30
    assert np.abs(np.array(gan.state[0]) - np.array(unbroken[0].state[0])).max() > 1e-5


@pytest.mark.long
@pytest.mark.full
@pytest.mark.parametrize("rules", [{"steps_per_execution": 5}, {"jit_compile": True}])
def test_executions_and_xla(tmp_path, rules):
    broken(tmp_path, step=15, rules=rules)
    whole = make(**rules)
    whole.fit(points(), epochs=3, verbose=0)
    assert_same(resumed(tmp_path, **rules)[0], whole)


def dataset(steps=10, known=True):
    batches = tf.data.Dataset.from_tensor_slices(POINTS).batch(10).take(steps)
    return batches if known else batches.filter(lambda batch: True)


@pytest.fixture(scope="module")
def unbroken_dataset():
    """The same batches, however many are known to come."""
    gan = make()
    gan.fit(dataset(), epochs=3, verbose=0)
    return gan


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("place", "known"),
    [
        *(({"step": 17}, True), ({"step": 9}, False), ({"step": 10}, True)),
        *(pytest.param({"step": step}, known, marks=pytest.mark.full) for step, known in [(17, 0), (9, 1), (10, 0)]),
    ],
)
def test_a_dataset_is_read_again_up_to_the_position(tmp_path, known, place, unbroken_dataset):
    data, whole = dataset(known=known), unbroken_dataset
    broken(tmp_path, data, **place)
    with pytest.warns(UserWarning, match="read again up to the position: exact if they give the same batches"):
        gan, _ = resumed(tmp_path, data)
    assert_same(gan, whole)


@pytest.mark.long
@pytest.mark.full
def test_an_endless_dataset_in_epochs(tmp_path):
    data = (
        tf.data.Dataset.from_tensor_slices(POINTS)
        .batch(10)
        .shuffle(10, seed=3, reshuffle_each_iteration=False)
        .repeat()
    )
    whole = make()
    whole.fit(data, epochs=3, steps_per_epoch=7, verbose=0)
    with pytest.raises(InterruptedError):
        make().fit(
            data, epochs=3, steps_per_epoch=7, verbose=0, callbacks=[Checkpoint(tmp_path, every=1), Break(step=17)]
        )
    gan = make(seed=7)
    with pytest.warns(UserWarning, match="read again"):
        gan.fit(data, epochs=3, steps_per_epoch=7, verbose=0, resume=tmp_path)
    assert_same(gan, whole)


@pytest.mark.long
@pytest.mark.full
def test_arrays_begin_anew_and_keep_the_number_of_steps(tmp_path):
    broken(tmp_path, POINTS[:96], step=5)
    with pytest.warns(UserWarning, match="begin anew, in an order of their own"):
        gan, _ = resumed(tmp_path, POINTS[:96])
    assert int(gan.step.numpy()) == 9


@pytest.mark.long
@pytest.mark.full
def test_callbacks_go_on_as_one(tmp_path):
    class Count(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_begin(self, logs=None):
            self.seen.append("begin")

        def on_train_end(self, logs=None):
            self.seen.append("end")

        def on_epoch_begin(self, epoch, logs=None):
            self.seen.append(epoch)

        def on_train_batch_begin(self, batch, logs=None):
            self.seen.append((batch, int(self.model.step.numpy())))

    def stopping():
        return keras.callbacks.EarlyStopping("g_loss", patience=50, mode="max")

    broken(tmp_path, step=17, every=1, callbacks=[stopping()], keep=Patient)
    assert checkpoint_files.step_of(checkpoint_files.newest(tmp_path)) == 16  # it comes last, after the break
    count, early = Count(), stopping()
    resumed(tmp_path, callbacks=[count, early], every=1)
    assert count.seen == [
        "begin",
        1,
        *((n, 10 + n) for n in range(6, 10)),
        2,
        *((n, 20 + n) for n in range(10)),
        "end",
    ]
    whole = stopping()
    make().fit(points(), epochs=3, verbose=0, callbacks=[whole])
    assert (early.wait, early.best, early.best_epoch) == (whole.wait, whole.best, whole.best_epoch)


@pytest.mark.long
@pytest.mark.full
def test_early_stopping_keeps_the_best_weights_of_before(tmp_path):
    """They come back at the end, though the process that saw them is gone."""

    def stopping():
        return keras.callbacks.EarlyStopping("r_t", mode="min", patience=9, restore_best_weights=True)

    whole, kept = make(), stopping()
    whole.fit(points(), epochs=3, verbose=0, callbacks=[kept])
    broken(tmp_path, step=28, callbacks=[stopping()])
    early = stopping()
    gan, _ = resumed(tmp_path, callbacks=[early])
    assert early.best_epoch == kept.best_epoch
    for ours, theirs in zip(gan.get_weights(), whole.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
def test_a_signal_after_the_last_checkpoint_is_not_lost(tmp_path):
    class Late(Checkpoint):
        def on_train_end(self, logs=None):
            super().on_train_end(logs)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        make().fit(points(), verbose=0, callbacks=[Late(tmp_path)])
    assert checkpoint_files.newest(tmp_path).name == "step_000000010"


@pytest.mark.long
def test_a_damaged_newest_one_is_passed_over(tmp_path, unbroken):
    broken(tmp_path, step=17, every=3)
    path = checkpoint_files.paths(tmp_path)[-1]
    (path / "state.npz").write_bytes(b"")
    with pytest.warns(UserWarning, match="passed over"):
        gan, _ = resumed(tmp_path)
    assert_same(gan, unbroken[0])


@pytest.mark.long
@pytest.mark.full
def test_a_named_one_must_be_whole(tmp_path):
    broken(tmp_path, step=17)
    path = checkpoint_files.paths(tmp_path)[-1]
    gan = make(7)
    gan.fit(points(), epochs=2, verbose=0, resume=path)
    assert int(gan.step.numpy()) == 20
    (path / "state.npz").write_bytes(b"")
    with pytest.raises(InputError, match=r"must be as it was written.*state.npz"):
        make().fit(points(), verbose=0, resume=path)
    shutil.rmtree(path)
    with pytest.raises(InputError, match="must be as it was written"):
        make().fit(points(), verbose=0, resume=path)


@pytest.mark.long
def test_nothing_whole_or_nothing_there(tmp_path):
    with pytest.raises(InputError, match="`resume` must be a directory of checkpoints"):
        make().fit(points(), verbose=0, resume=tmp_path / "nowhere")
    broken(tmp_path, step=17)
    for path in checkpoint_files.paths(tmp_path):
        (path / "state.npz").write_bytes(b"")
    with pytest.warns(UserWarning, match="passed over"), pytest.raises(InputError, match="that is undamaged"):
        make().fit(points(), verbose=0, resume=tmp_path)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("changes", "data", "field"),
    [
        ({"rate": 1e-3}, {}, "learning_rate"),
        ({"discriminator_steps": 2}, {}, "compile.discriminator_steps was 1, is 2"),
        ({"loss": "hinge"}, {}, "compile.loss.class_name"),
        ({}, {"seed": 1}, "data.seed was 0, is 1"),
        ({}, {"batch_size": 20}, "data.batch_size was 10, is 20"),
    ],
)
def test_another_configuration_is_refused_with_the_fields_that_differ(tmp_path, changes, data, field):
    broken(tmp_path, step=17)
    with pytest.raises(InputError, match=f"only be resumed with the configuration.*{field}"):
        make(**changes).fit(points(**data), epochs=3, verbose=0, resume=tmp_path)


@pytest.mark.long
def test_checkpoints_of_another_run_are_not_lost(tmp_path):
    broken(tmp_path, step=17)
    before = checkpoint_files.paths(tmp_path)
    with pytest.raises(InputError, match="must not hold checkpoints that are newer than the model"):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path)])
    assert checkpoint_files.paths(tmp_path) == before


@pytest.mark.long
@pytest.mark.full
def test_two_runs_do_not_share_a_directory(tmp_path):
    class Second(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            with pytest.raises(InputError, match="`directory` must not be in use by another training run"):
                make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path)])
            code = (
                "import filelock, sys\n"
                f"try: filelock.FileLock({str(tmp_path / '.lock')!r}).acquire(timeout=0)\n"
                "except filelock.Timeout: sys.exit(3)"
            )
            assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3

    make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path), Second()])
    (tmp_path / ".lock").write_text("12345")  # what a process that was killed leaves
    resumed(tmp_path)


@pytest.mark.long
@pytest.mark.full
def test_every(tmp_path):
    saved = []

    class Watch(Checkpoint):
        def _write(self, *args):
            time.sleep(0.01)
            saved.append(super()._write(*args))

    make().fit(points(), epochs=2, verbose=0, callbacks=[Watch(tmp_path / "epoch")])
    assert [checkpoint_files.step_of(path) for path in saved] == [0, 10, 20]
    saved.clear()
    make().fit(points(), epochs=2, verbose=0, callbacks=[Watch(tmp_path / "time", every=timedelta(microseconds=1))])
    assert len(saved) > 3
    for wrong in (0, -1, "step", 1.5, timedelta(0)):
        with pytest.raises(InputError, match="`every` must be"):
            Checkpoint(tmp_path, every=wrong)
    with pytest.raises(InputError, match="`keep` must be an integer >= 2"):
        Checkpoint(tmp_path, keep=1)


@pytest.mark.long
@pytest.mark.full
def test_the_state_is_that_of_its_step_though_training_goes_on(tmp_path):
    """What is held is not what training changes meanwhile."""
    gan = make()
    gan.fit(points(), verbose=0)
    held, copied = gan.hold_state(), [np.array(variable) for variable in gan.named_state().values()]
    gan.fit(points(), verbose=0)
    for tensor, copy in zip(held.values(), copied, strict=True):
        assert_array_equal(tensor.numpy(), copy)
    assert np.abs(held["0002"].numpy() - gan.state[0].numpy()).max() > 0


@pytest.mark.long
def test_weights_that_are_not_finite_are_not_written(tmp_path):
    class Spoil(keras.callbacks.Callback):
        def __init__(self, at):
            super().__init__()
            self.at = at

        def on_train_batch_end(self, batch, logs=None):
            if batch == self.at:
                kernel = self.model.generator.layers[-1].kernel
                kernel.assign(kernel * np.nan)

    with pytest.raises(NonFiniteError, match=r"Weights must be finite to be kept. Received: .*kernel at step 10"):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path), Spoil(at=9)])
    assert [path.name for path in checkpoint_files.paths(tmp_path)] == ["step_000000000"]
    with pytest.raises(NonFiniteError):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path, every=1), Spoil(at=5)])
    assert checkpoint_files.step_of(checkpoint_files.newest(tmp_path)) <= 5


# What a resumed run must not do otherwise.


@pytest.mark.long
@pytest.mark.full
def test_rates_that_follow_themselves_are_not_moved_twice(tmp_path):
    """`on_epoch_begin` is called again in the new process; Keras's own example halves the rate there."""

    def train(callbacks, **options):
        gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,), seed=0))
        gan.compile("adam", "adam")
        halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
        gan.fit(points(), epochs=3, verbose=0, callbacks=[halve, *callbacks], **options)
        return gan

    whole = train([])
    with pytest.raises(InterruptedError):
        train([Checkpoint(tmp_path, every=1), Break(step=17)])
    gan = train([], resume=tmp_path)
    assert float(gan.generator_optimizer.learning_rate.numpy()) == pytest.approx(1e-3 / 8)
    assert_same(gan, whole)


@pytest.mark.long
def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    def train():
        gan = make()
        stop = keras.callbacks.EarlyStopping("r_t", mode="min", min_delta=9.0, patience=2, restore_best_weights=True)
        gan.fit(points(), epochs=9, verbose=0, callbacks=[stop, Checkpoint(tmp_path)], resume=tmp_path)
        return gan

    whole = train()
    assert checkpoint_files.newest(tmp_path).name == "step_000000030"
    again = train()
    assert checkpoint_files.newest(tmp_path).name == "step_000000030"
    for ours, theirs in zip(again.get_weights(), whole.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("step", [pytest.param(6, marks=pytest.mark.full), 17, 20])
def test_finite_data_that_begin_again_each_epoch(tmp_path, step):
    data = tf.data.Dataset.from_tensor_slices(POINTS).batch(10)
    whole = make()
    whole.fit(data, epochs=6, steps_per_epoch=5, verbose=0)
    with pytest.raises(InterruptedError):
        make().fit(
            data, epochs=6, steps_per_epoch=5, verbose=0, callbacks=[Checkpoint(tmp_path, every=1), Break(step=step)]
        )
    gan = make(seed=7)
    with pytest.warns(UserWarning, match="read again"):
        gan.fit(data, epochs=6, steps_per_epoch=5, verbose=0, resume=tmp_path)
    assert_same(gan, whole)
    with pytest.raises(InputError, match="only be resumed"):
        make().fit(data, epochs=6, steps_per_epoch=4, verbose=0, resume=tmp_path)


@pytest.mark.long
@pytest.mark.full
def test_data_that_are_refused_leave_the_model_as_it_was(tmp_path):
    data = tf.data.Dataset.from_tensor_slices(POINTS).batch(10).filter(lambda x: True)
    gan = make()
    with pytest.raises(InterruptedError):
        make().fit(
            data, epochs=6, steps_per_epoch=7, verbose=0, callbacks=[Checkpoint(tmp_path, every=1), Break(step=12)]
        )
    with pytest.raises(InputError, match="`steps_per_epoch` must divide the 10 batches"):
        gan.fit(data, epochs=6, steps_per_epoch=7, verbose=0, resume=tmp_path)
    assert int(gan.step.numpy()) == 0


@pytest.mark.long
@pytest.mark.full
def test_a_generator_is_read_up_to_the_position_and_keeps_the_number_of_steps(tmp_path):
    taken = []

    def batches():
        for number in range(1000):
            taken.append(number)
            yield (POINTS[10 * (number % 10) : 10 * (number % 10) + 10],)

    options = {"epochs": 4, "steps_per_epoch": 7, "verbose": 0}
    with pytest.raises(InterruptedError):
        make().fit(batches(), **options, callbacks=[Checkpoint(tmp_path, every=1), Break(step=11)])
    taken.clear()
    gan = make(seed=7)
    with pytest.warns(UserWarning, match="type generator are read up to the position and a little ahead: not exact"):
        gan.fit(batches(), **options, resume=tmp_path)
    assert int(gan.step.numpy()) == 28
    assert 28 <= len(taken) < 40


@pytest.mark.long
@pytest.mark.full
def test_data_of_unknown_length_that_end_with_a_checkpoint(tmp_path):
    data = dataset(known=False)
    whole = make()
    history = whole.fit(data, epochs=3, verbose=0).history
    broken(tmp_path, data, every=1, epoch=0)
    with pytest.warns(UserWarning, match="read again"):
        gan, resumed_history = resumed(tmp_path, data, every=1)
    assert_same(gan, whole)
    assert resumed_history == history


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("spoilt", "rules"),
    [
        *((7, {}), (9, {"steps_per_execution": 5})),
        *(pytest.param(*case, marks=pytest.mark.full) for case in [(9, {}), (7, {"steps_per_execution": 5})]),
    ],
)
def test_what_ended_the_run_ends_it_again(tmp_path, rules, spoilt):
    """No checkpoint holds a position beyond a step that ended the run."""
    values = np.array(POINTS)
    values[10 * spoilt] = HUGE
    data = tf.data.Dataset.from_tensor_slices(values).batch(10)
    with pytest.raises(NonFiniteError, match=f"Step {spoilt} was not finite"):
        make(**rules).fit(data, epochs=2, verbose=0, callbacks=[Checkpoint(tmp_path, every=5)])
    for path in checkpoint_files.paths(tmp_path):
        assert checkpoint_files.step_of(path) <= spoilt
    with (
        pytest.warns(UserWarning, match="read again"),
        pytest.raises(NonFiniteError, match=f"Step {spoilt} was not finite"),
    ):
        make(**rules).fit(data, epochs=2, verbose=0, callbacks=[Checkpoint(tmp_path, every=5)], resume=tmp_path)


@pytest.mark.long
@pytest.mark.full
def test_skipped_steps_are_counted_over_all_lives(tmp_path):
    values = np.full((1000, 2), HUGE, np.float32)
    values[:10] = 0.0
    data = tf.data.Dataset.from_tensor_slices(values).batch(10)
    rules = {"on_nonfinite": "skip"}
    with pytest.raises(InterruptedError):
        make(**rules).fit(
            data.repeat(), steps_per_epoch=150, verbose=0, callbacks=[Checkpoint(tmp_path, every=1), Break(step=60)]
        )
    with (
        pytest.warns(UserWarning, match="read again"),
        pytest.raises(NonFiniteError, match="Step 102 was not finite, the last of 101"),
    ):
        make(**rules).fit(data.repeat(), steps_per_epoch=150, verbose=0, resume=tmp_path)


@pytest.mark.long
@pytest.mark.full
def test_another_number_of_replicas_is_said(tmp_path, two_replicas):
    broken(tmp_path, ArrayData(POINTS, batch_size=10), step=17)
    with two_replicas.scope():
        gan = make(7)
    with pytest.warns(UserWarning, match="to rounding only: it was begun on 1 replicas, not 2"):
        gan.fit(points(), epochs=3, verbose=0, resume=tmp_path)


@pytest.mark.long
@pytest.mark.full
def test_another_directory_gets_all_its_checkpoints(tmp_path, unbroken):
    broken(tmp_path / "a", step=17)
    gan = make(7)
    keep = Checkpoint(tmp_path / "b", every=100)
    gan.fit(points(), epochs=3, verbose=0, callbacks=[keep], resume=tmp_path / "a")
    assert_same(gan, unbroken[0])
    names = [path.name for path in checkpoint_files.paths(tmp_path / "b")]
    assert names[-1] == "step_000000030"
    assert len(names) == 2, "the first was written where it went on"


@pytest.mark.long
@pytest.mark.full
def test_odd_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    class Move(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            (tmp_path / "elsewhere").mkdir()
            monkeypatch.chdir(tmp_path / "elsewhere")

    make().fit(points(), verbose=0, callbacks=[Checkpoint("step_by_step"), Move()], resume="step_by_step")
    assert len(checkpoint_files.paths(tmp_path / "step_by_step")) == 2
    assert not os.listdir(tmp_path / "elsewhere")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="`directory` must be a directory"):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path / "file")])
    for wrong in (True, 3, ""):
        with pytest.raises(InputError, match="`resume` must be a path"):
            make().fit(points(), verbose=0, resume=wrong)


def test_one_checkpoint_and_no_backup(tmp_path):
    with pytest.raises(InputError, match="`callbacks` must have one `Checkpoint`"):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path / "a"), Checkpoint(tmp_path / "b")])
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(InputError, match="`resume` does what `BackupAndRestore` does"):
        make().fit(points(), verbose=0, callbacks=[backup, Checkpoint(tmp_path / "c")], resume=tmp_path / "c")


@pytest.mark.long
def test_a_checkpoint_that_can_not_be_read_now_is_not_taken_for_damaged(tmp_path, monkeypatch):
    broken(tmp_path, step=17)
    monkeypatch.setattr(checkpoint_files, "_sums", lambda path: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(OSError, match="Input/output error"):
        resumed(tmp_path)
    monkeypatch.undo()
    assert not list(tmp_path.glob("damaged_*"))


@pytest.mark.long
@pytest.mark.full
def test_damaged_ones_are_set_aside(tmp_path, unbroken):
    broken(tmp_path, step=17)
    path = checkpoint_files.paths(tmp_path)[-1]
    (path / "state.npz").write_bytes(b"")
    with pytest.warns(UserWarning, match="passed over"):
        gan, _ = resumed(tmp_path)
    assert_same(gan, unbroken[0])
    assert len(list(tmp_path.glob(f"damaged_{path.name}_*"))) == 1


# What goes wrong with the disk.


@pytest.mark.long
def test_a_full_disk_ends_the_run_and_leaves_what_was_there(tmp_path, monkeypatch):
    make().fit(points(), epochs=1, verbose=0, callbacks=[Checkpoint(tmp_path)])
    savez = np.savez

    def fail(path, **arrays):
        savez(path, **dict(list(arrays.items())[:1]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="No space left on device"):
        make().fit(points(), epochs=2, verbose=0, callbacks=[Checkpoint(tmp_path)], resume=tmp_path)
    assert checkpoint_files.newest(tmp_path).name == "step_000000010"
    assert not list(tmp_path.glob(".step*"))
    make().fit(points(), verbose=0)  # signals and locks are free


@pytest.mark.long
def test_a_directory_that_vanishes_ends_the_run(tmp_path):
    class Remove(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 3:
                keep.wait()
                shutil.rmtree(tmp_path / "checkpoints")

    keep = Checkpoint(tmp_path / "checkpoints", every=2)
    with pytest.raises(FileNotFoundError, match="the directory of the checkpoints was deleted"):
        make().fit(points(), epochs=2, verbose=0, callbacks=[keep, Remove()])
    assert not (tmp_path / "checkpoints").exists()


# Signals.


@pytest.mark.long
def test_ignored_signals_stay_ignored(tmp_path):
    old = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path), Send(signal.SIGINT)])
    finally:
        signal.signal(signal.SIGINT, old)


@pytest.mark.long
def test_a_signal_before_a_save_that_fails_is_told_of_the_failure(tmp_path, monkeypatch):
    def fail(path, **arrays):
        raise OSError(28, "No space left on device")

    class Full(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 3:
                monkeypatch.setattr(np, "savez", fail)

    with pytest.raises(OSError, match="No space left on device"):
        make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path), Full(), Send(signal.SIGTERM)])


class Send(keras.callbacks.Callback):
    def __init__(self, *numbers, at=4):
        super().__init__()
        self.numbers, self.at = numbers, at

    def on_train_batch_end(self, batch, logs=None):
        if batch == self.at:
            for number in self.numbers:
                os.kill(os.getpid(), number)


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize(
    ("numbers", "error", "at"),
    [
        ([signal.SIGINT], KeyboardInterrupt, 4),
        ([signal.SIGTERM], SystemExit, 9),
        ([signal.SIGTERM, signal.SIGTERM], SystemExit, 4),
        ([signal.SIGINT, signal.SIGTERM], KeyboardInterrupt, 9),
    ],
)
def test_a_signal_gives_one_checkpoint_and_ends(tmp_path, unbroken, numbers, error, at):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(error) as caught:
        make().fit(points(), epochs=3, verbose=0, callbacks=[Checkpoint(tmp_path), Send(*numbers, at=at)])
    if error is SystemExit:
        assert caught.value.code == 143
    assert checkpoint_files.newest(tmp_path).name == f"step_{at + 1:09d}"
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    assert_same(resumed(tmp_path)[0], unbroken[0])


@pytest.mark.long
def test_earlier_handlers_are_called_and_put_back(tmp_path):
    called = []

    def handler(number, frame):
        called.append((number, checkpoint_files.newest(tmp_path).name))

    old = signal.signal(signal.SIGTERM, handler)
    try:
        with pytest.raises(SystemExit):
            make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path), Send(signal.SIGTERM)])
        assert called == [(signal.SIGTERM, "step_000000005")]
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, old)


@pytest.mark.long
def test_in_another_thread_signals_are_left_alone(tmp_path):
    before, errors = signal.getsignal(signal.SIGTERM), []

    def train():
        try:
            make().fit(points(), verbose=0, callbacks=[Checkpoint(tmp_path)])
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert not errors
    assert signal.getsignal(signal.SIGTERM) is before
    assert checkpoint_files.newest(tmp_path).name == "step_000000010"


def test_another_model_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(InputError, match="must be given to the `fit` of a keras_gan model"):
        model.fit(POINTS, POINTS[:, :1], verbose=0, callbacks=[Checkpoint(tmp_path)])


@pytest.mark.long
@pytest.mark.full
def test_pictures_of_before_the_break_stay_in_the_animation(tmp_path, make_gan, images):
    data = keras_gan.data.ImageData(images[0], batch_size=8)
    grid = {"every": 2, "columns": 2, "rows": 1}
    with pytest.raises(InterruptedError):
        make_gan().fit(
            data,
            epochs=2,
            verbose=0,
            callbacks=[SampleGrid(tmp_path / "a", **grid), Checkpoint(tmp_path / "c", every=1), Break(step=5)],
        )
    make_gan().fit(data, epochs=2, verbose=0, callbacks=[SampleGrid(tmp_path / "a", **grid)], resume=tmp_path / "c")
    make_gan().fit(data, epochs=2, verbose=0, callbacks=[SampleGrid(tmp_path / "b", **grid)])
    for name in sorted(os.listdir(tmp_path / "b")):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
