import csv
import json
import os
import re
import shutil
import signal
import zipfile
from pathlib import Path

import filelock
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal
from PIL import Image

from keras_gan import GAN, InputError, distribution, load, runs
from keras_gan.data import PairedData, UnpairedData
from keras_gan.training.game.gradient_check import GradientCheck
from keras_gan_cli.train import _told

FILES = ["checkpoints", "gan.keras", "journal.json", "log.csv", "options.json", "report.html", "samples"]
SHORT = ("--image-size", 8, "--epochs", 1, "--set", "batch_size=4", "--set", "width=8")


@pytest.mark.long
@pytest.mark.full
def test_a_folder_of_pictures(run, pictures):
    code, out, _ = run("train", pictures, *SHORT, "--seed", 5, "--out", "runs")
    assert code == 0
    assert sorted(os.listdir()) == ["runs"]
    (name,) = os.listdir("runs")
    assert name == f"0001-{pictures.name}"
    directory = f"runs/{name}"
    assert sorted(os.listdir(directory)) == FILES
    assert sorted(os.listdir(f"{directory}/samples")) == [
        "samples.gif",
        *(f"step_{step:08d}.png" for step in (0, 1, 2, 5)),
    ]
    assert f"run: {directory}\n" in out
    assert f"saved: {directory}/gan.keras\n" in out
    assert "data: 20 images of 8x8x1 in " in out
    assert ", no classes\n" in out

    with open(f"{directory}/options.json") as file:
        options = json.load(file)
    expected = {"data": str(pictures), "image_size": 8, "epochs": 1, "images": None, "seed": 5}
    assert {key: options[key] for key in expected} == expected
    assert {key: options["settings"][key] for key in ("batch_size", "width")} == {"batch_size": 4, "width": 8}
    with open(f"{directory}/log.csv", newline="") as file:
        *_, row = rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["step"]) for row in rows] == [("1", str(step)) for step in (1, 2, 5)]
    for name in ("d_loss", "g_loss", "d_real", "d_fake", "d_total", "g_total", "r1"):
        assert np.isfinite(float(row[name]))
    gan = load(directory)
    assert (int(gan.step), gan.seed) == (5, 5)
    assert gan.sample(2, seed=0).shape == (2, 8, 8, 1)


@pytest.mark.long
@pytest.mark.full
def test_a_second_run_gets_the_next_number_and_classes_come_from_subfolders(run, pictures, tmp_path):
    for label, part in (("cats", slice(10)), ("dogs", slice(10, 20))):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for name in sorted(os.listdir(pictures))[part]:
            shutil.copy(pictures / name, tmp_path / "pets" / label)
    os.makedirs("runs/0041-older")
    code, out, _ = run("train", tmp_path / "pets", *SHORT)
    assert code == 0
    assert "2 classes" in out
    assert sorted(os.listdir("runs")) == ["0041-older", "0042-pets"]
    assert load("runs/0042-pets").signature.num_classes == 2
    with open("runs/0042-pets/options.json") as file:
        assert json.load(file)["class_names"] == ["cats", "dogs"]
    assert run("sample", "runs/0042-pets", "--label", "dogs", "--num", 1)[0] == 0
    assert max(len(line) for line in out.splitlines() if str(tmp_path) not in line) < 80
    assert not {"\b", "\r"} & {*out}


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["--images", 0], "'--images': '0' is no count, as 400000, 400k or 1.5M."),
        (["--images", "many"], "'--images': 'many' is no count"),
        (["--images", "1k", "--epochs", 2], "`--images` and `--epochs` both say how long it is"),
        (["--set", "width"], "`--set` must be NAME=VALUE, as loss=hinge. Received: 'width'"),
        (["--set", "widht=3"], ["`--set` must be one of", "Did you mean 'width'?", "'widht'"]),
        (["--set", "width=wide"], "`--set width` must be an integer"),
        (["--set", "loss=hing"], ["`--set loss` must be one of", "Did you mean 'hinge'?"]),
        (["--set", "r1=-1"], "`--set r1` must be a finite number in [0, 1e+06]. Received: -1.0"),
        (["--epochs", 0], "'--epochs': 0 is not in the range x>=1"),
        (["--epochs", "many"], "'--epochs': 'many' is not a valid integer"),
        (["--seed", -1], "'--seed': -1 is not in the range 0<=x<=2147483647"),
        (["--image-size", 7], "'--image-size': '7' is no side from 8 to 1024"),
        (["--recipe", "digit"], ["'--recipe': 'digit' is not one of", "'digits'"]),
    ],
)
def test_options_out_of_range(arguments, match, refused):
    refused("train", *arguments, match=match)


