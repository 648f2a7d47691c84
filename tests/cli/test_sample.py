import json
import os
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
import tifffile
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import keras_gan
from keras_gan.utils.depth import Depth
from keras_gan.utils.images import grid
from keras_gan.utils.uint8 import to_uint8


def test_a_grid_as_png(run, conditional):
    made, gan = conditional
    code, out, err = run("sample", made.path, "--num", 6, "--seed", 3, "--scale", 2)
    assert (code, out, err) == (0, "wrote: samples.png\n", "")
    assert os.listdir() == ["samples.png"]
    expected = grid(to_uint8(gan.sample(6, seed=3)).numpy(), scale=2, gap=2)[..., 0]
    assert_array_equal(np.asarray(Image.open("samples.png")), expected)


def test_the_array_as_npy(run, conditional):
    made, gan = conditional
    code, out, _ = run(
        "sample", made.model_file, "--num", 5, "--label", 2, "--truncation", 0.5, "--out", "deep/five.npy"
    )
    assert (code, out) == (0, "wrote: deep/five.npy\n")
    assert os.listdir("deep") == ["five.npy"]
    samples = np.load("deep/five.npy")
    assert samples.dtype == np.float32
    assert_allclose(samples, gan.sample(5, labels=2, seed=0, truncation=0.5), atol=1e-6)


@pytest.fixture(scope="session")
def two_averages(tmp_path_factory):
    """The file of a GAN with two moving averages, of which the second has other weights, and the samples of both."""
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,)), ema=[0.5, 0.9])
    gan.compile("adam", "adam")
    for weight in gan.averages["generator"][1].weights:
        weight.assign(weight + 0.1)
    gan.save(path := tmp_path_factory.mktemp("averages") / "gan.keras")
    samples = []
    for number in range(2):
        gan.sampled_average = number
        samples.append(gan.sample(3, seed=0))
    assert np.abs(samples[1] - samples[0]).max() > 0.01
    return path, gan, samples


def test_samples_of_another_average(run, refused, two_averages, conditional):
    path, gan, samples = two_averages
    assert (gan.num_averages, keras_gan.GAN(*keras_gan.models.mlp((2,), 2), ema=None).num_averages) == (2, 0)
    refused("sample", path, "--average", 2, match=["`--average` must be the number", "there are 2", "Received: 2 of"])
    refused("sample", conditional[0].path, "--average", 1, match=["there are 1", "Received: 1 of"])
    for given, wanted in ((), samples[0]), (("--average", 0), samples[0]), (("--average", 1), samples[1]):
        assert run("sample", path, "--num", 3, "--out", "three.npy", *given)[0] == 0
        assert_allclose(np.load("three.npy"), wanted, atol=1e-6)


def test_another_average_is_exported_and_explored(run, two_averages):
    path, gan, _ = two_averages
    assert run("export", path, "--average", 1, "--format", "keras", "--out", "g.keras")[0] == 0
    exported = keras.saving.load_model("g.keras").get_weights()
    for one, other in zip(exported, gan.averages["generator"][1].get_weights(), strict=True):
        assert_array_equal(one, other)
    assert run("explore", path, "--average", 1, "--seeds", "0-2")[0] == 0
    assert "--average 1" in Path("explore.html").read_text()


def test_another_average_is_measured(run, two_averages, pictures):
    path, _, _ = two_averages
    measured = ("--metric", "sliced_wasserstein", "--features", "none", "--num", 10, "--json", "e.json", "--quiet")
    values = []
    for given, number in ((), 0), (("--average", 1), 1):
        code, _, err = run("evaluate", path, pictures, *measured, *given)
        assert code == 0, err
        found = json.loads(Path("e.json").read_text())
        assert found["average"] == number
        values.append(found["metrics"][0]["value"])
    assert values[0] != values[1]


