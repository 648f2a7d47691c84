import json
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan
from keras_gan import CycleGAN
from keras_gan.utils.depth import Depth
from keras_gan_cli.translate import _targets
from tests.training.test_image_to_image import made


@pytest.fixture
def folder(tmp_path):
    generator = np.random.default_rng(0)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    Image.fromarray(generator.integers(0, 256, (20, 33, 3), dtype=np.uint8)).save(tmp_path / "in" / "a.jpg")
    Image.fromarray(generator.integers(0, 256, (40, 24), dtype=np.uint8)).save(tmp_path / "in" / "deep" / "b.png")
    Image.fromarray(generator.integers(0, 2**16, (16, 16), dtype=np.uint16)).save(tmp_path / "in" / "c.png")
    return tmp_path / "in"


def test_names_sides_and_depth_are_kept(run, translation, folder, tmp_path):
    code, out, err = run("translate", translation[0], folder, "--out", tmp_path / "out", "--tile", 16, "--overlap", 4)
    assert code == 0, err
    assert "wrote: 3 pictures" in out
    for name, size in (("a.png", (33, 20)), ("deep/b.png", (24, 40)), ("c.png", (16, 16))):
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.size == size
    assert (tmp_path / "out" / "c.png").read_bytes()[24] == 16  # bits
    assert (tmp_path / "out" / "deep" / "b.png").read_bytes()[24] == 8
    pixels = np.asarray(Image.open(folder / "deep" / "b.png"))[None, ..., None]
    expected = np.round((translation[1].translate(pixels, tile=16, overlap=4)[0] + 1) * 127.5)
    np.testing.assert_allclose(np.asarray(Image.open(tmp_path / "out" / "deep" / "b.png")), expected, atol=1)


def test_what_is_there_is_left(run, translation, folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").write_bytes(b"mine")
    code, out, _ = run("translate", translation[0], folder, "--out", tmp_path / "out")
    assert code == 0
    assert "2 pictures" in out
    assert "1 were there" in out
    assert (tmp_path / "out" / "a.png").read_bytes() == b"mine"


@pytest.mark.long
def test_what_is_refused(refused, translation, folder, tmp_path, conditional):
    for out in (folder, folder / "out", folder / "deep" / ".." / "out"):
        refused(
            "translate", translation[0], folder, "--out", out, match="another folder than the pictures', and not in it"
        )
    refused("translate", conditional[0].path, folder, "--out", tmp_path / "out", match="a game that translates images")
    made().save(tmp_path / "two.keras")
    refused("translate", tmp_path / "two.keras", folder, "--out", tmp_path / "out", match="which makes 2")
    refused("translate", translation[0], tmp_path / "missing", "--out", tmp_path / "out", match="does not exist")
    refused("translate", translation[0], folder, "--out", tmp_path / "out", "--reverse", match="that go both ways")
    Image.new("L", (8, 8)).save(folder / "a.png")
    refused("translate", translation[0], folder, "--out", tmp_path / "out", match="differ in more than their suffixes")
    assert not (tmp_path / "out").exists()


def test_a_bad_picture_is_named(run, translation, folder, tmp_path):
    (folder / "bad.png").write_bytes(b"no picture")
    code, _, err = run("translate", translation[0], folder, "--out", tmp_path / "out")
    assert code == 2
    assert "bad.png" in err


@pytest.mark.long
def test_pictures_are_read_as_the_run_has_read_its_own(run, translation, tmp_path):
    """Those of 16 bits by the range of its files, and written by it; the others, in the same folder, on its ground."""
    made = tmp_path / "run"
    made.mkdir()
    shutil.copy(translation[0], made / "gan.keras")
    options = {"load_options": {"background": "white", "value_range": [0, 4095], "fit": "pad"}}
    (made / "options.json").write_text(json.dumps(options))
    (tmp_path / "in").mkdir()
    deep = np.random.default_rng(0).integers(0, 4096, (16, 16), dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "in" / "deep.png")
    Image.new("LA", (16, 16), (0, 0)).save(tmp_path / "in" / "clear.png")

    def check(high, ground, *more):
        out = tmp_path / str(high)
        code, _, err = run("translate", made, tmp_path / "in", "--out", out, *more)
        assert code == 0, err
        written = tf.io.decode_png((out / "deep.png").read_bytes(), dtype=tf.uint16).numpy()
        depth = Depth("uint16", 0, high)
        expected = depth.from_signed(translation[1].translate(depth.to_signed(deep)[None, ..., None])[0])
        np.testing.assert_allclose(written, expected, atol=1)
        white = Depth().from_signed(translation[1].translate(np.full((1, 16, 16, 1), ground, np.uint8))[0])
        np.testing.assert_allclose(np.asarray(Image.open(out / "clear.png")), white, atol=1)

    check(4095, 255)
    check(8191, 255, "--value-range", 0, 8191)


@pytest.mark.long
def test_there_and_back(run, tmp_path):
    """Of domains with other channels: what is read, and what is written, is that of the way."""
    game = CycleGAN(
        *(keras_gan.models.resnet_translator(a, b, width=2, blocks=1) for a, b in ((3, 1), (1, 3))),
        *(keras_gan.models.patch_discriminator(channels, None, 16, 2) for channels in (1, 3)),
        image_size=16,
    )
    game.save(tmp_path / "game.keras")
    (tmp_path / "in").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "in" / "a.png")
    for out, mode, options in (("there", "RGB", ()), ("back", "L", ("--reverse",))):
        code, _, err = run("translate", tmp_path / "game.keras", tmp_path / "in", "--out", tmp_path / out, *options)
        assert code == 0, err
        with Image.open(tmp_path / out / "a.png") as picture:
            assert (picture.size, picture.mode) == ((30, 20), mode)
            shown = np.asarray(picture)
    expected = np.round((game.translate(pixels[None], reverse=True)[0, ..., 0] + 1) * 127.5)
    np.testing.assert_allclose(shown, expected, atol=1)


def test_a_generator_of_fixed_sides(run, tmp_path):
    source, target = keras.Input((16, 16, 1)), keras.Input((16, 16, 1))
    made = keras_gan.layers.Conv2D(1, 3, padding="same", activation="tanh", dtype="float32")(source)
    judged = keras.layers.Flatten()(keras.layers.Concatenate()([source, target]))
    judge = keras.Model([source, target], keras.layers.Dense(1)(judged))
    game = keras_gan.ImageToImage(keras.Model(source, made), judge)
    game.save(tmp_path / "game.keras")
    (tmp_path / "in").mkdir()
    Image.new("L", (20, 30), 99).save(tmp_path / "in" / "a.png")
    code, _, err = run("translate", tmp_path / "game.keras", tmp_path / "in", "--out", tmp_path / "out")
    assert code == 0, err
    assert Image.open(tmp_path / "out" / "a.png").size == (20, 30)


def test_many_pictures_are_compared_at_once():
    names = [f"{index}.png" for index in range(4000)]
    began = time.monotonic()
    assert len(_targets(SimpleNamespace(names=names, path="pictures"), Path("out"))) == 4000
    assert time.monotonic() - began < 10