def test_a_typo_in_the_name_of_a_data_set(refused):
    refused("train", "mnst", match=["mnst", "Did you mean 'mnist'"])
    refused("train", "digts", match=["digts", "digits"])


def test_a_folder_that_is_not_there(refused, tmp_path):
    refused("train", tmp_path / "missing", match=str(tmp_path / "missing"))
    refused("train", "./missing", match="missing")


def test_a_folder_without_pictures(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    refused("train", tmp_path / "empty", match=str(tmp_path / "empty"))
    refused("train", tmp_path / "empty", "--recipe", "digits", match=str(tmp_path / "empty"))


def test_a_picture_that_is_broken(refused, tmp_path):
    (tmp_path / "broken").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "broken" / "good.png")
    (tmp_path / "broken" / "bad.png").write_bytes(b"not a picture")
    refused("train", tmp_path / "broken", "--image-size", 8, match="bad.png")


@pytest.mark.long
def test_broken_pictures_are_skipped_if_asked(run, pictures, tmp_path):
    shutil.copytree(pictures, tmp_path / "mixed")
    (tmp_path / "mixed" / "bad.png").write_bytes(b"not a picture")
    (tmp_path / "mixed" / "gone.png").symlink_to("nowhere")
    code, out, err = run("train", tmp_path / "mixed", *SHORT, "--on-bad-image", "skip")
    assert code == 0
    assert "20 images of 8x8x1 in " in out
    assert "2 skipped" in out
    (line,) = [line for line in err.splitlines() if "skipped" in line]
    assert line.startswith("keras-gan: warning: skipped 2 of 22 images")
    assert "'gone.png': a link to nothing; 'bad.png'" in line
    with open("runs/0001-mixed/options.json") as file:
        assert json.load(file)["on_bad_image"] == "skip"


def test_too_many_broken_pictures(refused, pictures, tmp_path):
    shutil.copytree(pictures, tmp_path / "mixed")
    for name in ("a", "b", "c"):
        (tmp_path / "mixed" / f"{name}.png").write_bytes(b"not a picture")
    options = ("--image-size", 8, "--on-bad-image")
    refused("train", tmp_path / "mixed", *options, "skip", match=["skips at most 10%", "3 of 23 are bad", "'a.png'"])
    refused("train", tmp_path / "mixed", *options, "ignore", match=["'--on-bad-image'", "'error', 'skip'"])


def test_a_side_that_the_architecture_can_not_take(refused, pictures):
    refused("train", pictures, "--image-size", "10x9x8", match=["HEIGHTxWIDTH", "10x9x8"])


def test_a_batch_larger_than_the_data(refused, pictures):
    refused("train", pictures, "--image-size", 8, "--set", "batch_size=21", match=["`--set batch_size`", "20", "21"])


def test_a_batch_beyond_the_digits_writes_nothing(refused, tfds_dir):
    """The recipe says how many steps an epoch has, so the data are asked before the run begins."""
    refused("train", "digits", "--set", "batch_size=5000", match=["`--set batch_size`", "1797", "5000"])


def test_out_is_a_file(refused, pictures, tmp_path):
    (tmp_path / "file").write_text("mine")
    refused("train", pictures, *SHORT, "--out", tmp_path / "file", match=["--out", "is a file"])
    assert (tmp_path / "file").read_text() == "mine"


# Going on.