def test_points_go_into_an_array(run, refused, points):
    refused("sample", points[0].path, match=["`--out` must end in .npy", "samples.png"])
    code, *_ = run("sample", points[0].path, "--num", 7, "--out", "points.npy")
    assert code == 0
    assert np.load("points.npy").shape == (7, 2)


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["--num", 0], "'--num': 0 is not in the range"),
        (["--seed", -1], "'--seed': -1 is not in the range"),
        (["--label", -1], ["`--label` must be the name of a class or a number in 0..2", "Received: '-1'"]),
        (["--label", "cats"], ["`--label` must be the name of a class or a number in 0..2", "Received: 'cats'"]),
        (["--label", "1.0"], ["`--label` must be", "Received: '1.0'"]),
        (["--label", "9" * 30], ["`--label` must be", "a number in 0..2"]),
        (["--label", "1,3"], ["a number in 0..2, given once for each.", "Received: '1,3'"]),
        (["--truncation", -1], "'--truncation': -1.0 is not in the range x>=0"),
        (["--truncation", 0], "`--truncation` must be a finite number in [0.001,"),
        (["--truncation", "nan"], "`--truncation` must be a finite number"),
        (["--truncation", 0.0001], "`--truncation` must be a finite number in [0.001,"),
        (["--scale", 0], "'--scale': 0 is not in the range"),
        (["--out", "samples.jpg"], ["`--out` must end in .png, .tif or .npy", "samples.jpg"]),
        (["--out", "samples"], "`--out` must end in .png, .tif or .npy"),
    ],
)
def test_options_out_of_range(arguments, match, refused, conditional):
    refused("sample", conditional[0].path, *arguments, match=match)


@pytest.fixture
def named(conditional, tmp_path):
    """The run of `conditional`, of classes with names."""
    directory = tmp_path / "named"
    shutil.copytree(conditional[0].path, directory)
    (directory / "options.json").write_text(json.dumps({"class_names": ["2", "cats", "dogs"]}))
    return directory


@pytest.mark.long
@pytest.mark.parametrize(
    ("label", "number", "told"),
    [
        ("dogs", 2, ""),
        ("1", 1, ""),
        ("0", 0, ""),
        ("2", 0, "keras-gan: --label 2 is the class of that name, number 0\n"),
    ],
)
def test_a_class_by_its_name(label, number, told, run, named, conditional):
    code, _, err = run("sample", named, "--num", 3, "--label", label, "--out", "s.npy")
    assert (code, err) == (0, told)
    assert_allclose(np.load("s.npy"), conditional[1].sample(3, labels=number, seed=0), atol=1e-6)


def test_a_typo_in_the_name_of_a_class(refused, named):
    refused("sample", named, "--label", "dog", match=["`--label` must be", "Did you mean 'dogs'?", "Received: 'dog'"])


def test_a_picture_of_many_channels_says_so(run, tmp_path):
    networks = keras_gan.models.mlp((8, 8, 7), latent_dim=4, hidden=())
    keras_gan.GAN(*networks).save(tmp_path / "gan.keras")
    code, _, err = run("sample", tmp_path / "gan.keras", "--num", 1, "--scale", 1)
    assert code == 0
    assert "warning: A picture shows the first 3 of 7 channels; a .tif or .npy takes all" in err
    assert np.asarray(Image.open("samples.png")).shape == (8, 8, 3)


@pytest.fixture
def of_depth(tmp_path):
    """Make the run of an untrained GAN of 6x9 images that were trained in a depth; return it and the GAN."""

    def make(channels, depth):
        gan = keras_gan.GAN(*keras_gan.models.mlp((6, 9, channels), latent_dim=4, hidden=()))
        made = keras_gan.runs.Run.create(tmp_path / "runs", "toy", {"depth": depth.get_config()})
        made.save(gan)
        return made.path, gan

    return make


DEPTHS = [Depth(), Depth("uint16", 0, 4095), Depth("int16", -100, 3000), Depth("float32", -20, 40)]


@pytest.mark.some(5)
@pytest.mark.parametrize("depth", DEPTHS, ids=lambda depth: depth.dtype)
@pytest.mark.parametrize("channels", [1, 3, 4, 7])
def test_samples_have_the_depth_of_the_data(channels, depth, run, of_depth):
    path, gan = of_depth(channels, depth)
    expected = depth.from_signed(gan.sample(5, seed=0))
    for out in ("samples.tif", "samples.npy"):
        assert run("sample", path, "--num", 5, "--out", out)[0] == 0
    assert_allclose(np.load("samples.npy"), expected, rtol=1e-5, atol=depth.dtype != "float32")
    assert np.load("samples.npy").dtype == depth.dtype
    pages = tifffile.imread("samples.tif", key=range(5))
    assert pages.dtype == depth.dtype
    assert_array_equal(pages.reshape(expected.shape), np.load("samples.npy"))


