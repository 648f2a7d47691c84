import csv
import json
import os
import threading

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, runs
from keras_gan.data import ImageData, PairedData
from keras_gan.runs import Run, class_names
from keras_gan.utils.depth import Depth

FILES = ["checkpoints", "gan.keras", "journal.json", "log.csv", "options.json", "report.html"]


def names(root):
    return sorted(os.listdir(root))


def test_runs_are_numbered(tmp_path):
    root = tmp_path / "deep" / "runs"
    made = [Run.create(str(root), name, {}) for name in ("digits", "digits", "mnist")]
    assert [run.path.name for run in made] == ["0001-digits", "0002-digits", "0003-mnist"]
    assert names(root) == ["0001-digits", "0002-digits", "0003-mnist"]


def test_the_number_follows_the_highest(tmp_path):
    for name in ("0007-old", "12-not-a-run", "10000-old", "notes", "0009", "0040x-other"):
        (tmp_path / name).mkdir()
    (tmp_path / "0003-file").touch()
    assert Run.create(tmp_path, "new", {}).path.name == "10001-new"


def test_the_options_are_written(tmp_path):
    options = {"epochs": 3, "data": "ü", "image_size": None}
    run = Run.create(tmp_path, "digits", options)
    assert json.loads(run.options_file.read_text()) == options
    assert names(run.path) == ["options.json"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("/data/my cats/", "my_cats"),
        ("../..", "run"),
        ("cmaterdb/bangla", "bangla"),
        ("", "run"),
        (".", "run"),
        ("Größe: 5", "Gr_e_5"),
        (".hidden", "hidden"),
        ("a\nb", "a_b"),
        ("v1.2-x", "v1.2-x"),
    ],
)
def test_odd_names(name, label, tmp_path):
    assert Run.create(tmp_path, name, {}).path == tmp_path / f"0001-{label}"


def test_a_very_long_name_still_makes_a_directory(tmp_path):
    assert Run.create(tmp_path, "x" * 255, {}).path.is_dir()


def test_runs_that_start_together_get_numbers_of_their_own(tmp_path):
    barrier, runs = threading.Barrier(8), []

    def create():
        barrier.wait()
        runs.append(Run.create(tmp_path, "digits", {}))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(tmp_path) == [f"{number:04d}-digits" for number in range(1, 9)]
    assert len({run.path for run in runs}) == 8


def test_a_number_that_was_taken_in_between_is_passed_over(tmp_path, monkeypatch):
    mkdir, rival = type(tmp_path).mkdir, []

    def slow(path, *args, **kwargs):
        if path.name == "0001-digits" and not rival:
            rival.append(path)
            mkdir(path)
        return mkdir(path, *args, **kwargs)

    monkeypatch.setattr(type(tmp_path), "mkdir", slow)
    assert Run.create(tmp_path, "digits", {}).path.name == "0002-digits"


@pytest.mark.long
def test_what_a_run_holds(make_gan, images, tmp_path):
    run, gan = Run.create(tmp_path, "toy", {}), make_gan(3)
    gan.fit(ImageData(*images, batch_size=20), epochs=2, verbose=0, callbacks=run.callbacks(gan))
    assert names(run.path) == [*FILES, "samples"]
    assert names(run.samples) == ["samples.gif", "step_00000000.png", "step_00000002.png", "step_00000004.png"]
    with open(run.path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(gan.log_names) <= set(rows[0])
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert np.isfinite([float(row[name]) for row in rows for name in gan.log_names]).all()
    for path in (run.path, str(run.model_file)):
        loaded = keras_gan.load(path)
        assert int(loaded.step) == 4
        assert_array_equal(loaded.sample(6, seed=0), gan.sample(6, seed=0))


@pytest.mark.long
def test_the_model_is_there_after_each_epoch(make_gan, images, tmp_path):
    run, gan, steps = Run.create(tmp_path, "toy", {}), make_gan(), []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: steps.append(int(keras_gan.load(run.path).step))
    )
    gan.fit(images[0], batch_size=20, epochs=2, verbose=0, callbacks=[*run.callbacks(gan), look])
    assert steps == [2, 4]


@pytest.mark.long
def test_the_model_is_there_from_the_start(make_gan, images, tmp_path):
    run, gan, steps = Run.create(tmp_path, "toy", {}), make_gan(), []
    look = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: steps.append(int(keras_gan.load(run.model_file).step))
    )
    gan.fit(images[0], batch_size=20, verbose=0, callbacks=[*run.callbacks(gan), look])
    assert steps == [0, 0]


@pytest.mark.long
def test_pictures_and_rows_come_by_steps(make_gan, images, tmp_path, monkeypatch):
    monkeypatch.setattr("keras_gan.runs.pace.TIMES", 4)
    monkeypatch.setattr("keras_gan.runs.pace.LEAST", 1)
    run, gan = Run.create(tmp_path, "toy", {}), make_gan(3, steps_per_execution=5)
    saved = []
    monkeypatch.setattr(Run, "save", lambda self, gan: saved.append(int(gan.step)))
    data = ImageData(*images, batch_size=2)
    options = {"verbose": 0, "validation_data": images}
    history = gan.fit(data, epochs=2, **options, callbacks=run.callbacks(gan, steps=40)).history
    expected = [1, 2, 5, 10, 20, 30, 40]
    assert names(run.samples) == ["samples.gif", *(f"step_{step:08d}.png" for step in [0, *expected])]
    with open(run.path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(int(row["epoch"]), int(row["step"])) for row in rows] == [
        *((1, step) for step in (1, 2, 5, 10, 20)),
        *((2, step) for step in (30, 40)),
    ]
    ends = [row for row in rows if row["step"] in ("20", "40")]
    for name in ("d_loss", "val_d_loss"):
        assert [float(row[name]) for row in ends] == pytest.approx(history[name], rel=1e-6)
    assert {row["val_d_loss"] for row in rows} - {row["val_d_loss"] for row in ends} == {""}
    assert saved == [0, 20, 40]