@pytest.mark.long
@pytest.mark.full
def test_how_images_are_read_is_part_of_the_run(run, refused, tmp_path):
    (tmp_path / "deep").mkdir()
    for index in range(24):
        values = np.random.default_rng(index).integers(0, 4096, (20, 30), np.uint16)
        Image.fromarray(values).save(tmp_path / "deep" / f"{index}.png")
    table = "".join(f"{index}.png,{'odd' if index % 2 else 'even'}\n" for index in range(24))
    (tmp_path / "deep" / "kinds.csv").write_text(f"file,kind\n{table}")
    options = ("--fit", "pad", "--background", "white", "--value-range", 0, 4095, "--labels", "kinds.csv")
    arguments = ("train", tmp_path / "deep", "--image-size", "9x13", *options, "--epochs", 1, "--set", "batch_size=4")
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert "24 images of 9x13x1" in out
    assert "2 classes" in out
    (directory,) = (tmp_path / "work" / "runs").iterdir()
    told = json.loads((directory / "options.json").read_text())
    assert (told["image_size"], told["depth"]) == ([9, 13], {"dtype": "uint16", "low": 0.0, "high": 4095.0})
    assert told["class_names"] == ["even", "odd"]
    assert run("train", "--resume", directory, "--image-size", "9x13", "--fit", "pad", "--value-range", 0, 4095)[0] == 0
    for wrong, match in ((("--fit", "crop"), "with fit='pad'"), (("--labels", "none"), "with labels='kinds.csv'")):
        code, _, err = run("train", "--resume", directory, *wrong)
        assert code == 2
        assert match in err
    assert run("sample", directory, "--num", 4, "--label", "odd", "--out", "s.npy")[0] == 0
    assert (np.load("s.npy").dtype, np.load("s.npy").shape) == (np.uint16, (4, 9, 13, 1))
    assert run("evaluate", directory, tmp_path / "deep", "--metric", "sliced_wasserstein")[0] == 0


