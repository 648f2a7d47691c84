"""Augmentation: what images, real and generated, go through before the discriminator sees them."""

from keras_gan.augmentation.ada import ADA
from keras_gan.augmentation.augmentation import Augmentation
from keras_gan.augmentation.diff_augment import DiffAugment
from keras_gan.utils.registry import getter

get = getter(Augmentation, "augmentation")

__all__ = ["ADA", "Augmentation", "DiffAugment", "get"]
