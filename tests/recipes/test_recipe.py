import dataclasses

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, loading, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.models import mlp
from keras_gan.recipes import Facts, Integer, Recipe, Rule, always, rules


@pytest.fixture
def quick(tfds_dir):
    """A recipe that is over at once."""

    def build(plan, seed):
        gan = keras_gan.GAN(
            *mlp(plan.facts.sample_shape, latent_dim=plan["latent_dim"], hidden=(), seed=seed), seed=seed
        )
        gan.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, plan.steps)), "sgd")
        return gan

    few = Rule(
        Integer("few", "whether there are few"), "by the count", lambda plan: (1 + (plan.facts.count < 9), "so few")
    )
    settings = [rules.batch_size(8), always(rules.LATENT_DIM, 2), few]
    return Recipe("quick", "for tests", build, settings, data="digits", images=48)


def made_of(count, batch_size=8):
    pixels = np.arange(count * 64, dtype=np.uint8).reshape(-1, 8, 8, 1)
    return ImageData(pixels, batch_size=batch_size)


def test_the_length_is_in_images_whatever_the_data(quick):
    assert [quick.plan(made_of(count)).steps for count in (8, 262)] == [6, 6]
    assert [quick.but(epochs=3).plan(made_of(count)).steps for count in (8, 262)] == [3, 3 * 32]
    assert quick.but(images="1k").plan(made_of(8)).steps == 125


def test_one_of_images_and_epochs(quick):
    assert (quick.but(epochs=2).images, quick.but(epochs=2).but(images="1k").epochs) == (None, None)
    with pytest.raises(InputError, match="Exactly one of `images` and `epochs`"):
        quick.but(images=None)
    with pytest.raises(InputError, match="Exactly one of `images` and `epochs`"):
        quick.but(images=3, epochs=3)


def test_an_epoch_that_was_chosen_stays(quick):
    plan = quick.but(steps_per_epoch=4).plan(made_of(8))
    assert (plan.steps, plan.epochs, plan.steps_per_epoch) == (8, 2, 4)


