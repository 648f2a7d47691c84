import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import CycleGAN, InputError, recipes
from keras_gan.data import UnpairedData
from keras_gan.recipes import Facts
from keras_gan.recipes.translation import read_unpaired


def write(folder, count, channels=3, seed=0):
    folder.mkdir(parents=True)
    for index in range(count):
        pixels = np.random.default_rng([seed, index]).integers(0, 256, (20, 20, channels), dtype=np.uint8)
        Image.fromarray(pixels if channels == 3 else pixels[..., 0]).save(folder / f"{index}.png")


@pytest.fixture
def folder(tmp_path):
    """Two domains in the form of the paper's data sets, of other numbers and names."""
    write(tmp_path / "data" / "trainA", 6)
    write(tmp_path / "data" / "trainB", 4, seed=1)
    write(tmp_path / "data" / "testA", 1)
    return tmp_path / "data"


def recipe(folder, **changes):
    small = {"image_size": 16, "width": 2, "blocks": 1, "images": 8, "pool": 3, **changes}
    return recipes.get("cyclegan").but(data=str(folder), **small)


def test_what_is_read(folder, tmp_path):
    data = recipe(folder).load(seed=1)
    assert isinstance(data, UnpairedData)
    assert (data.sample_shape, data.target_shape, data.flip) == ((16, 16, 3), (16, 16, 3), True)
    assert (data.examples.shape, data.targets.shape) == ((6, 18, 18, 3), (4, 18, 18, 3))
    assert data.batch_size == 1
    grey = recipe(folder, load_options={"channels": 1}).load()
    assert grey.sample_shape == grey.target_shape == (16, 16, 1)
    for name, count in (("horses", 2), ("zebras", 3)):
        write(tmp_path / "other" / name, count)
    others = read_unpaired(str(tmp_path / "other"), batch_size=1)
    assert (len(others.examples), len(others.targets), others.sample_shape) == (2, 3, (20, 20, 3))


@pytest.mark.parametrize("path", ["digits", "."])
def test_what_is_no_folder_of_two_domains(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"must be a folder with trainA and trainB, .* Received: '{path}'"):
        recipes.get("cyclegan").but(data=path).load()
    with pytest.raises(InputError, match="`on_bad_image` must be 'error'"):
        read_unpaired(path, on_bad_image="skip")


def chosen(side, channels=(3, 3), **settings):
    facts = Facts(400, (side, side, channels[0]), target_shape=(side, side, channels[1]))
    return recipes.get("cyclegan")._chosen(facts, settings)


def test_what_is_chosen():
    plans = [chosen(side) for side in (256, 128, 64, 32)]
    assert [plan["blocks"] for plan in plans] == [9, 6, 6, 6]
    assert [plan["receptive_field"] for plan in plans] == [70, 70, 34, 16]
    paper = {"batch_size": 1, "loss": "least_squares", "cycle": 5.0, "identity": 2.5, "pool": 50, "beta_1": 0.5}
    assert {name: plans[0][name] for name in paper} == paper
    assert (plans[0]["learning_rate"], plans[0]["final_rate"], plans[0]["schedule"]) == (2e-4, 0.0, "late_linear")
    assert chosen(64, cycle=2.0)["identity"] == 1.0
    other = chosen(64, channels=(1, 3))
    assert other["identity"] == 0.0
    assert "one domain has 1 channels, the other 3" in other.reasons["identity"]


def test_what_is_built(folder):
    data = recipe(folder, images=100).load()
    game = recipe(folder, images=100, width=4).make(data, seed=3)
    assert isinstance(game, CycleGAN)
    assert (game.seed, game.pool_size, game.cycle_weight, game.identity_weight) == (3, 3, 5.0, 2.5)
    assert game.signature.data_shape == (16, 16, 3)
    kernels = [network.weights[0].numpy() for network in (game.forward, game.backward)]
    assert np.abs(kernels[0] - kernels[1]).max() > 0, "the two ways begin with weights of their own"
    assert any("group_normalization" in layer.name for layer in game.source_discriminator.layers)
    for optimizer in (game.generators_optimizer, game.discriminators_optimizer):
        rates = []
        for step in (0, 50, 75, 100):
            optimizer.iterations.assign(step)
            rates.append(float(optimizer.learning_rate))
        assert rates == pytest.approx([2e-4, 2e-4, 1e-4, 0.0])
    with pytest.raises(InputError, match="images that become others"):
        recipes.get("cyclegan").make(keras_gan.data.ImageData(data.examples[:], batch_size=1))


@pytest.mark.long
def test_a_run_from_a_folder_and_on(folder, tmp_path):
    training = keras_gan.runs.start(recipe(folder, decay=16), seed=1, root=tmp_path / "runs")
    training.train(verbose=0)
    with Image.open(training.run.samples / "step_00000008.png") as picture:
        assert picture.size == (6 * 32 + 5, 6 * 32 + 5)  # six columns: there and back from both; six rows
    resumed = keras_gan.runs.resume(training.run.path, images=16)
    resumed.train(verbose=0)
    assert int(resumed.gan.step) == 16
    begun = keras_gan.runs.start(recipe(folder, start=str(training.run.path)), root=tmp_path / "runs")
    assert begun.carried.is_whole
    images = np.zeros((1, 20, 30, 3), np.uint8)
    for reverse in (False, True):
        assert_array_equal(begun.gan.translate(images, reverse=reverse), resumed.gan.translate(images, reverse=reverse))
    with pytest.raises(InputError, match="`freeze` is for games with one discriminator"):
        recipe(folder, freeze=1, start=str(training.run.path)).make(training.data)
    dry = keras_gan.runs.dry_run(recipe(folder))
    assert [*dry.parameters] == ["generators 1", "generators 2", "discriminators 1", "discriminators 2"]
    assert "identity 2.5" in str(dry)


def test_a_rate_that_falls_to_nothing_before_the_end_is_an_error(folder):
    data = recipe(folder).load()
    with pytest.raises(InputError, match=r"`decay` must be at least the length .* decay=4, final_rate=0 and .* 8 im"):
        recipe(folder, decay=4).make(data)
