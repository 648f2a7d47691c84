"""Small generators whose classes differ, and which sample as they are: of latents, and of styles."""

import numpy as np
import pytest

import keras_gan
from tests.stirred import stirred


@pytest.fixture(scope="session")
def classes():
    """Of 8x8 images of 3 classes."""
    return stirred(keras_gan.models.mlp((8, 8, 1), latent_dim=6, hidden=(16,), num_classes=3), 0.3, num_classes=3)


@pytest.fixture(scope="session")
def plain():
    """Of 8x8 images, told nothing."""
    return stirred(keras_gan.models.mlp((8, 8, 1), latent_dim=6, hidden=(16,)), 0.3)


@pytest.fixture(scope="session")
def styled():
    """A StyleGAN2 of 8x8 images of 3 classes."""
    networks = keras_gan.models.stylegan2(
        (8, 8, 1), latent_dim=6, style_dim=8, channel_base=64, mapping_depth=2, num_classes=3
    )
    return stirred(networks, 0.3, num_classes=3)


@pytest.fixture(scope="session")
def vectors():
    """Of 8x8 images that are told two numbers."""
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=6, hidden=(16,), condition_dim=2)
    gan = stirred(networks, 0.3, condition_dim=2)
    gan.signature.condition.known.note(np.array([[0.0, 1.0], [0.5, 2.0], [1.0, 3.0]]))
    return gan