def test_but_changes_a_copy(quick):
    other = quick.but(images=80, batch_size=3, latent_dim="5")
    assert (other.images, other.settings) == (80, {"batch_size": 3, "latent_dim": 5})
    assert other.but(latent_dim=6).settings == {"batch_size": 3, "latent_dim": 6}
    assert quick.settings == {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.images = 2


@pytest.mark.parametrize("name", ["epochs", "batch_size", "steps_per_epoch", "images"])
def test_a_recipe_refuses_what_has_no_meaning(name, quick):
    with pytest.raises(InputError, match=rf"`{name}` must be an integer .*Received: {name}=0"):
        quick.but(**{name: 0})


def test_but_refuses_what_a_recipe_has_not(quick):
    with pytest.raises(InputError, match=r"`setting` must be one of \[.*Did you mean 'epochs'\? Received: .*'epoch'"):
        quick.but(epoch=2)
    with pytest.raises(InputError, match=r"`setting` must be one of .*Did you mean 'latent_dim'\?"):
        quick.but(settings={"latent_dims": 3})


def test_a_plan_takes_the_batches_as_they_are(quick):
    plan = quick.plan(made_of(16, batch_size=4))
    assert (plan["batch_size"], plan.reasons["batch_size"], plan.steps) == (4, "as set", 12)
    assert quick.plan(made_of(16)).reasons["batch_size"] == ""


def test_load_follows_the_recipe(quick):
    points = quick.load(seed=5)
    assert (points.batch_size, points.seed, points.sample_shape) == (8, 5, (8, 8, 1))
    asked = {}
    read = lambda name, **rest: asked.update(rest, name=name) or made_of(5)  # noqa: E731
    cats = quick.but(data="cats", image_size=16, split="test", load_options={"fit": "pad"}, read=read)
    assert cats.load(seed=7, in_memory=False, cache_dir="here").batch_size == 4
    kept = {"on_bad_image": "error", "fit": "pad", "in_memory": False, "cache_dir": "here"}
    assert asked == {"name": "cats", "image_size": 16, "batch_size": 1, "seed": 7, "split": "test", **kept}


def test_more_samples_a_step_than_there_are(quick):
    for recipe in (quick, quick.but(epochs=1)):
        with pytest.raises(InputError, match=r"`batch_size` must be at most the number of examples, 1797"):
            recipe.but(batch_size=5000).load()
    with pytest.raises(InputError, match=r"`batch_size` must be at most the number of examples, 5"):
        quick.plan(made_of(5))


@pytest.mark.long
def test_fit_is_load_make_and_train(quick):
    seen = []
    gan = quick.fit(
        seed=2, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: seen.append(e))], verbose=0
    )
    assert int(gan.step) == 6
    assert seen == [0]
    by_hand = quick.make(quick.load(2), 2)
    quick.train(by_hand, quick.load(2), verbose=0)
    for ours, theirs in zip(gan.get_weights(), by_hand.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_epochs_are_passes(quick):
    data = GaussianMixture([[0.0, 0.0]], 1.0, num_samples=20, batch_size=8)
    recipe = quick.but(epochs=2)
    gan = recipe.make(data)
    recipe.train(gan, data, verbose=0)
    assert int(gan.step) == 2 * (20 // 8)


def test_the_schedule_ends_with_the_training(quick):
    gan = quick.fit(verbose=0)
    assert abs(float(gan.generator_optimizer.learning_rate)) < 1e-7


def test_what_is_chosen_needs_no_data(quick):
    assert quick._chosen(Facts(5, (8, 8, 1)), {}).values == {"batch_size": 4, "latent_dim": 2, "few": 2}


def test_what_is_not_carried_over_is_told(quick, tmp_path):
    data = GaussianMixture([[0.0, 0.0]], 1.0, num_samples=20, batch_size=8)
    path = tmp_path / "gan.keras"
    quick.make(data).save(path)
    gan = quick.but(start=path).make(data, seed=1)  # of the same networks: not a word
    for one, other in zip(gan.get_weights(), keras_gan.load(path).get_weights(), strict=True):
        assert_array_equal(one, other)
    anew = r"Not all weights were carried over(?s:.*)generator: 25.0% of its numbers; anew: samples/kernel \(3, 2\)"
    with pytest.warns(UserWarning, match=anew):
        quick.but(start=path, latent_dim=3).make(data)


def test_fine_tuning_takes_the_networks_of_what_it_begins_with(tfds_dir, tmp_path, capsys):
    """Where the rules would choose others, as for fewer images or on another machine; a setting goes first."""
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    data = ImageData(pixels, batch_size=8)
    recipe = recipes.get("dcgan").but(batch_size=8, images=8)
    path = tmp_path / "gan.keras"
    recipe.but(width=2, latent_dim=5, r1=0.0).make(data).save(path)
    assert loading.made_by(path) == {"recipe": "dcgan", "width": 2, "latent_dim": 5}
    plan = recipe.but(start=path).plan(data)
    assert (plan["width"], plan["latent_dim"], plan["r1"] > 0) == (2, 5, True)
    assert plan.reasons["width"] == "that of what it begins with"
    assert recipe.but(start=path, width=3).plan(data).reasons["width"] == "as set"
    assert recipes.get("sagan").but(start=path).plan(data)["latent_dim"] == 128
    assert keras_gan.load(path).made_by == loading.made_by(path)


def test_networks_of_one_recipe_are_begun_with_in_another_that_has_the_same(tfds_dir, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    data = ImageData(pixels, batch_size=8)
    path = tmp_path / "gan.keras"
    recipes.get("fashion_mnist").but(batch_size=8, images=8, width=3, latent_dim=5).make(data).save(path)
    assert loading.made_by(path) == {"recipe": "dcgan", "width": 3, "latent_dim": 5}
    for name in ("dcgan", "fashion_mnist"):
        plan = recipes.get(name).but(batch_size=8, images=8, start=path).plan(data)
        assert (plan["width"], plan["latent_dim"]) == (3, 5)
    assert recipes.get("dcgan").but(name="mine").networks == "mine"  # whose rules a file of it asks for
    assert recipes.get("fashion_mnist").but(name="mine").networks == "dcgan"


@pytest.mark.parametrize(
    ("width", "told"), [("abc", "'abc'"), ("1k", "'1k'"), (0, "0"), (10**30, "1000000"), (1.5, "1.5")]
)
def test_a_file_that_tells_what_no_recipe_makes(tfds_dir, tmp_path, width, told, make_gan):
    gan = make_gan()
    gan.made_by = {"recipe": "dcgan", "width": width}
    gan.save(tmp_path / "gan.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    message = rf"`start` must tell what made its networks .* Received: .*gan\.keras with width={told}"
    with pytest.raises(InputError, match=message):
        recipes.get("dcgan").but(start=tmp_path / "gan.keras").plan(ImageData(pixels, batch_size=8))


def test_a_file_that_asks_for_more_weights_than_networks_like_its_can_have(tfds_dir, tmp_path, make_gan):
    gan = make_gan()
    gan.made_by = {"recipe": "dcgan", "width": 4096, "latent_dim": 4096}
    gan.save(tmp_path / "gan.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    with pytest.raises(InputError, match="The weights must take no more bytes than the file allows"):
        recipes.get("dcgan").but(start=tmp_path / "gan.keras").make(ImageData(pixels, batch_size=8))


@pytest.mark.long
def test_fit_begins_with_another_and_says_so(quick, tmp_path, capsys):
    quick.make(quick.load()).save(tmp_path / "gan.keras")
    for verbose, told in ((0, False), (2, True)):
        quick.fit(verbose=verbose, start=tmp_path / "gan.keras")
        assert ("begun from:" in capsys.readouterr().out) == told
    with pytest.warns(UserWarning, match="Not all weights were carried over"):
        quick.but(latent_dim=3).fit(verbose=0, start=tmp_path / "gan.keras")


def test_what_is_begun_with_is_not_asked_for_again(tfds_dir, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    data, path = ImageData(pixels, batch_size=8), tmp_path / "gan.keras"
    recipe = recipes.get("dcgan").but(batch_size=8, images=8, augmentation="none")
    recipe.but(width=2, latent_dim=5).make(data).save(path)
    tuned = recipe.but(start=path)
    gan = tuned.make(data)
    path.unlink()
    tuned.train(gan, data, verbose=0)
    assert int(gan.step) == 1


@pytest.mark.long
@pytest.mark.parametrize("name", ["dcgan", "r3gan"])
def test_an_average_that_is_carried_over_is_not_forgotten_at_once(name, tfds_dir, tmp_path):
    """As that of random weights is, by a half-life that grows from 0: Karras et al. 2020 have none in fine-tuning."""
    small = {"dcgan": {"width": 2}, "r3gan": {"width": 8, "blocks": 1}}[name]
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    data = ImageData(pixels, batch_size=8)
    recipe = recipes.get(name).but(batch_size=8, images=80, latent_dim=4, augmentation="none", half_life=800, **small)
    source = recipe.make(data)
    for weight in source.averages["generator"][0].weights:
        if weight.ndim == 4:
            weight.assign(np.full(weight.shape, 10.0))
    source.save(tmp_path / "gan.keras")
    gan = recipe.but(start=tmp_path / "gan.keras").make(data)
    gan.train_on_batch(pixels)
    kept = [np.mean(w) for w in gan.averages["generator"][0].weights if w.ndim == 4]
    np.testing.assert_allclose(kept, 10.0 * 0.5 ** (8 / 800), atol=0.1)


def test_ada_moves_faster_when_fine_tuning(tfds_dir, tmp_path):
    """In 100,000 images instead of 500,000, as in Karras et al.'s code."""
    data = ImageData(np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8), batch_size=8)
    recipe = recipes.get("dcgan").but(batch_size=8, images=80, latent_dim=4, width=2)
    source = recipe.make(data)
    source.save(tmp_path / "gan.keras")
    tuned = recipe.but(start=tmp_path / "gan.keras").make(data)
    assert [float(gan.augmentation.current_speed) for gan in (source, tuned)] == [500_000.0, 100_000.0]


def test_nothing_is_frozen_that_has_learnt_nothing(quick):
    with pytest.raises(InputError, match=r"`freeze` must be 0 without a `start`.*Received: freeze=2"):
        quick.but(freeze=2)


@pytest.mark.long
def test_what_is_frozen_must_be_carried_over(tfds_dir, tmp_path):
    recipe = recipes.get("dcgan").but(batch_size=8, width=4, latent_dim=4)
    pixels = np.arange(8 * 16 * 16 * 3, dtype=np.uint8).reshape(8, 16, 16, 3)
    grey, coloured = ImageData(pixels[..., :1], batch_size=8), ImageData(pixels, batch_size=8)
    path = tmp_path / "gan.keras"
    recipe.make(grey).save(path)
    tuned = recipe.but(start=path, freeze=1)
    assert [layer.trainable for layer in tuned.make(grey).discriminator.layers if layer.weights][:2] == [False, True]
    with pytest.raises(InputError, match=r"`freeze` must be for layers that are carried over"):
        tuned.make(coloured)
