import numpy as np
import pytest

from keras_gan.callbacks import BestModel, Checkpoint, HealthMonitor
from keras_gan.data import ImageData
from keras_gan.metrics import FrechetDistance, SlicedWasserstein
from keras_gan.report import Journal
from keras_gan.runs.journal_writer import JournalWriter
from keras_gan.runs.networks import parameters


@pytest.fixture
def file(tmp_path):
    return tmp_path / "journal.json"


def test_what_is_trained_and_where_it_stands(make_gan, images, file):
    gan = make_gan(metrics=[FrechetDistance()])
    data = ImageData(images[0], batch_size=10)
    gan.fit(data, verbose=0, epochs=2, callbacks=[JournalWriter(file, (3,), 10, 8, None)])
    journal = Journal.read(file)
    assert (journal.game, journal.batch_size, journal.steps, journal.ended) == ("GAN", 10, 8, True)
    assert dict(journal.networks) == {
        "generator": parameters(gan.generator),
        "discriminator": parameters(gan.discriminator),
    }
    assert dict(journal.directions) == {"frechet_distance": "down"}
    assert "keras_gan" in journal.versions
    assert "cores" in journal.machine
    assert [stretch.step for stretch in journal.stretches] == [0, 3, 8]
    assert np.all(np.diff([stretch.seconds for stretch in journal.stretches]) > 0)
    assert all(stretch.memory > 10**7 for stretch in journal.stretches)


def test_what_was_found_wrong(make_gan, images, file):
    monitor = HealthMonitor(patience=1, beginning=0, flat=9.0)
    data = ImageData(images[0], batch_size=20)
    gan = make_gan(on_nonfinite="skip")
    gan.guard.record.assign([0, 0, 0])
    with pytest.warns(UserWarning, match="HealthMonitor"):
        gan.fit(data, verbose=0, callbacks=[monitor, JournalWriter(file, None, 20, 2, monitor)])
    assert Journal.read(file).warnings == tuple(monitor.findings.values())
    assert len(monitor.findings) >= 1


def test_skipped_steps_are_told(make_gan, file):
    gan = make_gan()
    writer = JournalWriter(file, None, None, None, None)
    writer.set_model(gan)
    assert writer._warnings() == ()
    gan.guard.record.assign([3, 7, 0])
    assert writer._warnings() == ("3 steps were not finite, and changed nothing.",)


def test_what_metrics_compare_and_warn_of_is_told(make_gan, images, file):
    best = BestModel(None, [SlicedWasserstein(directions=4)], images[0], every=1)
    best.warned.append("too few")
    writer = JournalWriter(file, None, None, None, None, best, {"sliced_wasserstein": "9 real"})
    writer.set_model(make_gan())
    assert writer._warnings() == ("too few",)
    writer.set_model(make_gan())
    data = ImageData(images[0], batch_size=20)
    make_gan().fit(data, verbose=0, callbacks=[writer])
    assert Journal.read(file).compared == {"sliced_wasserstein": "9 real"}


def test_a_run_that_goes_on_is_another_session(make_gan, images, file, tmp_path):
    def train(epochs):
        keep, writer = Checkpoint(tmp_path / "checkpoints", every=2), JournalWriter(file, (1, 3, 5), 10, 8, None)
        data = ImageData(images[0], batch_size=10)
        make_gan().fit(data, epochs=epochs, verbose=0, callbacks=[writer, keep], resume=tmp_path / "checkpoints")

    (tmp_path / "checkpoints").mkdir()
    train(1)
    first = Journal.read(file)
    assert [(each.session, each.step) for each in first.stretches] == [(0, 0), (0, 1), (0, 3), (0, 4)]
    train(2)
    again = Journal.read(file)
    assert again.stretches[:4] == first.stretches
    assert [(each.session, each.step) for each in again.stretches[4:]] == [(1, 4), (1, 5), (1, 8)]


def test_a_run_that_begins_anew_forgets_the_old_one(make_gan, images, file):
    Journal(warnings=("old",)).write(file)
    make_gan().fit(ImageData(images[0], batch_size=40), verbose=0, callbacks=[JournalWriter(file, None, 40, 1, None)])
    assert Journal.read(file).warnings == ()


@pytest.mark.long
def test_a_damaged_journal_is_set_aside(make_gan, images, file, tmp_path):
    data, keep = ImageData(images[0], batch_size=10), tmp_path / "checkpoints"
    make_gan().fit(data, verbose=0, callbacks=[JournalWriter(file, None, 10, 8, None), Checkpoint(keep)])
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    callbacks = [JournalWriter(file, None, 10, 8, None), Checkpoint(keep)]
    with pytest.warns(UserWarning, match=r"`journal.json` must be as it was written.* is now journal.json.damaged"):
        make_gan().fit(data, epochs=2, verbose=0, callbacks=callbacks, resume=keep)
    assert (tmp_path / "journal.json.damaged").read_text() == whole[: len(whole) // 2]
    assert {stretch.step for stretch in Journal.read(file).stretches} == {4, 8}