def files(directory):
    return {name: (directory / name).read_bytes() for name in ("log.csv", "samples/samples.gif")}


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_was_interrupted_goes_on_to_the_same_end(run, pictures, tmp_path, monkeypatch, number, code):
    arguments = ("train", pictures, "--image-size", 8, "--images", 60, "--set", "batch_size=4", "--seed", 5)
    assert run(*arguments, "--out", "whole")[0] == 0
    step = GAN.train_step

    def interrupted(self, data):
        tf.py_function(lambda at: os.kill(os.getpid(), number) if at == 7 else None, [self.step.value], [])
        return step(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(GAN, "train_step", interrupted)
        ended, _, err = run(*arguments, "--out", "broken")
    directory = tmp_path / "work" / "broken" / f"0001-{pictures.name}"
    assert ended == code
    assert f"interrupted; to go on: keras-gan train --resume broken/{directory.name}\n" in err
    last = max(int(path.name[5:]) for path in (directory / "checkpoints").glob("step*"))
    assert 8 <= last <= 9  # after the call that ran: of one step, or of two, which "auto" tries
    ended, out, _ = run("train", "--resume", directory)
    assert ended == 0
    assert f"saved: {directory}/gan.keras" in out
    whole = tmp_path / "work" / "whole" / directory.name
    assert files(directory) == files(whole)
    for ours, theirs in zip(load(directory).get_weights(), load(whole).get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
@pytest.mark.full
def test_what_can_not_go_on_is_refused(run, pictures, tmp_path):
    assert run("train", pictures, *SHORT)[0] == 0
    (directory,) = (tmp_path / "work" / "runs").iterdir()

    def refused(*arguments, match):
        code, _, err = run("train", *arguments)
        assert code == 2
        assert match in err

    refused("--resume", "nowhere", match="Directory 'nowhere' does not exist")
    refused("--resume", pictures, match="must be the directory of a run, with an options.json")
    refused("--resume", directory, "--seed", 4, match="goes on as it began, with seed=0. Received: 4")
    refused("digits", "--resume", directory, match=f"with data={str(pictures)!r}. Received: 'digits'")
    refused("--resume", directory, "--set", "r1=3", match="`r1` can't be changed when a run is resumed")
    refused("--resume", directory, "--images", 8, match="`--images` must be at least what the run has gone, 20 images")
    assert run("train", pictures, "--resume", directory, *SHORT)[0] == 0, "what was told as it was is no contradiction"
    with filelock.FileLock(directory / "checkpoints" / ".lock"):
        refused("--resume", directory, match="must not be in use by another training run")
    options = json.loads((directory / "options.json").read_text())
    (directory / "options.json").write_text(
        json.dumps({**options, "settings": {**options["settings"], "batch_size": 5}})
    )
    refused("--resume", directory, match="only be resumed with the configuration that it was begun with")
    (directory / "options.json").write_text("[]")
    refused("--resume", directory, match="must hold an object")
    (directory / "options.json").write_text("{")
    refused("--resume", directory, match="must be as it was written")
    (directory / "options.json").write_text("{}")
    refused("--resume", directory, match="must have the entry 'recipe'")


@pytest.mark.long
@pytest.mark.full
def test_a_finished_run_goes_on(run, pictures, tmp_path):
    assert run("train", pictures, *SHORT)[0] == 0
    (directory,) = (tmp_path / "work" / "runs").iterdir()
    code, out, _ = run("train", "--resume", directory)
    assert code == 0
    assert "nothing was left to train: it goes on with more --images" in out
    code, out, _ = run("train", "--resume", directory, "--images", 40)
    assert code == 0
    assert "nothing was left" not in out
    assert "length:        40 images, each about 2 times, in 10 steps" in out
    assert int(load(directory).step) == 10
    assert json.loads((directory / "options.json").read_text())["images"] == 40


@pytest.mark.long
@pytest.mark.full
def test_what_the_recipe_chose_is_told(run, pictures):
    out = run("train", pictures, *SHORT)[1]
    assert "recipe:        dcgan: images smaller than 128x128" in out
    assert "augmentation: ada: fewer than 20,000 grey images" in out
    assert "width:         8: as set" in out


@pytest.mark.parametrize(
    ("options", "name", "reason"),
    [
        ((), "dcgan", "images smaller than 128x128"),
        (("--image-size", "96x128"), "dcgan", "images smaller than 128x128"),
        (("--image-size", 128), "fastgan", "images of 128x128 or larger"),
        (("--image-size", 128, "--from", "by_sngan"), "sngan", "that of what it begins with"),
        (("--from", "by_sngan/gan.keras"), "sngan", "that of what it begins with"),
        (("--recipe", "r3gan", "--from", "by_sngan"), "r3gan", ""),
        (("--recipe", "r3gan", "--from", "by_nothing"), "r3gan", ""),
    ],
)
def test_which_recipe_a_folder_gets(run, pictures, monkeypatch, options, name, reason):
    """By its sides, and by what a file says of itself."""
    made_by("sngan")
    made_by("nothing")
    seen = []

    def dry_run(recipe, *_):
        seen.append(recipe)
        raise InputError("seen")

    monkeypatch.setattr(runs, "dry_run", dry_run)
    run("train", pictures, "--dry-run", *options)
    (recipe,) = seen
    assert (recipe.name, recipe.data, recipe.reason) == (name, str(pictures), reason)


def test_a_data_set_that_has_a_recipe_begins_with_networks_like_those_of_that(run, monkeypatch):
    made_by("dcgan")  # as files of the recipe `fashion_mnist` say, too
    seen = []
    monkeypatch.setattr(runs, "dry_run", lambda recipe, *_: seen.append(recipe))
    run("train", "fashion_mnist", "--dry-run", "--from", "by_dcgan")
    assert (seen[0].name, seen[0].data) == ("fashion_mnist", "fashion_mnist")


def made_by(recipe):
    """Write what is asked of the file of a game: that it tells what made it, if a recipe did."""
    folder = Path(f"by_{recipe}")
    folder.mkdir()
    config = {"compile_config": {} if recipe == "nothing" else {"made_by": {"recipe": recipe, "width": 3}}}
    with zipfile.ZipFile(folder / "gan.keras", "w") as archive:
        for name, text in (("metadata.json", "{}"), ("config.json", json.dumps(config)), ("model.weights.h5", "")):
            archive.writestr(name, text)


@pytest.mark.parametrize(
    ("recipe", "data", "told"),
    [
        ("nothing", None, "no recipe"),
        ("digits", None, "the recipe 'digits'"),
        ("sngam", None, "the recipe 'sngam'"),
        ("sngan", "digits", "the recipe 'sngan'"),
    ],
)
def test_where_what_is_begun_with_does_not_say_which_recipe_it_is_asked_for(run, pictures, recipe, data, told):
    made_by(recipe)
    code, out, err = run("train", data or pictures, "--from", f"by_{recipe}")
    assert (code, out) == (2, "")
    assert f"`--recipe` must be given with this --from, which {told} made" in err
    assert f"Received: --from by_{recipe}" in err


@pytest.mark.long
def test_nan_ends_the_run_with_one_line(run, pictures, monkeypatch):
    total = GAN.compute_generator_loss
    monkeypatch.setattr(
        GAN,
        "compute_generator_loss",
        lambda self, round: (lambda loss, logs: (loss + np.nan, logs))(*total(self, round)),
    )
    monkeypatch.setattr(GradientCheck, "check", lambda self: None)
    code, _, err = run("train", pictures, *SHORT)
    assert code == 1
    assert err.splitlines()[-1].startswith("keras-gan: Step 0 was not finite: the loss of the generator.")


def test_a_worker_that_is_lost_before_training_is_no_bug_of_ours(run, pictures, monkeypatch):
    def start(*arguments, **options):
        raise tf.errors.UnavailableError(None, None, "recvmsg:Connection reset by peer")

    monkeypatch.setattr(runs, "start", start)
    monkeypatch.setattr(distribution.workers, "num_workers", lambda strategy=None: 2)
    monkeypatch.setattr(distribution, "is_chief", lambda strategy=None: True)
    code, _, err = run("train", pictures, *SHORT)
    assert code == 1
    assert err.splitlines()[-1].startswith("keras-gan: Another worker has ended, or does not answer. Start all of them")


@pytest.mark.long
def test_a_dry_run_trains_nothing(run, pictures):
    code, out, err = run("train", pictures, *SHORT, "--dry-run")
    assert code == 0, err
    assert os.listdir() == []
    for name in ("recipe:", "length:", "parameters:", "an image:", "memory:", "time:"):
        assert f"\n{name}" in f"\n{out}"


def test_a_dry_run_is_of_a_new_run(run, tmp_path):
    code, _, err = run("train", "--resume", tmp_path, "--dry-run")
    assert code == 2
    assert "`--dry-run` is for a run that is not begun" in err


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (PairedData(noise(3, 8, 8, 1), noise(3, 16, 16, 3)), "3 pairs of images, 8x8x1 to 16x16x3"),
        (UnpairedData(noise(3, 8, 8, 3), noise(5, 8, 8, 1)), "3 images of 8x8x3 and 5 of 8x8x1"),
    ],
    ids=["pairs", "domains"],
)
def test_what_is_told_of_two_domains(data, told):
    assert _told(data) == f"data: {told} in paired_data"


