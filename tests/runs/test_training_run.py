import json

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import InputError, runs
from keras_gan.recipes import catalogue, plan

QUICK = {"latent_dim": 2, "width": 4}


@pytest.fixture
def recipe(tfds_dir):
    return keras_gan.recipes.get("digits").but(images=1280, **QUICK)


def test_a_run_keeps_all_that_was_chosen(recipe, tmp_path):
    training = runs.start(recipe.but(loss="hinge"), 3, tmp_path)
    options = training.run.options
    assert (options["recipe"], options["seed"], options["images"]) == ("digits", 3, 1280)
    assert options["settings"] == training.plan.values
    assert options["settings"]["loss"] == "hinge"
    assert options["settings"]["decay"] == 1280
    assert options["steps_per_epoch"] == training.plan.steps_per_epoch == 10
    assert options["class_names"] == [*"0123456789"]
    assert options["data_digest"] == training.data.digest


@pytest.mark.long
@pytest.mark.parametrize(("name", "told"), [("srgan", False), ("cyclegan", True)])
def test_data_that_are_made_of_others_are_not_all_made_for_their_digest(name, told, tmp_path):
    for index in range(8):
        for folder in ("a", "b"):
            (tmp_path / "pictures" / folder).mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(index).integers(0, 256, (20, 20, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / folder / f"{index}.png")
    recipe = keras_gan.recipes.get(name).but(
        data=str(tmp_path / "pictures"), image_size=16, images=8, width=2, blocks=1
    )
    training = runs.start(recipe, root=tmp_path / "runs")
    assert training.run.options.get("data_digest") == (training.data.digest if told else None)


@pytest.mark.long
@pytest.mark.full
def test_a_finished_run_goes_on(recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "_WORTH", 30)  # beyond which a recipe may have XLA compile
    whole = runs.start(recipe.but(images=2560, decay=1280), 3, tmp_path / "whole")
    whole.train(verbose=0)
    training = runs.start(recipe, 3, tmp_path / "parts")
    training.train(verbose=0)
    assert int(training.gan.step) == 20
    # Rules that another version has, or a user's own: what was chosen stays.
    monkeypatch.setitem(catalogue._RECIPES, "digits", catalogue._RECIPES["digits"].but(loss="least_squares"))
    longer = runs.resume(training.run.path, images="2560")
    assert longer.plan.steps_per_epoch == training.plan.steps_per_epoch
    assert "decay:         1,280: as it began; beyond, the learning rate stays" in str(longer.plan)
    assert training.run.options["images"] == 1280, "nothing is written before it has begun"
    longer.train(verbose=0)
    assert int(longer.gan.step) == int(whole.gan.step) == 40
    assert training.run.options["images"] == 2560
    for ours, theirs in zip(longer.gan.get_weights(), whole.gan.get_weights(), strict=True):
        assert_array_equal(ours, theirs)
    pictures = sorted(path.name for path in training.run.samples.glob("step_*.png"))
    assert {"step_00000010.png", "step_00000020.png", "step_00000040.png"} <= {*pictures}
    again = runs.resume(training.run.path)
    again.train(verbose=0)
    assert int(again.gan.step) == 40, "there is nothing left to do"


@pytest.mark.long
@pytest.mark.full
def test_epochs_go_on_too(recipe, tmp_path):
    training = runs.start(recipe.but(epochs=1), 3, tmp_path)
    training.train(verbose=0)
    longer = runs.resume(training.run.path, epochs=2)
    longer.train(verbose=0)
    assert int(longer.gan.step) == 2 * (1797 // 64)


def test_what_can_not_be_changed_is_named(recipe, tmp_path):
    training = runs.start(recipe, 3, tmp_path)
    keras_gan.callbacks.Checkpoint(training.run.checkpoints)
    path = training.run.path
    for name, value in {"seed": 4, "data": "cats", "width": 5, "batch_size": 32, "recipe": "dcgan"}.items():
        begun = {**training.run.options, **training.run.options["settings"]}[name]
        with pytest.raises(InputError, match=rf"`{name}` can't be changed.* with {begun}\. Received: {value}"):
            runs.resume(path, **{name: value})
    with pytest.raises(InputError, match=r"`width` can't be changed .*Received: 5"):
        runs.resume(path, settings={"width": "5"})
    assert runs.resume(path, seed=3, width=4, settings={"latent_dim": "2"}).seed == 3, "told as it was"
    assert "width 4, latent_dim 2, loss non_saturating" in " ".join(str(runs.resume(path).plan).split()), "not as set"
    with pytest.raises(InputError, match="Did you mean 'width'"):
        runs.resume(path, widht=5)


@pytest.mark.long
def test_a_length_that_has_been_gone(recipe, tmp_path):
    training = runs.start(recipe, 3, tmp_path)
    training.train(verbose=0)
    with pytest.raises(InputError, match=r"`images` must be at least what the run has gone, 1,280 images\. Received"):
        runs.resume(training.run.path, images=640)


@pytest.mark.long
def test_a_rate_that_has_fallen_to_nothing(recipe, tmp_path):
    path = runs.start(recipe.but(final_rate=0.0), 3, tmp_path).run.path
    with pytest.raises(InputError, match=r"`images` must be at most the 1,280 images .* to 0.*--from.* images=2560"):
        runs.resume(path, images=2560)
    runs.resume(path, images=640)
    runs.resume(runs.start(recipe.but(final_rate=0.0, decay=2560), 3, tmp_path).run.path, images=2560)


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"settings": []}, "`settings` of options.json must be an object"),
        ({"settings": {"width": "wide"}}, "`width` must be an integer"),
        ({"settings": {"wdth": 4}}, "`setting` must be one of"),
        ({"images": None}, "Exactly one of `images` and `epochs`"),
        ({"seed": "x"}, "`seed` must be an integer"),
    ],
)
def test_options_that_somebody_has_changed(recipe, tmp_path, change, match):
    run = runs.start(recipe, 3, tmp_path).run
    run.options_file.write_text(json.dumps({**run.options, **change}))
    with pytest.raises(InputError, match=match):
        runs.resume(run.path)


