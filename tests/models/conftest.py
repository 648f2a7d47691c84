"""Counting the parameters of networks in their full size, without drawing them; and what a pair of networks makes."""

import gc

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.layers import spectral_normalization


@pytest.fixture
def undrawn(monkeypatch):
    """All weights begin at 0, and spectral normalization looks for no singular vector: building takes seconds."""

    def zeros(self, shape, dtype=None, **options):
        return keras.ops.zeros(shape, dtype)

    for name in ("VarianceScaling", "RandomUniform", "RandomNormal", "Orthogonal"):
        monkeypatch.setattr(getattr(keras.initializers, name), "__call__", zeros)
    monkeypatch.setattr(spectral_normalization, "_FIRST_ITERATIONS", 0)
    yield
    gc.collect()  # a hundred million numbers, in cycles of layers


@pytest.fixture
def trainable():
    """Return a function that counts trainable numbers: no statistics of batches, no singular vectors."""
    return lambda network: sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


@pytest.fixture
def played():
    """Return a function that gives the images that a generator makes, and what the discriminator says of them."""

    def play(networks, shape, condition):
        generator, discriminator = networks
        labels = {"num_classes": np.array([0, 3]), "condition_dim": np.ones((2, 2), "float32")}
        told = [labels[name] for name in condition]
        latents = np.random.default_rng(0).normal(size=(2, *generator.inputs[0].shape[1:])).astype("float32")
        images = np.asarray(generator([latents, *told] if told else latents))
        assert images.shape == (2, *shape)
        assert images.dtype == "float32"
        return images, discriminator([images, *told] if told else images)

    return play


@pytest.fixture
def check_middle():
    """Check that networks of 21x33 make the middle of what those of 24x36 make, and see it with zeros around."""

    def check(make):
        ours, whole = make((21, 33, 3)), make((24, 36, 3))
        for one, other in zip(ours, whole, strict=True):
            other.set_weights(one.get_weights())
        latents = np.random.default_rng(0).normal(size=(2, 5)).astype("float32")
        images = np.asarray(ours.generator(latents))
        assert_allclose(images, np.asarray(whole.generator(latents))[:, 1:22, 1:34], atol=1e-6)
        bordered = np.pad(images, ((0, 0), (1, 2), (1, 2), (0, 0)))
        heads = ours.discriminator(images), whole.discriminator(bordered)
        logits = [each["logits"] if isinstance(each, dict) else each for each in heads]
        assert_allclose(*logits, rtol=1e-5, atol=1e-6)

    return check
