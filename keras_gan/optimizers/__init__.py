"""Schedules and optimizers that papers use and Keras lacks."""

from keras_gan.optimizers.adam import Adam
from keras_gan.optimizers.cosine import Cosine

__all__ = ["Adam", "Cosine"]
