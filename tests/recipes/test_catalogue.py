from pathlib import Path

import numpy as np
import pytest

from keras_gan import InputError, recipes
from keras_gan.data import GaussianMixture, ImageData, PairedData, UnpairedData
from keras_gan.ops import platform
from keras_gan.recipes import Facts, catalogue

SMALL = {"images": 16, "batch_size": 8}
TRANSLATIONS = {"cut", "cyclegan", "pix2pix", "srgan"}  # which have no latents
_RESIDUAL = {"width": 2, "discriminator_steps": 1}
NARROW = {
    **dict.fromkeys(("biggan", "biggan_deep", "sagan", "sngan"), _RESIDUAL),
    **{"dcgan": {"width": 2}, "fastgan": {"width": 2}, "pix2pix": {"width": 8}, "r3gan": {"width": 8, "blocks": 1}},
    "stylegan2": {"width": 8},
    "cut": {"width": 2, "blocks": 1},
    "cyclegan": {"width": 2, "blocks": 1},
    "srgan": {"width": 2, "blocks": 1},
}


def tiny_data(name):
    """A few samples of the shape that the recipe is meant for."""
    if name == "ring":
        return GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    side = {"digits": 8, "fashion_mnist": 28, **dict.fromkeys(TRANSLATIONS, 16)}.get(name, 8)
    pixels = np.random.default_rng(0).integers(0, 256, (16, side, side, 1), dtype=np.uint8)
    if name in ("cut", "cyclegan"):
        return UnpairedData(pixels, 255 - pixels[:9], batch_size=8)
    if name in TRANSLATIONS:
        return PairedData(pixels[:, ::4, ::4] if name == "srgan" else pixels, 255 - pixels, batch_size=8)
    return ImageData(pixels, np.arange(16) % 10, batch_size=8)


def test_names():
    assert recipes.names() == sorted(recipes.names())
    assert {"digits", "fashion_mnist", "dcgan", "sngan", "sagan", "biggan"} <= set(recipes.names())
    for name in recipes.names():
        recipe = recipes.get(name)
        assert recipe.name == name
        assert recipe.summary
        assert "\n" not in recipe.summary


@pytest.mark.parametrize(
    ("typo", "meant"), [("digit", "digits"), ("fashion-mnist", "fashion_mnist"), ("dc_gan", "dcgan")]
)
def test_a_typo_names_the_nearest(typo, meant):
    with pytest.raises(InputError, match=rf"`recipe` must be one of \[.*'digits'.*Did you mean '{meant}'\?.*'{typo}'"):
        recipes.get(typo)


def test_a_recipe_of_ones_own(monkeypatch):
    monkeypatch.setattr(catalogue, "_RECIPES", dict(catalogue._RECIPES))
    quick = recipes.get("digits").but(name="quick")
    assert recipes.register(quick) is recipes.get("quick") is quick
    assert "quick" in recipes.names()
    assert recipes.register(quick.but(epochs=5)) is recipes.get("quick"), "as in a notebook that runs a cell again"
    with pytest.raises(InputError, match=r"`name` of a recipe must be none of \['biggan', .*Received: 'digits'"):
        recipes.register(quick.but(name="digits"))
    with pytest.raises(InputError, match=r"`recipe` must be a Recipe. Received: recipe='digits'"):
        recipes.register("digits")


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize(
    "name",  # the networks of papers are trained by their recipes in tests/integration/test_architectures.py
    [pytest.param(name, marks=[pytest.mark.full] * (name in NARROW and name != "dcgan")) for name in recipes.names()],
)
def test_every_recipe_trains(name):
    recipe, data = recipes.get(name).but(**SMALL, **NARROW.get(name, {})), tiny_data(name)
    gan = recipe.make(data, seed=3)
    assert gan.compiled
    assert gan.seed == 3
    shape = gan.signature.sample_shape
    assert shape[-1:] == data.sample_shape[-1:] if name in TRANSLATIONS else shape == data.sample_shape
    assert gan.signature.num_classes == data.num_classes
    recipe.train(gan, data, verbose=0)
    assert int(gan.step) == 2
    made = gan.translate(data.examples[:3]) if name in TRANSLATIONS else gan.sample(3)
    assert np.isfinite(made).all()


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_tells_its_settings(name):
    rules = recipes.get(name).rules
    names = [rule.setting.name for rule in rules]
    assert names[0] == "batch_size"
    assert len(set(names)) == len(names)
    of_latents = {"latent_dim", "r1", "augmentation", "half_life"}
    expected = {"width", "loss", "learning_rate", "decay"} | (set() if name in TRANSLATIONS else of_latents)
    assert expected <= set(names)
    if name != "r3gan":  # of which all moves along one cosine, once a step
        assert {"rate_ratio", "schedule"} <= set(names)
    if name not in ("cyclegan", "r3gan"):  # of which both players move once a step
        assert "discriminator_steps" in names
    for rule in rules:
        assert rule.setting.meaning
        assert rule.default
        assert rule.setting.range


