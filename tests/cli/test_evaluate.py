import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_gan


@pytest.fixture(autouse=True)
def _cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def untrained(tmp_path):
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=10), num_classes=10)
    gan.save(tmp_path / "untrained.keras")
    return tmp_path / "untrained.keras"


@pytest.fixture
def steps(monkeypatch):
    """A classifier after fewer steps than it has by default."""
    from keras_gan.metrics import ClassifierFeatures

    train = ClassifierFeatures.train
    monkeypatch.setattr(ClassifierFeatures, "train", lambda *images, **options: train(*images, steps=30, **options))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:kernel_distance")
def test_the_floor_and_an_untrained_generator(run, untrained, steps, tfds_dir):
    code, out, err = run("evaluate", "digits", "--real-vs-real", "--json", "floor.json")
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()][:4] == [
        "frechet_distance",
        "kernel_distance",
        "precision_recall",
        "density_coverage",
    ]
    assert "899 real against 898 others, classifier)" in out
    assert "the floor at these counts: compare with --num 898" in out
    assert "features: a classifier learns from 1,797 images of 8x8x1" in err
    assert "training a classifier  30/30 steps" in err
    assert "evaluating  1,797/1,797 samples" in err
    assert max(map(len, out.splitlines() + err.splitlines())) < 80
    assert "\b" not in err
    with open("floor.json") as file:
        floor = json.load(file)
    assert (floor["path"], floor["data"], floor["split"]) == (None, "digits", "train")
    assert (floor["real_vs_real"], floor["sampling_seed"], floor["features"]) == (True, 0, "classifier")
    code, out, err = run("evaluate", untrained, "digits", "--num", 800, "--split", "train[:50%]", "--json", "made.json")
    assert code == 0, err
    assert "800 real, 800 generated, classifier)" in out
    assert "its floor: the same with --real-vs-real, and --num 449 for both" in err
    assert "frechet_distance " in out
    assert "frechet_distance " not in err, "it is told once"
    with open("made.json") as file:
        measured = json.load(file)
    assert measured["metrics"][0]["value"] > 10 * floor["metrics"][0]["value"], "it was never trained"
    assert (measured["path"], measured["real_vs_real"], measured["image_size"]) == (str(untrained), False, [8, 8])
    assert measured["data_digest"] != floor["data_digest"]
    assert [*measured["versions"]] == ["keras_gan", "keras", "tensorflow", "kernels"]
    assert measured["metrics"][0]["extractor_digest"] != floor["metrics"][0]["extractor_digest"], "of other data"


@pytest.mark.long
def test_the_floor_of_data_as_a_run_reads_them(run, refused, pictures, untrained, translation, tfds_dir):
    line = ("--metric", "sliced_wasserstein", "--features", "none", "--real-vs-real", "--json", "-")
    found = json.loads(run("evaluate", untrained, "digits", *line)[1])
    assert (found["real_vs_real"], found["step"], found["path"]) == (True, None, str(untrained))
    assert (found["image_size"], found["metrics"][0]["num_fake"]) == ([8, 8], 898)
    line = ("--metric", "l1", "--real-vs-real")
    refused("evaluate", translation[0], pictures, *line, match="must be the directory of a run")


def test_one_metric(run, untrained, steps, tfds_dir):
    code, out, _ = run("evaluate", untrained, "digits", "--metric", "sliced_wasserstein", "--num", 100)
    assert code == 0
    name, counts = out.splitlines()
    assert name.split()[0] == "sliced_wasserstein"
    assert counts == "(100 real, 100 generated, classifier)"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["digits"], "must have PATH and DATA; with --real-vs-real DATA may be alone"),
        (["a", "b", "c"], "must have PATH and DATA"),
        (["nowhere.keras", "digits"], "`PATH` must be a run directory with a gan.keras, or a .keras file"),
        (["digits", "--real-vs-real", "--metric", "frechet"], "Did you mean 'frechet_distance'?"),
        (
            ["digits", "--real-vs-real", "--features", "resnet"],
            "must be classifier, contrastive, inception, none, a .keras file or DINOv2's .pth",
        ),
        (["digits", "--real-vs-real", "--features", "nosuch.keras"], "must be a file that exists"),
        (
            ["digits", "--real-vs-real", "--features", "nosuch.pth"],
            "must be a file that exists. Received: 'nosuch.pth'",
        ),
        (["digits", "--real-vs-real", "--metric", "fd10k", "--num", 50], "pin the counts, ['fd10k']. Received: 50"),
        (["digits", "--real-vs-real", "--num", 1], "'--num': 1 is not in the range"),
    ],
)
def test_what_is_wrong_is_said(refused, arguments, match, steps, tfds_dir):
    refused("evaluate", *arguments, match=match)


def test_a_translation_is_measured_by_its_run(refused, translation):
    match = ["`PATH` must be the directory of a run", "`game.evaluate(pairs)`", "game.keras"]
    refused("evaluate", translation[0], "digits", match=match)


