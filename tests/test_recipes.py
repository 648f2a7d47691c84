import dataclasses

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.models import mlp

SMALL = {"batch_size": 8, "epochs": 2, "steps_per_epoch": 1}


def tiny_data(name):
    """A few samples of the shape that the recipe is meant for."""
    if name == "ring":
        return GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    side = {"digits": 8, "fashion_mnist": 28, "dcgan": 32}[name]
    pixels = np.random.default_rng(0).integers(0, 256, (16, side, side, 1), dtype=np.uint8)
    return ImageData(pixels, np.arange(16) % 10, batch_size=8)


@pytest.fixture
def quick(tfds_dir):
    """A recipe that is over at once."""

    def build(data, seed, epochs, steps_per_epoch):
        gan = keras_gan.GAN(*mlp(data.sample_shape, latent_dim=2, hidden=(), seed=seed), seed=seed)
        gan.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, epochs * steps_per_epoch)), "sgd")
        return gan

    return recipes.Recipe("quick", "for tests", build, data="digits", batch_size=8, epochs=2, steps_per_epoch=3)


def test_names():
    assert recipes.names() == sorted(recipes.names())
    assert {"digits", "fashion_mnist", "dcgan"} <= set(recipes.names())
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


def test_a_recipe_of_ones_own(quick, monkeypatch):
    monkeypatch.setattr(recipes, "_RECIPES", dict(recipes._RECIPES))
    assert recipes.register(quick) is recipes.get("quick") is quick
    assert "quick" in recipes.names()
    assert recipes.register(quick.but(epochs=5)) is recipes.get("quick"), "as in a notebook that runs a cell again"
    with pytest.raises(InputError, match=r"`name` of a recipe must be none of \['dcgan', .*Received: 'digits'"):
        recipes.register(quick.but(name="digits"))
    with pytest.raises(InputError, match=r"`recipe` must be a Recipe. Received: recipe='digits'"):
        recipes.register("digits")


@pytest.mark.long
@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_trains(name):
    recipe, data = recipes.get(name).but(**SMALL), tiny_data(name)
    gan = recipe.make(data, seed=3)
    assert gan.compiled
    assert gan.seed == 3
    assert gan.signature.sample_shape == data.sample_shape
    assert gan.signature.num_classes == data.num_classes
    recipe.train(gan, data, verbose=0)
    assert int(gan.step) == 2
    assert np.isfinite(gan.sample(3)).all()


def test_images_of_one_kind_make_a_gan_without_labels():
    data = ImageData(np.zeros((8, 8, 8, 3), np.uint8), batch_size=4)
    gan = recipes.get("dcgan").make(data)
    assert gan.signature.num_classes is None
    assert gan.signature.sample_shape == (8, 8, 3)


def test_the_image_recipe_refuses_points():
    with pytest.raises(InputError, match=r"This recipe is for images\. Received: samples of shape \(2,\)"):
        recipes.get("dcgan").make(tiny_data("ring"))


def test_but_changes_a_copy():
    recipe = recipes.get("digits")
    other = recipe.but(epochs=2, batch_size=3)
    assert (other.epochs, other.batch_size, other.data) == (2, 3, "digits")
    assert recipe is recipes.get("digits")
    assert recipe.epochs != 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.epochs = 2


@pytest.mark.parametrize("name", ["epochs", "batch_size", "steps_per_epoch"])
def test_a_recipe_refuses_what_has_no_meaning(name, quick):
    with pytest.raises(InputError, match=rf"`{name}` must be an integer >= 1\. Received: {name}=0"):
        quick.but(**{name: 0}).fit(verbose=0)


def test_but_refuses_what_a_recipe_has_not():
    with pytest.raises(TypeError, match="'epoch'"):
        recipes.get("digits").but(epoch=2)


def test_for_data():
    assert recipes.for_data("digits") is recipes.get("digits")
    other = recipes.for_data("/data/cats")
    assert (other.build, other.data) == (recipes.get("dcgan").build, "/data/cats")


def test_the_digits_recipe_is_about_the_digits():
    """The command's default."""
    recipe = recipes.get("digits")
    assert recipe.data == "digits"
    assert recipe.split == "train"


def test_load_follows_the_recipe(quick, monkeypatch):
    points = quick.load(seed=5)
    assert (points.batch_size, points.seed, points.sample_shape) == (8, 5, (8, 8, 1))
    asked = {}
    monkeypatch.setattr(recipes.data_lib, "load", lambda name, **rest: asked.update(rest, name=name))
    quick.but(data="cats", image_size=16, split="test", load_options={"fit": "pad"}).load(seed=7)
    kept = {"on_bad_image": "error", "fit": "pad"}
    assert asked == {"name": "cats", "image_size": 16, "batch_size": 8, "seed": 7, "split": "test", **kept}


def test_fit_is_load_make_and_train(quick):
    seen = []
    gan = quick.fit(
        seed=2, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: seen.append(e))], verbose=0
    )
    assert int(gan.step) == 6
    assert seen == [0, 1]
    by_hand = quick.make(quick.load(2), 2)
    quick.train(by_hand, quick.load(2), verbose=0)
    for ours, theirs in zip(gan.get_weights(), by_hand.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_an_epoch_without_a_length_is_one_pass(quick):
    data = GaussianMixture([[0.0, 0.0]], 1.0, num_samples=20, batch_size=8)
    recipe = quick.but(steps_per_epoch=None)
    gan = recipe.make(data)
    recipe.train(gan, data, verbose=0)
    assert int(gan.step) == 2 * (20 // 8)


def test_the_schedule_ends_with_the_training(quick):
    gan = quick.fit(verbose=0)
    assert abs(float(gan.generator_optimizer.learning_rate)) < 1e-7
