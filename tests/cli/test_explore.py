import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import exploration
from keras_gan.utils.uint8 import to_uint8


@pytest.fixture(scope="module")
def of_digits(tmp_path_factory):
    """The run of an untrained GAN of the digits."""
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=10)
    gan = keras_gan.GAN(*networks, num_classes=10)
    root = tmp_path_factory.mktemp("of_digits")
    recipe = keras_gan.recipes.get("digits")
    made = keras_gan.runs.Run.create(root, "digits", {"recipe": "digits", **recipe.options, "settings": {}, "seed": 0})
    made.save(gan)
    return made, gan


@pytest.fixture(scope="module")
def styled(tmp_path_factory):
    """The file of an untrained StyleGAN2."""
    path = tmp_path_factory.mktemp("styled") / "gan.keras"
    options = {"latent_dim": 4, "style_dim": 8, "channel_base": 64, "mapping_depth": 2}
    keras_gan.GAN(*keras_gan.models.stylegan2((8, 8, 3), **options)).save(path)
    return path


@pytest.mark.long
def test_the_wall_and_sample_agree(run, conditional):
    made, gan = conditional
    code, out, _ = run("explore", made.path, "--seeds", "0-5,40", "--truncation", 0.5)
    assert (code, out) == (0, "wrote: explore.html\n")
    page = Path("explore.html").read_text("utf-8")
    data = json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)[1])
    assert [sample["class"] for sample in data["samples"]] == [0, 1, 2, 0, 1, 2, 1]
    command = data["command"].split()
    assert command == ["keras-gan", "sample", str(made.path), "--truncation", "0.5"]
    assert run(*command[1:], "--seeds", "40,3", "--out", "chosen.npy")[0] == 0
    assert_allclose(np.load("chosen.npy"), gan.sample(seed=[40, 3], labels=[1, 0], truncation=0.5), atol=1e-6)
    assert run("explore", made.path, "--label", 2, "--seeds", "7")[0] == 0
    assert "--label 2" in Path("explore.html").read_text("utf-8")


def test_seeds_take_the_place_of_a_seed(refused, conditional):
    for given in (("--seed", 1), ("--num", 2)):
        refused("sample", conditional[0].path, "--seeds", "3", *given, match="give no `--num` and no `--seed`")
    refused("sample", conditional[0].path, "--seeds", "3;4", match="no list of seeds")


@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("view", "size"), [("grid", (8, 8)), ("truncation", (8, 6)), ("directions", (4, 7))], ids=lambda given: str(given)
)
def test_pictures(view, size, run, conditional):
    assert run("explore", conditional[0].path, "--view", view, "--scale", 1)[:2] == (0, f"wrote: {view}.png\n")
    assert os.listdir() == [f"{view}.png"]
    rows, columns = size
    assert Image.open(f"{view}.png").size == (9 * columns - 1, 9 * rows - 1)


@pytest.mark.long
def test_a_way(run, conditional):
    made, gan = conditional
    code, *_ = run("explore", made.path, "--view", "interpolation", "--seeds", "3,4", "--steps", 6, "--scale", 1)
    assert code == 0
    with Image.open("interpolation.webp") as video:
        assert video.n_frames == 6
        assert_allclose(np.asarray(video.convert("L"), int), to_uint8(gan.sample(seed=[3]))[0, ..., 0], atol=12)


@pytest.mark.long
def test_mixing_is_of_styles(run, refused, conditional, styled):
    assert run("explore", styled, "--view", "mixing", "--seeds", "1-5", "--scale", 1, "--places", "0-1")[0] == 0
    assert Image.open("mixing.png").size == (9 * 4 - 1, 9 * 3 - 1)
    os.remove("mixing.png")
    refused("explore", conditional[0].path, "--view", "mixing", match="mapping network")
    refused("explore", styled, "--view", "mixing", "--seeds", "1", match="`--seeds` must be 2 or more")
    refused(
        "explore", styled, "--view", "truncation", "--truncation", 1, match="`--truncation` is for wall, interpolation"
    )