def test_images_of_one_kind_make_a_gan_without_labels():
    data = ImageData(np.ones((8, 8, 8, 3), np.uint8), batch_size=4)
    gan = recipes.get("dcgan").but(width=4).make(data)
    assert gan.signature.num_classes is None
    assert gan.signature.sample_shape == (8, 8, 3)


def test_the_image_recipe_refuses_points():
    with pytest.raises(InputError, match=r"This recipe is for images\. Received: samples of shape \(2,\)"):
        recipes.get("dcgan").make(tiny_data("ring"))


def test_for_data():
    assert recipes.for_data("digits") is recipes.get("digits")
    other = recipes.for_data("/data/cats")
    assert (other.name, other.data) == ("dcgan", "/data/cats")
    assert other.reason == "images smaller than 128x128"
    assert recipes.get("dcgan").reason == ""
    assert "reason" not in other.options
    assert other.but(images="1k").reason == other.reason
    assert other.but(image_size=256).reason == other.but(name="mine").reason == ""


@pytest.mark.parametrize(
    ("image_size", "name"),
    [
        (64, "dcgan"),
        (127, "dcgan"),
        (128, "fastgan"),
        (np.int64(256), "fastgan"),
        ([128, 192], "fastgan"),
        ((96, 128), "dcgan"),
        ((16, 256), "dcgan"),  # FastGAN takes no sides of which one is sixteen times the other
    ],
)
def test_large_images_get_another_recipe(image_size, name):
    recipe = recipes.for_data("/data/cats", image_size)
    assert recipe.name == name
    assert recipe.reason.startswith("images of 128x128 or larger" if name == "fastgan" else "images smaller than")
    assert recipe.image_size == (tuple(image_size) if isinstance(image_size, list) else image_size)
    assert recipes.for_data("digits", image_size).name == "digits"


def test_what_is_no_size_is_told_where_data_are_read(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    for wrong in ("256", 128.5):
        with pytest.raises(InputError, match="`image_size` must be "):
            recipes.for_data(str(tmp_path), wrong).load()


def test_the_digits_recipe_is_about_the_digits():
    """The command's default."""
    recipe = recipes.get("digits")
    assert recipe.data == "digits"
    assert recipe.split == "train"


def test_a_folder_is_looked_at():
    recipe = recipes.get("dcgan")
    few = recipe._chosen(Facts(262, (32, 32, 3)), {})
    many = recipe._chosen(Facts(262_000, (32, 32, 3)), {})
    assert few.images == many.images, "the same training for both"
    assert (few["augmentation"], many["augmentation"]) == ("ada", "none")
    assert "262" not in few.reasons["augmentation"]
    large = recipe._chosen(Facts(262, (64, 64, 3)), {})
    assert [plan["learning_rate"] for plan in (few, large, many)] == [1.5e-3, 1e-3, 1e-3]
    assert [plan["beta_1"] for plan in (few, large, many)] == [0.0, 0.0, 0.5]


def test_the_documentation_lists_the_settings():
    page = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text()
    for rule in recipes.get("dcgan").rules:
        setting = rule.setting
        assert f"| `{setting.name}` | {setting.meaning} | {setting.range} | {rule.default} |" in page


@pytest.mark.parametrize(
    ("gpu", "count", "side", "width"),
    [
        (False, 100, 64, 32),
        (False, 19_999, 64, 32),
        (False, 20_000, 64, 64),
        (False, 100, 65, 64),
        (True, 100, 32, 32),
        (True, 100, 64, 64),
    ],
)
def test_the_width_of_the_dcgan(gpu, count, side, width, monkeypatch):
    monkeypatch.setattr(platform, "has_gpu", lambda: gpu)
    assert recipes.get("dcgan")._chosen(Facts(count, (side, side, 3)), {})["width"] == width