def test_a_row_has_the_means_of_its_epoch_so_far(make_gan, images, tmp_path, monkeypatch):
    monkeypatch.setattr("keras_gan.runs.pace.LEAST", 1)
    run, gan, told = Run.create(tmp_path, "toy", {}), make_gan(), []
    data = ImageData(images[0], batch_size=10)
    look = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: told.append(logs["g_loss"]))
    gan.fit(data, epochs=2, verbose=0, callbacks=[*run.callbacks(gan, steps=8), look])
    with open(run.path / "log.csv", newline="") as file:
        assert [float(row["g_loss"]) for row in csv.DictReader(file)] == pytest.approx(told)


def test_short_epochs_do_not_write_the_model_each_time(make_gan, images, tmp_path, monkeypatch):
    monkeypatch.setattr("keras_gan.runs.pace.TIMES", 2)
    monkeypatch.setattr("keras_gan.runs.pace.LEAST", 1)
    run, gan, saved = Run.create(tmp_path, "toy", {}), make_gan(), []
    monkeypatch.setattr(Run, "save", lambda self, gan: saved.append(int(gan.step)))
    callbacks = run.callbacks(gan, steps=9)
    gan.fit(ImageData(images[0], batch_size=40), epochs=9, verbose=0, callbacks=callbacks)
    assert saved == [0, 1, 2, 5, 9]


def test_grids_of_samples_are_paced_by_images_and_the_rest_by_steps(make_gan, tmp_path):
    run = Run(tmp_path)
    pictures, monitor, *_ = run.callbacks(make_gan(), steps=750, batch_size=16)
    assert [pictures.next_step(step) for step in (20, 40, 700)] == [40, 80, 720]
    assert monitor.every == 15  # it has to look several times, and that takes little
    pairs = PairedData(np.zeros((2, 8, 8, 1), np.uint8), np.zeros((2, 8, 8, 1), np.uint8), batch_size=1)
    translations, *_ = run.callbacks(make_gan(), steps=750, batch_size=1, pairs=pairs)
    assert translations.next_step(20) == 30


def test_of_very_many_classes_the_first_are_shown(make_gan, tmp_path):
    (pictures, *_) = Run(tmp_path).callbacks(make_gan(1935))
    assert pictures.rows == 20
    (pictures, *_) = Run(tmp_path).callbacks(make_gan(20))
    assert pictures.rows is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"class_names": ["cats", "dogs"]}, ["cats", "dogs"]), ({"class_names": None}, []), ({}, [])],
)
def test_the_names_of_the_classes(options, expected, tmp_path):
    run = Run.create(tmp_path, "toy", options)
    assert class_names(run.path) == expected
    assert class_names(run.model_file) == []


def test_a_run_of_vectors_has_no_pictures(tmp_path):
    run = Run.create(tmp_path, "points", {})
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=()))
    gan.compile("sgd", "sgd")
    gan.fit(np.zeros((8, 2), "float32"), verbose=0, callbacks=run.callbacks(gan))
    assert names(run.path) == FILES


def test_a_row_that_was_logged_before_is_replaced(tmp_path, make_gan):
    """After an interruption an epoch may end twice."""
    run, gan = Run.create(tmp_path, "digits", {}), make_gan()
    for step, loss in [(10, 0.5), (20, 0.4), (10, 0.7), (20, 0.6), (30, 0.1)]:
        gan.step.assign(step)
        run.log(gan, step // 10 - 1, {"d_loss": loss})
    with run.log_file.open(newline="") as file:
        rows = [(row["epoch"], row["step"], row["d_loss"]) for row in csv.DictReader(file)]
    assert rows == [("1", "10", "0.7"), ("2", "20", "0.6"), ("3", "30", "0.1")]


def test_a_run_is_opened_with_its_options(tmp_path):
    made = Run.create(tmp_path, "digits", {"epochs": 3})
    assert Run.open(str(made.path)) == made
    assert made.options == {"epochs": 3}
    with pytest.raises(InputError, match=r"`path` must be the directory of a run, with an options.json"):
        Run.open(tmp_path)


def test_how_the_data_were_read(tmp_path):
    options = {"load_options": {"fit": "pad"}, "depth": {"dtype": "uint16", "low": 0.0, "high": 4095.0}}
    run = Run.create(tmp_path, "deep", options)
    assert runs.load_options(run.path) == {"fit": "pad"}
    assert runs.depth(run.path) == Depth("uint16", 0, 4095)
    other = Run.create(tmp_path, "old", {})
    assert (runs.load_options(other.path), runs.depth(other.path)) == ({}, None)
    assert (runs.load_options(tmp_path / "gan.keras"), runs.depth(tmp_path / "gan.keras")) == ({}, None)
