"""What the tests of full-size networks share."""

import keras
import pytest


@pytest.fixture
def nothing_drawn(monkeypatch):
    """Initial weights are zeros: drawing a hundred million numbers takes a minute."""
    zeros = keras.initializers.Zeros()

    def call(self, shape, dtype=None, **kwargs):
        return zeros(shape, dtype)

    for name in ("RandomNormal", "VarianceScaling", "RandomUniform", "GlorotUniform"):
        monkeypatch.setattr(getattr(keras.initializers, name), "__call__", call)
