"""Architectures: functions that return plain functional Keras models."""

from keras_gan.models.biggan import biggan
from keras_gan.models.biggan_deep import biggan_deep
from keras_gan.models.dcgan import dcgan
from keras_gan.models.fastgan import fastgan
from keras_gan.models.mlp import mlp
from keras_gan.models.networks import Networks
from keras_gan.models.patch_discriminator import patch_discriminator
from keras_gan.models.r3gan import r3gan
from keras_gan.models.resnet_translator import resnet_translator
from keras_gan.models.sagan import sagan
from keras_gan.models.sngan import sngan
from keras_gan.models.stylegan2 import stylegan2
from keras_gan.models.super_resolution import rrdb, srresnet
from keras_gan.models.unet import unet

__all__ = [
    "Networks",
    "biggan",
    "biggan_deep",
    "dcgan",
    "fastgan",
    "mlp",
    "patch_discriminator",
    "r3gan",
    "resnet_translator",
    "rrdb",
    "sagan",
    "sngan",
    "srresnet",
    "stylegan2",
    "unet",
]
