"""Penalties: terms on the discriminator's function, and a constraint on its weights."""

from keras_gan.penalties.consistency import BalancedConsistency, LatentConsistency
from keras_gan.penalties.gradient_penalty import DRAGAN, GradientPenalty
from keras_gan.penalties.lecam import LeCam
from keras_gan.penalties.r1 import R1, R2
from keras_gan.penalties.weight_clip import WeightClip

__all__ = ["DRAGAN", "R1", "R2", "BalancedConsistency", "GradientPenalty", "LatentConsistency", "LeCam", "WeightClip"]
