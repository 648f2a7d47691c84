import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan
from keras_gan import ImageToImage, InputError, recipes
from keras_gan.recipes import Facts
from keras_gan.recipes.pix2pix import read_pairs


@pytest.fixture
def folder(tmp_path):
    """Two folders in one, of 12 pairs: grey, and inverted colours."""
    generator = np.random.default_rng(0)
    for index in range(12):
        pixels = generator.integers(0, 256, (20, 20, 3), dtype=np.uint8)
        for name, image in (
            ("1-grey", Image.fromarray(pixels).convert("L")),
            ("2-inverted", Image.fromarray(255 - pixels)),
        ):
            (tmp_path / "pairs" / name).mkdir(parents=True, exist_ok=True)
            image.save(tmp_path / "pairs" / name / f"{index}.png")
    return tmp_path / "pairs"


def recipe(folder, **changes):
    return recipes.get("pix2pix").but(data=str(folder), image_size=16, width=2, images=16, batch_size=4, **changes)


def test_a_folder_of_two_folders_is_read_larger_and_cropped(folder):
    data = recipe(folder).load(seed=1)
    assert (data.sample_shape, data.target_shape, data.flip) == ((16, 16, 1), (16, 16, 3), True)
    assert data.examples.shape == (12, 18, 18, 1)
    assert data.batch_size == 4
    with pytest.raises(InputError, match="`on_bad_image` must be 'error' for pairs"):
        recipe(folder, on_bad_image="skip").load()


def test_pictures_side_by_side(tmp_path):
    (tmp_path / "both").mkdir()
    for index in range(3):
        pixels = np.random.default_rng(index).integers(0, 256, (18, 36, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "both" / f"{index}.png")
    data = read_pairs(str(tmp_path / "both"), image_size=16, batch_size=1)
    assert data.sample_shape == data.target_shape == (16, 16, 3)
    assert read_pairs(str(tmp_path / "both"), batch_size=1).sample_shape == (18, 18, 3)
    Image.fromarray(pixels[:, :18]).save(tmp_path / "both" / "single.png")
    with pytest.raises(InputError, match=r"2 side by side.* Received: '.*single.png' of 18x18 pixels"):
        read_pairs(str(tmp_path / "both"), image_size=16)


def test_what_is_chosen():
    chosen = [
        recipes.get("pix2pix")._chosen(Facts(400, (side, side, 3), target_shape=(side, side, 3)), {})
        for side in (256, 64, 32)
    ]
    assert [plan["receptive_field"] for plan in chosen] == [70, 34, 16]
    assert chosen[0]["reconstruction"] == 100.0
    assert "sides below 48" in str(chosen[2])
    enlarged = Facts(9, (8, 8, 3), target_shape=(16, 16, 3))
    with pytest.raises(InputError, match="pairs of images of the same sides"):
        recipes.get("pix2pix").build(recipes.get("pix2pix")._chosen(enlarged, {}), 0)


@pytest.mark.long
def test_a_run_from_a_folder_and_on(folder, tmp_path):
    training = keras_gan.runs.start(recipe(folder), seed=1, root=tmp_path / "runs")
    assert isinstance(training.gan, ImageToImage)
    training.train(verbose=0)
    files = {path.name for path in training.run.path.iterdir()}
    assert {"options.json", "log.csv", "samples", "checkpoints", "gan.keras"} <= files
    assert (training.run.samples / "samples.gif").exists()
    resumed = keras_gan.runs.resume(training.run.path, images=32)
    resumed.train(verbose=0)
    assert int(resumed.gan.step) == 8
    assert int(keras_gan.load(training.run.path).step) == 8
    assert isinstance(keras.models.load_model(training.run.model_file), ImageToImage)
