"""The command line in this process: what it prints, how it exits, what it leaves."""

import numpy as np
import pytest
from PIL import Image

import keras_gan
from keras_gan.runs import Run
from keras_gan_cli.main import main


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run `keras-gan ARGUMENTS` in an empty working directory; return the exit code, stdout and stderr."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def call(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        return end.value.code, *capsys.readouterr()

    return call


@pytest.fixture
def refused(run, tmp_path):
    """Assert that the arguments are bad input: one line that matches, exit code 2, and nothing written."""

    def check(*arguments, match):
        code, out, err = run(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("keras-gan: ")
        assert len(err.splitlines()) == 1
        assert all(part in err for part in ([match] if isinstance(match, str) else match)), err
        assert not list((tmp_path / "work").iterdir())

    return check


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """A folder of 20 tiny pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(0)
    for index in range(20):
        pixels = generator.integers(0, 256, (10, 12), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    return folder


def _trained(root, shape, num_classes=None):
    networks = keras_gan.models.mlp(shape, latent_dim=4, hidden=(16,), num_classes=num_classes)
    gan = keras_gan.GAN(*networks, num_classes=num_classes, ema=0.9)
    gan.compile("adam", "adam", terms=[keras_gan.penalties.R1(weight=0.5)])
    made = Run.create(root, "toy", {"epochs": 3})
    made.save(gan)
    return made, gan


@pytest.fixture(scope="session")
def conditional(tmp_path_factory):
    """The run of a GAN of 8x8 images of 3 classes, and the GAN."""
    return _trained(tmp_path_factory.mktemp("conditional"), (8, 8, 1), 3)


@pytest.fixture(scope="session")
def points(tmp_path_factory):
    """The run of a GAN of points in the plane, and the GAN."""
    return _trained(tmp_path_factory.mktemp("points"), (2,))


@pytest.fixture(scope="session")
def translation(tmp_path_factory):
    """A translation from grey to colours, in a file."""
    path = tmp_path_factory.mktemp("model") / "game.keras"
    generator = keras_gan.models.unet(3, 1, width=2, depth=2, normalization="none")
    game = keras_gan.ImageToImage(generator, keras_gan.models.patch_discriminator(3, 1, 16, 2))
    game.compile("adam", "adam", terms=["reconstruction"])
    game.save(path)
    return path, game