@pytest.mark.long
def test_pictures_that_become_larger(run, pictures):
    small = [part for name in ("scale=2", "width=2", "blocks=1", "batch_size=4") for part in ("--set", name)]
    code, out, err = run("train", pictures, "--recipe", "srgan", "--image-size", 8, "--images", 8, *small)
    assert code == 0, err
    assert "data: 20 pairs of images, 4x4x1 to 8x8x1 in " in out
    (directory,) = Path("runs").iterdir()
    code, _, err = run("translate", directory, pictures, "--out", "large")
    assert code == 0, err
    with Image.open("large/00.png") as picture:
        assert (picture.size, picture.mode) == ((24, 20), "L")


MEASURED = ("--metric", "sliced_wasserstein", "--features", "none", "--set", "width=4", "--set", "latent_dim=2")


@pytest.mark.long
def test_the_best_is_kept_and_taken(run, tfds_dir, tmp_path):
    code, out, err = run("train", "digits", "--images", 3200, "--every", 640, *MEASURED)
    assert code == 0, err
    assert "best: runs/0001-digits/best.keras" in out
    assert "report: runs/0001-digits/report.html" in out
    assert "sliced_wasserstein 0." in out
    assert re.search(r"^floor: +sliced_wasserstein 0\.\d+, 160 real against 160 others, no$", out, re.M), out
    work = tmp_path / "work"
    for which in ("last", "best"):
        assert run("sample", "runs/0001-digits", "--num", 10, "--which", which, "--out", f"{which}.npy")[0] == 0
    step = int(load("runs/0001-digits", which="best").step)
    assert step % 10 == 0
    assert (np.array_equal(np.load(work / "best.npy"), np.load(work / "last.npy"))) == (step == 50)
    code, out, err = run("train", "--resume", "runs/0001-digits", "--metric", "frechet_distance")
    assert (code, out) == (2, "")
    told = "`--metric` can't be changed when a run is resumed, which goes on as it began, with sliced_wasserstein."
    assert err == f"keras-gan: {told} Received: frechet_distance\n"


def test_what_is_about_a_metric_needs_one(refused):
    refused("train", "digits", "--patience", 3, match="`--patience` needs a `--metric`")
    refused("train", "digits", "--every", "5k", match="`--every` needs a `--metric`")
    refused("train", "digits", "--metric", "nothing", match="must be a GenerativeMetric")


def test_a_run_without_a_best(refused, conditional):
    path = conditional[0].path
    refused("sample", path, "--which", "best", match="`--which` must be 'last' but for")
    refused("export", path, "--which", "best", match="`--which` must be 'last' but for")
    refused("evaluate", path, "digits", "--which", "best", match="`--which` must be 'last' but for")
