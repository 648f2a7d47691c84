"""Small networks that leave the package, with random weights, so that everything matters."""

import numpy as np
import pytest

import keras_gan
from tests.stirred import stirred


def network(name, **told):
    """Return a GAN of an architecture, or a translation."""
    if name == "unet":
        generator = keras_gan.models.unet(3, 3, width=2, depth=2)
        game = keras_gan.ImageToImage(generator, keras_gan.models.patch_discriminator(3, 3, 16, 2))
        game.step.assign(1)
        return game
    options = {"mlp": {"hidden": (16,)}, "stylegan2": {"style_dim": 8, "channel_base": 64, "mapping_depth": 2}}
    options |= {"r3gan": {"width": 32}}
    build = getattr(keras_gan.models, name)
    return stirred(build((16, 16, 3), latent_dim=8, **options.get(name, {"width": 4}), **told), 0.1, **told)


NAMES = ["mlp", "dcgan", "stylegan2", "r3gan", "biggan", "sngan", "sagan", "biggan_deep", "fastgan", "unet"]
TOLD = [{}, {"num_classes": 3}, {"condition_dim": 2}]
CASES = [(name, told) for name in NAMES for told in TOLD if name != "unet" or not told]


@pytest.fixture
def small():
    """A GAN of 3 classes."""
    return network("mlp", num_classes=3)


def tried(game):
    """Return inputs by their names that no export was tried with, and what has to come out."""
    random = np.random.default_rng(0)
    if hasattr(game, "translate"):
        images = random.uniform(-1, 1, (2, 16, 24, 3)).astype("float32")
        return {"images": images}, game.translate(images)
    given = {"latents": game.sampler.latents([5, 6, 7])}
    if game.signature.condition is None:
        return given, game.sample(seed=[5, 6, 7])
    labels = np.array([2, 0, 1], "int32") if game.num_classes else random.normal(size=(3, 2)).astype("float32")
    return {**given, "labels": labels}, game.sample(seed=[5, 6, 7], labels=labels)
