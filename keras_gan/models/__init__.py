"""Architectures: functions that return plain functional Keras models."""

from keras_gan.models.dcgan import dcgan
from keras_gan.models.mlp import mlp
from keras_gan.models.networks import Networks
from keras_gan.models.sagan import sagan
from keras_gan.models.sngan import sngan

__all__ = ["Networks", "dcgan", "mlp", "sagan", "sngan"]
