import numpy as np
import pytest
from PIL import Image

import keras_gan
from tests.training.test_image_to_image import made


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A translation from grey to colours, in a file."""
    path = tmp_path_factory.mktemp("model") / "game.keras"
    generator = keras_gan.models.unet(3, 1, width=2, depth=2, normalization="none")
    game = keras_gan.ImageToImage(generator, keras_gan.models.patch_discriminator(3, 1, 16, 2))
    game.compile("adam", "adam", terms=["reconstruction"])
    game.save(path)
    return path, game


@pytest.fixture
def folder(tmp_path):
    generator = np.random.default_rng(0)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    Image.fromarray(generator.integers(0, 256, (20, 33, 3), dtype=np.uint8)).save(tmp_path / "in" / "a.jpg")
    Image.fromarray(generator.integers(0, 256, (40, 24), dtype=np.uint8)).save(tmp_path / "in" / "deep" / "b.png")
    Image.fromarray(generator.integers(0, 2**16, (16, 16), dtype=np.uint16)).save(tmp_path / "in" / "c.png")
    return tmp_path / "in"


def test_names_sides_and_depth_are_kept(run, model, folder, tmp_path):
    code, out, err = run("translate", model[0], folder, "--out", tmp_path / "out", "--tile", 16, "--overlap", 4)
    assert code == 0, err
    assert "wrote: 3 pictures" in out
    for name, size in (("a.png", (33, 20)), ("deep/b.png", (24, 40)), ("c.png", (16, 16))):
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.size == size
    assert (tmp_path / "out" / "c.png").read_bytes()[24] == 16  # bits
    assert (tmp_path / "out" / "deep" / "b.png").read_bytes()[24] == 8
    pixels = np.asarray(Image.open(folder / "deep" / "b.png"))[None, ..., None]
    expected = np.round((model[1].translate(pixels, tile=16, overlap=4)[0] + 1) * 127.5)
    np.testing.assert_allclose(np.asarray(Image.open(tmp_path / "out" / "deep" / "b.png")), expected, atol=1)


def test_what_is_there_is_left(run, model, folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").write_bytes(b"mine")
    code, out, _ = run("translate", model[0], folder, "--out", tmp_path / "out")
    assert code == 0
    assert "2 pictures" in out
    assert "1 were there" in out
    assert (tmp_path / "out" / "a.png").read_bytes() == b"mine"


def test_what_is_refused(refused, model, folder, tmp_path, conditional):
    refused("translate", model[0], folder, "--out", folder, match="another folder")
    refused("translate", conditional[0].path, folder, "--out", tmp_path / "out", match="a keras_gan.ImageToImage")
    made().save(tmp_path / "two.keras")
    refused("translate", tmp_path / "two.keras", folder, "--out", tmp_path / "out", match="which makes 2")
    refused("translate", model[0], tmp_path / "missing", "--out", tmp_path / "out", match="does not exist")
    refused("sample", model[0], match="must hold a keras_gan.GAN")
    Image.new("L", (8, 8)).save(folder / "a.png")
    refused("translate", model[0], folder, "--out", tmp_path / "out", match="differ in more than their suffixes")
    assert not (tmp_path / "out").exists()


def test_a_bad_picture_is_named(run, model, folder, tmp_path):
    (folder / "bad.png").write_bytes(b"no picture")
    code, _, err = run("translate", model[0], folder, "--out", tmp_path / "out")
    assert code == 2
    assert "bad.png" in err
