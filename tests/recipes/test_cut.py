import numpy as np
import pytest
from PIL import Image

import keras_gan
from keras_gan import CUT, InputError, recipes
from keras_gan.data import UnpairedData
from keras_gan.recipes import Facts
from keras_gan.terms import PatchContrast
from tests.recipes.test_cyclegan import folder  # noqa: F401


def recipe(path, **changes):
    small = {"image_size": 16, "width": 2, "blocks": 1, "images": 8, "pixels": 8, **changes}
    return recipes.get("cut").but(data=str(path), **small)


def chosen(side, **settings):
    facts = Facts(400, (side, side, 3), target_shape=(side, side, 3))
    return recipes.get("cut")._chosen(facts, settings)


def test_what_is_chosen():
    paper = {"batch_size": 1, "loss": "least_squares", "contrast": 0.5, "identity": 1, "pixels": 256, "blocks": 9}
    plan = chosen(256)
    assert {name: plan[name] for name in paper} == paper
    assert (plan["learning_rate"], plan["final_rate"], plan["schedule"]) == (2e-4, 0.0, "late_linear")
    assert (chosen(64)["blocks"], chosen(64)["receptive_field"]) == (6, 34)
    fast = chosen(64, identity=0)
    assert (fast["contrast"], fast.reasons["contrast"]) == (5.0, "without identity")


def test_what_is_built(folder):  # noqa: F811
    data = recipe(folder).load()
    game = recipe(folder).make(data, seed=3)
    assert isinstance(game, CUT)
    (term,) = game.terms
    assert isinstance(term, PatchContrast)
    assert (game.seed, term.weight, term.pixels, term.identity) == (3, 0.5, 8, True)
    assert sum(hasattr(layer, "project") for layer in game.generator.layers) == 4  # of one block, the first
    assert any("resample" in layer.name for layer in game.generator.layers)


def test_domains_of_other_channels_are_refused(folder):  # noqa: F811
    data = UnpairedData(*(np.zeros((4, 16, 16, channels), np.uint8) for channels in (1, 3)), batch_size=1)
    with pytest.raises(InputError, match=r"as by `--channels 3`\. Received: 1 and 3 channels"):
        recipe(folder).make(data)


@pytest.mark.long
def test_a_run_from_a_folder_and_on(folder, tmp_path):  # noqa: F811
    training = keras_gan.runs.start(recipe(folder, decay=16), seed=1, root=tmp_path / "runs")
    training.train(verbose=0)
    with Image.open(training.run.samples / "step_00000008.png") as picture:
        assert picture.size[0] == 3 * 32 + 2  # sources, what is made of them, and what they should look like
    resumed = keras_gan.runs.resume(training.run.path, images=16)
    resumed.train(verbose=0)
    assert int(resumed.gan.step) == 16
    assert resumed.gan.translate(np.zeros((1, 20, 30, 3), np.uint8)).shape == (1, 20, 30, 3)
