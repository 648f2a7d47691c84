"""Penalties: terms on the discriminator's function."""

from keras_gan.penalties.r1 import R1

__all__ = ["R1"]