@pytest.mark.long
def test_the_samples_of_a_short_run_are_not_grey(recipe, tmp_path):
    training = runs.start(recipe.but(images="12800", width=32), 0, tmp_path)
    training.train(verbose=0)
    assert training.gan.sample(16, seed=0).std() > 0.3
    assert keras.models.load_model(training.run.model_file).sample(2, seed=0).shape == (2, 8, 8, 1)
    assert np.isfinite(training.gan.sample(4, seed=1)).all()


@pytest.mark.long
def test_a_length_told_as_it_was_is_no_contradiction(recipe, tmp_path):
    """Though whole epochs took more images than were asked for."""
    training = runs.start(recipe.but(images=recipe.images - 1), 3, tmp_path)
    training.train(verbose=0)
    assert training.plan.images > training.recipe.images
    runs.resume(training.run.path, images=training.recipe.images)
    with pytest.raises(InputError, match="`images` must be at least what the run has gone"):
        runs.resume(training.run.path, images=training.recipe.images - 1)


@pytest.mark.long
@pytest.mark.full
def test_fine_tuning_begins_with_another_and_goes_on(recipe, tmp_path):
    first = runs.start(recipe, root=tmp_path)
    first.train(verbose=0)
    second = runs.start(recipe.but(start=first.run.path, freeze=1), seed=1, root=tmp_path)
    assert second.carried.is_whole
    assert_array_equal(second.gan.sample(3, seed=0), first.gan.sample(3, seed=0))
    second.train(verbose=0)
    third = runs.resume(second.run.path, images=2560)
    third.train(verbose=0)
    assert third.carried is None
    frozen, other = (
        [weight.numpy() for layer in gan.discriminator.layers if not layer.trainable for weight in layer.weights]
        for gan in (third.gan, second.gan)
    )
    assert frozen
    for one, same in zip(frozen, other, strict=True):
        assert_array_equal(one, same)
    moved = zip(third.gan.discriminator.weights, second.gan.discriminator.weights, strict=True)
    assert any((one.numpy() != same.numpy()).any() for one, same in moved)


def test_a_start_that_is_none_is_told_of_before_a_run_is_begun(recipe, tmp_path):
    with pytest.raises(InputError, match=r"`path` must be a run directory with a gan\.keras, or a \.keras file"):
        runs.start(recipe.but(start=tmp_path / "none.keras"), root=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_other_data_are_read_as_those_of_the_run(recipe, tmp_path):
    training = runs.start(recipe, 3, tmp_path)
    other = runs.read_like(training.run.path, "digits", split="train[:10%]", in_memory=True)
    assert (len(other), other.sample_shape, other.batch_size) == (180, (8, 8, 1), 1)
    assert runs.read_like(training.run.path, "digits", image_size=16).sample_shape == (16, 16, 1)
    with pytest.raises(InputError, match="must be the directory of a run"):
        runs.read_like(tmp_path, "digits")