@pytest.fixture
def two_folders(tmp_path):
    """Two folders in one, of 12 pictures each: noise, and its negatives."""
    for index in range(12):
        pixels = np.random.default_rng(index).integers(0, 256, (20, 20, 3), dtype=np.uint8)
        for name, image in (("a", pixels), ("b", 255 - pixels)):
            (tmp_path / "both" / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(tmp_path / "both" / name / f"{index}.png")
    return tmp_path / "both"


def begun(name, folder, root, **settings):
    """The run of a recipe that is not trained."""
    recipe = keras_gan.recipes.get(name).but(data=str(folder), image_size=16, width=2, images=8, **settings)
    training = keras_gan.runs.start(recipe, root=root)
    training.run.save(training.gan)
    return training


@pytest.mark.long
def test_pairs(run, two_folders, tmp_path):
    training = begun("pix2pix", two_folders, tmp_path / "runs", batch_size=4)
    code, _, err = run("evaluate", training.run.path, two_folders, "--features", "none")
    assert code == 2
    assert "`--features` is for metrics of samples, and not of pairs" in err
    code, out, err = run("evaluate", training.run.path, two_folders, "--json", "m.json")
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()] == ["l1", "psnr", "ssim", "ms_ssim", "(12", "wrote:"]
    assert "evaluating  12/12 pairs" in err
    measured = json.loads(Path("m.json").read_text())
    assert measured["features"] is None
    data = keras_gan.data.load_pairs(two_folders / "a", two_folders / "b", image_size=(16, 16), batch_size=1)
    sources, targets = data.some(np.arange(12))
    expected = np.abs(training.gan.translate(sources) - (targets / 127.5 - 1)).mean()
    assert measured["metrics"][0]["value"] == pytest.approx(expected, rel=1e-4)
    assert measured["metrics"][0]["num_pairs"] == 12
    code, out, _ = run("evaluate", training.run.path, two_folders, "--num", 5, "--metric", "ms_ssim")
    assert code == 0
    assert out.splitlines()[1] == "(5 pairs)"


@pytest.mark.long
def test_domains_without_pairs(run, two_folders, steps, tmp_path):
    training = begun("cyclegan", two_folders, tmp_path / "runs", blocks=1)
    code, out, err = run("evaluate", training.run.path, two_folders, "--metric", "frechet_distance")
    assert code == 0, err
    there, untranslated, back, counts = out.splitlines()
    names = [line.split()[0] for line in (there, back, untranslated)]
    assert names == [f"frechet_distance_{way}" for way in ("there", "back", "untranslated")]
    assert counts == "(12 real, 12 generated, classifier)"
    assert "features: a classifier learns from 24 images of 16x16x3" in err
    assert "evaluating  24/24 images" in err


@pytest.mark.long
def test_one_way_without_pairs(run, two_folders, steps, tmp_path):
    training = begun("cut", two_folders, tmp_path / "runs", blocks=1, pixels=8)
    code, out, err = run("evaluate", training.run.path, two_folders, "--metric", "frechet_distance", "--num", 10)
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()[:-1]] == [
        f"frechet_distance_{way}" for way in ("there", "untranslated")
    ]
    assert "evaluating  10/10 images" in err
    code, _, err = run("translate", training.run.path, two_folders, "--out", tmp_path / "translated")
    assert code == 0, err
    assert len([*(tmp_path / "translated").rglob("*.png")]) == 24


@pytest.mark.long
def test_enlarged_pictures(run, pictures, tmp_path):
    training = begun("srgan", pictures, tmp_path / "runs", blocks=1, batch_size=4)
    code, out, err = run("evaluate", training.run.path, pictures, "--metric", "psnr")
    assert code == 0, err
    assert out.splitlines()[1] == "(20 pairs)"


def test_vectors_are_no_images(refused, points, tfds_dir):
    refused("evaluate", points[0].path, "digits", match="`PATH` must make images, which DATA are")


def test_classes_must_be_those_of_the_data(refused, conditional, tfds_dir):
    refused("evaluate", conditional[0].path, "digits", match="`DATA` must have the classes that PATH knows, 3.")


def test_data_without_labels_train_no_classifier(refused, pictures):
    arguments = ("evaluate", pictures, "--real-vs-real", "--image-size", 8, "--features", "classifier")
    refused(*arguments, match="`--features` must be contrastive, inception, none or a .keras file for data")


def test_images_without_labels_as_they_are(run, pictures):
    arguments = ("evaluate", pictures, "--real-vs-real", "--image-size", "10x12", "--features", "none")
    code, out, _ = run(*arguments, "--metric", "sliced_wasserstein", "--json", "m.json")
    assert code == 0
    assert out.startswith("sliced_wasserstein")
    measured = json.loads(Path("m.json").read_text())
    assert (measured["image_size"], measured["features"]) == ([10, 12], "none")
