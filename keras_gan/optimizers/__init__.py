"""Schedules and optimizers that papers use and Keras lacks."""

from keras_gan.optimizers.adam import Adam
from keras_gan.optimizers.cosine import Cosine
from keras_gan.optimizers.linear import Linear

__all__ = ["Adam", "Cosine", "Linear"]