def test_a_picture_of_16_bits(run, refused, of_depth):
    path, gan = of_depth(3, Depth("uint16", 0, 65535))
    assert run("sample", path, "--num", 1, "--scale", 1)[0] == 0
    picture = tf.io.decode_png(tf.io.read_file("samples.png"), dtype=tf.uint16).numpy()
    assert_allclose(picture, Depth("uint16", 0, 65535).from_signed(gan.sample(1, seed=0))[0], atol=2)
    os.remove("samples.png")
    path, _ = of_depth(3, Depth("float32", 0, 1))
    code, _, err = run("sample", path, "--num", 1, "--scale", 1)
    assert code == 0
    assert "shows values of float32 in 8 bits" in err
    with Image.open("samples.png") as picture:
        assert picture.mode == "RGB"


def test_a_label_for_networks_without(refused, points):
    refused("sample", points[0].path, "--label", 0, "--out", "points.npy", match="take none")
    refused("sample", points[0].path, "--label", "cats", "--out", "points.npy", match="take none")


def test_a_truncation_that_the_prior_does_not_know(refused, tmp_path):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=())
    keras_gan.GAN(*networks, prior="uniform").save(tmp_path / "gan.keras")
    refused("sample", tmp_path / "gan.keras", "--truncation", 1, match="no meaning for the uniform prior")


def test_a_picture_of_absurd_size(refused, conditional):
    arguments = (conditional[0].path, "--num", 1_000_000, "--scale", 64)
    refused("sample", *arguments, match=["`--num` and `--scale`", "16,777,216 pixels", "262,144,000,000 pixels"])


def test_what_translates_is_not_sampled(refused, translation):
    match = ["`PATH` must hold a GAN, of which samples are drawn", "`keras-gan translate`", "with a ImageToImage"]
    refused("sample", translation[0], match=match)


def test_paths_without_a_gan(refused, tmp_path):
    refused("sample", tmp_path / "missing", match=["missing", "does not exist"])
    (tmp_path / "empty").mkdir()
    refused("sample", tmp_path / "empty", match=["`PATH` must be", "empty"])
    (tmp_path / "text.txt").write_text("hello")
    refused("sample", tmp_path / "text.txt", match=["`PATH` must be", "text.txt"])
    (tmp_path / "fake.keras").write_text("hello")
    refused("sample", tmp_path / "fake.keras", match=["`PATH` must be", "fake.keras"])


# Conditions.


@pytest.fixture
def told(tmp_path):
    """A run whose networks are told two numbers, of which one has a name that its column has not."""
    gan = keras_gan.GAN(
        *keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), condition_dim=2), condition_dim=2, ema=0.9
    )
    gan.signature.condition.known.note(np.array([[0.0, 1.0], [0.5, 2.0], [1.0, 3.0]]))
    made = keras_gan.runs.Run.create(tmp_path / "runs", "told", {"condition_names": ["age", "tilt"]})
    made.save(gan)
    return made, gan


def test_a_condition_by_its_name(run, told):
    made, gan = told
    assert run("sample", made.path, "--num", 4, "--condition", "age=0.25", "--out", "samples.npy")[0] == 0
    asked = gan.signature.condition.asked(4, None)
    asked[:, 0] = 0.25
    assert_allclose(np.load("samples.npy"), gan.sample(4, labels=asked, seed=0), atol=1e-6)
    both = ("--condition", "age=1", "--condition", "tilt=-2")
    assert run("sample", made.path, "--num", 4, *both, "--out", "b.npy")[0] == 0
    assert_allclose(np.load("b.npy"), gan.sample(4, labels=[1.0, -2.0], seed=0), atol=1e-6)
    assert "0 age, 1 tilt" in run("info", made.path)[1]


@pytest.mark.long
@pytest.mark.parametrize(
    ("condition", "match"),
    [
        ("aged=1", ["must name one of ['age', 'tilt']", "age"]),
        ("age=old", "must be NAME=NUMBER"),
        ("age=nan", "must be finite"),
        ("age", "must be NAME=NUMBER"),
    ],
)
def test_a_condition_that_is_none(refused, told, condition, match):
    refused("sample", told[0].path, "--condition", condition, match=match)


def test_a_class_and_a_condition(refused, told):
    refused("sample", told[0].path, "--label", "1", "--condition", "age=1", match="must not both be given")


def test_classes_are_no_conditions(refused, conditional, told):
    refused("sample", conditional[0].path, "--condition", "age=1", match="networks that take conditions")
    refused("sample", told[0].path, "--label", "age", match="networks that take classes")
