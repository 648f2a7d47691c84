import os

import keras
import pytest

from keras_gan import InputError
from keras_gan.training.inputs import callback_targets

C = keras.callbacks


@pytest.fixture
def refused(make_gan, images, tmp_path, monkeypatch):
    """Assert that a `fit` refuses a callback before its first step, and before any other callback begins."""
    monkeypatch.chdir(tmp_path)

    def check(make, match):
        gan, begun = make_gan(), []
        look = C.LambdaCallback(on_train_begin=lambda logs: begun.append(True))
        with pytest.raises(InputError, match=match):
            gan.fit(images[0], batch_size=20, verbose=0, callbacks=[look, make()])
        assert int(gan.step) == 0
        assert not begun

    return check


@pytest.mark.some(5)
@pytest.mark.long
@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: C.ModelCheckpoint("m.h5"), r"`filepath` of ModelCheckpoint must end in \.keras.*Received: .*'m.h5'"),
        (lambda: C.ModelCheckpoint("m.h5", save_freq=7), r"must end in \.keras"),
        (
            lambda: C.ModelCheckpoint("{epoch}-{d_los:.2f}.keras"),
            r"in braces nothing but \['epoch', 'd_loss'.*Did you mean 'd_loss'\? Received: .*d_los:",
        ),
        (lambda: C.ModelCheckpoint("{batch}.keras"), r"in braces nothing but .*Received: .*'{batch}.keras'"),
        (lambda: C.ModelCheckpoint("{val_d_loss}.keras"), "in braces nothing but .*Received: .*val_d_loss"),
        (lambda: C.ModelCheckpoint("{}.keras"), "must be a template that `str.format` fills. Received"),
        (lambda: C.ModelCheckpoint("{epoch.keras"), "must be a template that `str.format` fills. Received"),
        (lambda: C.ModelCheckpoint("{epoch:.2q}.keras"), "must be a template that `str.format` fills. Received"),
        (lambda: C.ModelCheckpoint("folder.keras"), "`filepath` of ModelCheckpoint must be a file.*a directory"),
        (lambda: C.ModelCheckpoint("file/m.keras"), "must be in a directory. Received: file, where .*file is a file"),
        (lambda: C.ModelCheckpoint("file/m.weights.h5", save_weights_only=True), "must be in a directory. Received"),
        (lambda: C.CSVLogger("missing/log.csv"), "`filename` of CSVLogger must be in a directory that exists"),
        (lambda: C.CSVLogger("folder.keras"), "`filename` of CSVLogger must be a file"),
        (lambda: C.BackupAndRestore("file"), "`backup_dir` of BackupAndRestore must be in a directory"),
        (lambda: C.TensorBoard("file/logs"), "`log_dir` of TensorBoard must be in a directory"),
    ],
)
def test_what_can_not_be_written_is_told_before_the_first_step(make, match, refused, tmp_path):
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "file").touch()
    refused(make, match)


def test_a_place_that_is_read_only(refused, monkeypatch):
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK | os.X_OK and access(path, mode))
    refused(lambda: C.ModelCheckpoint("deep/er/m.keras"), "must be where files can be made. .*is read-only")
    refused(lambda: C.BackupAndRestore("backup"), "must be where files can be made. .*is read-only")


def test_a_file_that_is_read_only(tmp_path, monkeypatch):
    (tmp_path / "log.csv").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(InputError, match=r"must be writable. Received: .*log.csv, which is not"):
        callback_targets.check([C.CSVLogger(str(tmp_path / "log.csv"))], ())


def test_what_can_be_written_is_taken(make_gan, images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = "new/{epoch:02d}-{g_loss:.1f}-{val_d_loss:.1f}.keras"
    callbacks = [
        C.LearningRateScheduler(lambda epoch, rate: rate),
        C.ModelCheckpoint(names),
        C.ModelCheckpoint("{batch}.weights.h5", save_weights_only=True, save_freq=2),
        C.ModelCheckpoint("{learning_rate_generator:.2f}.keras"),
        C.CSVLogger("log.csv"),
        C.BackupAndRestore("back/up"),
    ]
    make_gan().fit(images[0], validation_data=images[0], batch_size=20, verbose=0, callbacks=callbacks)
    assert {"new", "2.weights.h5", "0.01.keras", "log.csv"} <= set(os.listdir())
    assert os.listdir("new")[0].startswith("01-")


def test_another_file_system_is_not_looked_at():
    callback_targets.check([C.ModelCheckpoint("gs://bucket/m.keras"), C.TensorBoard("hdfs://logs")], ())


def test_a_name_that_a_callback_of_ones_own_may_log(tmp_path):
    class Mine(keras.callbacks.Callback):
        pass

    saved = keras.callbacks.ModelCheckpoint(str(tmp_path / "{mine:.2f}.keras"))
    with pytest.raises(InputError, match="in braces nothing but"):
        callback_targets.check([saved], ["d_loss"])
    callback_targets.check([saved, Mine()], ["d_loss"])


def test_rates_are_names_only_where_a_callback_logs_them(tmp_path):
    saved = keras.callbacks.ModelCheckpoint(str(tmp_path / "{learning_rate_generator}.keras"))
    with pytest.raises(InputError, match="in braces nothing but"):
        callback_targets.check([saved], ["d_loss"])
    callback_targets.check([saved, keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate)], ["d_loss"])