@pytest.mark.long
def test_the_nearest_digits(run, of_digits):
    code, out, _ = run("explore", of_digits[0].path, "--view", "nearest", "--seeds", "3,4", "--scale", 1)
    assert code == 0
    assert len(re.findall(r"^seed [34]: nearest is number \d+, at \d+\.\d\d of the distance", out, re.M)) == 2
    picture = np.asarray(Image.open("nearest.png"))
    assert picture.shape == (9 * 2 - 1, 9 * 6 - 1)
    assert_array_equal(picture[:8, :8], to_uint8(of_digits[1].sample(seed=[3]))[0, ..., 0])
    code, out, _ = run("explore", of_digits[0].path, "--view", "nearest", "--seeds", "3,4", "--json", "-")
    found = json.loads(out)
    assert (code, found["seeds"], len(found["nearest"]), len(found["ratios"])) == (0, [3, 4], 2, 2)


@pytest.mark.long
def test_digits_are_projected(run, refused, conditional, of_digits):
    code, out, _ = run("explore", of_digits[0].path, "--view", "projection", "--steps", 5, "--out", "p.png")
    assert code == 0
    assert len(re.findall(r"^number \d: mean squared error", out, re.M)) == 8
    assert sorted(os.listdir()) == ["p.npz", "p.png"]
    points = exploration.Points.load("p.npz")
    assert (points.values.shape, points.conditions.shape) == ((8, 4), (8, 10))
    line = ("explore", of_digits[0].path, "--points", "p.npz", "--scale", 1)
    way = ("--view", "interpolation", "--steps", 4, "--out", "w.webp")
    assert run(*line, *way, "--seeds", "6,2")[0] == 0
    with Image.open("w.webp") as video:
        assert video.n_frames == 4
        wanted = to_uint8(exploration.ZSpace(of_digits[1]).images(points[[6]]))[0, ..., 0]
        assert_allclose(np.asarray(video.convert("L"), int), wanted, atol=12)
    code, _, err = run(*line, *way, "--seeds", "7,8")
    assert (code, "`--seeds` must be numbers of --points, 0 to 7" in err) == (2, True)
    exploration.Points(points.values[:, :3], points.conditions).save("p.npz")
    code, _, err = run(*line, "--view", "grid")
    assert (code, "`--points` must be of such a generator, in its --space z" in err) == (2, True)
    os.remove("p.npz")
    os.remove("w.webp")
    code, out, _ = run("explore", of_digits[0].path, "--view", "projection", "--steps", 5, "--json", "-")
    found = json.loads(out)
    assert (code, found["points"], len(found["errors"]), "seeds" in found) == (0, "projection.npz", 8, False)


def test_what_is_no_view(refused, conditional, points):
    path = conditional[0].model_file
    refused("explore", path, "--view", "nearest", match="`--data` must be given where PATH is no run")
    refused(
        "explore",
        path,
        "--view",
        "directions",
        "--seeds",
        "3,4",
        match="`--seeds` must be 1 for directions. Received: 2",
    )
    refused("explore", path, "--view", "grid", "--seeds", "1,2,3", match="`--seeds` must be 4 for grid. Received: 3")
    refused("explore", path, "--view", "interpolation", "--seeds", "5", match="must be 2 or more for interpolation")
    refused("explore", path, "--view", "grid", "--out", "grid.html", match="`--out` must end in .png for a grid")
    refused("explore", path, "--view", "grid", "--space", "w", match="MappingNetwork")
    for view, option, others in (
        ("wall", ("--steps", 5), "interpolation, grid, projection"),
        ("truncation", ("--truncation", 0.5), "wall, interpolation, grid, mixing, directions, nearest"),
        ("projection", ("--seeds", "1,2"), "wall, interpolation, grid, truncation, mixing, directions, nearest"),
    ):
        refused(
            "explore", path, "--view", view, *option, match=f"`{option[0]}` is for {others}. Received: --view {view}"
        )
    refused("explore", points[0].path, match="`PATH` must make images")


@pytest.mark.long
def test_styles_are_projected_and_gone_through(run, styled, tmp_path):
    with np.errstate(all="ignore"):
        np.save(tmp_path / "pictures.npy", np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8))
    line = ("explore", styled, "--scale", 1)
    code, _, err = run(*line, "--view", "projection", "--steps", 3, "--data", tmp_path / "pictures.npy")
    assert code == 0, err
    points = exploration.Points.load("projection.npz")
    assert (points.values.shape, points.conditions) == ((3, 1, 8), None)
    code, _, err = run(*line, "--view", "mixing", "--points", "projection.npz", "--seeds", "0-2")
    assert code == 0, err
    code, _, err = run(*line, "--view", "directions", "--points", "projection.npz", "--space", "z")
    assert (code, "`--points` must be of such a generator, in its --space z" in err) == (2, True)
