"""Architectures: functions that return plain functional Keras models."""

from keras_gan.models.dcgan import dcgan
from keras_gan.models.mlp import mlp
from keras_gan.models.networks import Networks
from keras_gan.models.r3gan import r3gan

__all__ = ["Networks", "dcgan", "mlp", "r3gan"]
