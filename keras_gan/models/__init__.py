"""Architectures: functions that return plain functional Keras models."""

from keras_gan.models.dcgan import dcgan
from keras_gan.models.mlp import mlp
from keras_gan.models.networks import Networks
from keras_gan.models.patch_discriminator import patch_discriminator
from keras_gan.models.resnet_translator import resnet_translator
from keras_gan.models.super_resolution import rrdb, srresnet
from keras_gan.models.unet import unet

__all__ = ["Networks", "dcgan", "mlp", "patch_discriminator", "resnet_translator", "rrdb", "srresnet", "unet"]
