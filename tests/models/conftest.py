"""Counting the parameters of networks in their full size, without drawing them."""

import gc

import keras
import numpy as np
import pytest

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
