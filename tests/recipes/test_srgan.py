import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import ImageToImage, InputError, recipes
from keras_gan.data import Downsampled, PairedData
from keras_gan.recipes import Facts


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    for index in range(6):
        pixels = np.random.default_rng(index).integers(0, 256, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{index}.png")
    return tmp_path / "pictures"


def recipe(folder, **changes):
    small = {"image_size": 16, "width": 2, "blocks": 1, "images": 8, "batch_size": 2, **changes}
    return recipes.get("srgan").but(data=str(folder), **small)


@pytest.mark.parametrize(("scale", "read"), [(None, 16), (2, 18), ("8", 16)])
def test_the_scale_decides_what_is_read(scale, read, folder):
    set_to = {} if scale is None else {"scale": scale}
    data = recipe(folder, **set_to).load()
    times = int(scale or 4)
    assert data.targets.shape[1:] == (read, read, 3)
    assert (data.sample_shape, data.target_shape) == ((16 // times, 16 // times, 3), (16, 16, 3))
    assert data.flip
    row = data.targets[np.arange(1)][0]
    assert_array_equal(data.examples[np.arange(1)][0], Downsampled(times)(row, np.random.default_rng(0)))
    plan = recipe(folder, **set_to).plan(data)
    assert plan["scale"] == times
    assert recipe(folder).but(scale=times).load().digest == data.digest


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"scale": 3}, "`scale` must be one of 2, 4, 8. Received: scale=3"),
        ({"image_size": 18}, "`image_size` must be a multiple of `scale`, 4. Received: image_size=18"),
        ({"image_size": (16, 18)}, "`scale` must divide the sides. Received: scale=4 and 16x18 pixels"),
        ({"on_bad_image": "skip"}, "`on_bad_image` must be 'error'"),
        ({"data": "nowhere"}, "nowhere"),
    ],
)
def test_what_is_refused(changes, match, folder):
    with pytest.raises(InputError, match=match):
        recipe(folder).but(**changes).load()


def test_what_is_chosen():
    plan = recipes.get("srgan")._chosen(Facts(400, (24, 24, 3), target_shape=(96, 96, 3)), {})
    paper = {"batch_size": 16, "scale": 4, "blocks": 16, "reconstruction": 1000.0, "norm": "l2", "learning_rate": 1e-4}
    assert {name: plan[name] for name in paper} == paper
    assert plan["receptive_field"] == 34, "of the large pictures, which are judged"
    assert recipes.get("srgan")._chosen(Facts(400, (24, 24, 3)), {})["scale"] == 4, "of data that are no pairs yet"


@pytest.mark.long
def test_what_is_built(folder):
    small = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    data = PairedData(small, small.repeat(2, axis=1).repeat(2, axis=2), batch_size=2)
    game = recipe(folder, norm="l1", reconstruction=7).make(data, seed=3)
    assert isinstance(game, ImageToImage)
    assert [(term.name, term.weight, term.norm) for term in game.terms] == [("reconstruction", 7.0, "l1")]
    assert game.signature.discriminator_takes_source is False
    assert game.translate(small[:1, :5, :7]).shape == (1, 10, 14, 3)
    assert not recipe(folder, reconstruction=0).make(data).terms


@pytest.mark.long
def test_a_run_from_a_folder_and_on(folder, tmp_path):
    training = keras_gan.runs.start(recipe(folder, scale=2), seed=1, root=tmp_path / "runs")
    training.train(verbose=0)
    assert (training.run.samples / "samples.gif").exists()
    resumed = keras_gan.runs.resume(training.run.path, images=16)
    assert resumed.data.digest == training.data.digest, "the scale is a setting that reading knows"
    resumed.train(verbose=0)
    assert int(resumed.gan.step) == 8
    sharp = keras_gan.runs.start(recipe(folder, scale=2, start=str(training.run.path)), root=tmp_path / "runs")
    assert sharp.carried.is_whole
