import json
from dataclasses import replace

import numpy as np
import pytest

import keras_gan
from keras_gan import InputError, runs
from keras_gan.data import ImageData
from keras_gan.recipes import Facts, Plan
from keras_gan.runs import Selection

QUICK = {"latent_dim": 2, "width": 4}


@pytest.fixture
def recipe(tfds_dir):
    return keras_gan.recipes.get("digits").but(images=1280, **QUICK)


@pytest.fixture
def data():
    pixels = np.random.default_rng(0).integers(0, 256, (100, 8, 8, 1), dtype=np.uint8)
    return ImageData(pixels, np.repeat(np.arange(2), 50), batch_size=8)


def plan(data, steps=100):
    return Plan(Facts.of(data), {"batch_size": data.batch_size}, epochs=1, steps_per_epoch=steps)


@pytest.mark.parametrize(
    ("every", "steps", "expected"),
    [
        (None, 100, (*range(10, 100, 10), 100)),
        ("0.24k", 100, (30, 60, 100)),
        (1, 3, (1, 2, 3)),
        (10**6, 100, (100,)),
        (80, 101, (*range(10, 91, 10), 101)),
    ],
)
def test_when_it_is_measured(make_gan, data, every, steps, expected):
    selection = Selection(["sliced_wasserstein"], every=every, features="none")
    assert selection.prepare(make_gan(2), plan(data, steps), data, 0).steps == expected


@pytest.mark.parametrize(("every", "count"), [(160, 40), (None, 20), ("1M", 50), (8, 2)])
def test_how_many_samples_are_compared(make_gan, data, every, count, monkeypatch):
    monkeypatch.setattr("keras_gan.runs.selection._LEAST", 2)
    selection = Selection(["sliced_wasserstein"], every=every, features="none")
    prepared = selection.prepare(make_gan(2), plan(data), data, 0)
    assert (
        [metric.num_real for metric in prepared.metrics] == [metric.num_fake for metric in prepared.metrics] == [count]
    )
    assert (len(prepared.real), len(prepared.halves)) == (count, 2 * count)


def test_where_measuring_takes_longer_than_training_it_is_said(make_gan, data):
    told = "50 samples are measured after every 8 images, which may take longer .* with 200 images"
    with pytest.warns(UserWarning, match=told):
        Selection(["sliced_wasserstein"], every=8, features="none").prepare(make_gan(2), plan(data), data, 0)


def test_the_real_samples_are_of_all_classes(make_gan, data):
    prepared = Selection(["sliced_wasserstein"], features="none").prepare(make_gan(2), plan(data), data, 0)
    rows = {image.tobytes(): label for image, label in zip(data.examples, data.labels, strict=True)}
    assert [rows[image.tobytes()] for image in prepared.real.examples] == prepared.real.labels.tolist()
    assert 0.2 < np.mean(prepared.real.labels) < 0.8
    again = Selection(["sliced_wasserstein"], features="none").prepare(make_gan(2), plan(data), data, 0)
    assert again.real.digest == prepared.real.digest


def test_the_floor_compares_as_many_with_as_many_others(make_gan, data):
    prepared = Selection(["sliced_wasserstein"], features="none").prepare(make_gan(2), plan(data), data, 0)
    (floor,) = prepared.floor()
    count = len(prepared.real)
    assert (floor["num_real"], floor["num_fake"]) == (count, count)
    assert 0.0 < floor["value"] < 1.0


def test_a_protocol_has_counts_of_its_own_and_no_floor(make_gan, data):
    with pytest.raises(InputError, match="must have at least 1,000 samples for 'fd1k'"):
        Selection(["fd1k"]).prepare(make_gan(2), plan(data), data, 0)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"metrics": []}, "`metrics` must name one or more"),
        ({"metrics": "frechet_distance"}, "`metrics` must name one or more"),
        ({"every": "often"}, "`every` must be an integer"),
        ({"patience": 0}, "`patience` must be"),
        ({"keep": "best"}, "`keep` must be one of"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(InputError, match=match):
        Selection(**{"metrics": ["frechet_distance"], **arguments})


def test_its_config():
    selection = Selection(("fd1k",), "5k", 3, "none", "last")
    assert Selection.from_config(json.loads(json.dumps(selection.get_config()))) == replace(selection, metrics=["fd1k"])
    for config in ({}, {"metrics": 3}, {"metrics": [], "other": 1}, [], "odd"):
        with pytest.raises(InputError, match=r"options\.json|must name one"):
            Selection.from_config(config)


def test_what_can_not_choose_is_refused_before_anything_is_written(recipe, tmp_path):
    for names, match in ((["nothing"], "must be a GenerativeMetric"), (["multiscale_ssim"], "must begin with one")):
        with pytest.raises(InputError, match=match):
            runs.start(recipe, root=tmp_path, selection=Selection(names, features="none"))
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_run_keeps_its_best_and_goes_on_so(recipe, tmp_path):
    selection = Selection(["sliced_wasserstein"], patience=9, features="none")
    training = runs.start(recipe, 3, tmp_path, selection=selection)
    training.train(verbose=0)
    run = training.run
    assert run.options["selection"]["every"] == 128
    record = keras_gan.report.Record.read(run)
    name, value, step = record.best()
    assert name == "sliced_wasserstein"
    assert value == np.nanmin(record.log["val_sliced_wasserstein"])
    assert record.journal.compared == {name: "64 real, 64 generated, no features"}
    assert int(keras_gan.load(run.path, which="best").step) == step
    assert step in record.pictures
    assert set(record.floors) == {"sliced_wasserstein"}
    measured = record.steps[np.isfinite(record.log["val_sliced_wasserstein"])]
    assert measured.tolist() == [*range(2, 21, 2)]
    longer = runs.resume(run.path, images=2560)
    assert longer.selected.steps == tuple(range(2, 41, 2)), "at the same distance"
    assert longer.selected.real.digest == training.selected.real.digest
    assert runs.resume(run.path, selection=replace(selection, metrics=("sliced_wasserstein",))).selected is not None, (
        "told as it was"
    )
    with pytest.raises(InputError, match="`patience` can't be changed when a run is resumed"):
        runs.resume(run.path, selection=replace(selection, patience=2))


def test_only_a_gan_has_samples_to_choose_among(data):
    with pytest.raises(InputError, match=r"`metrics` choose among samples of a GAN. Received: a object"):
        Selection(["frechet_distance"]).prepare(object(), plan(data), data, 0)
