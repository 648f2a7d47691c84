"""Priors: what the generator is fed with."""

from keras_gan.priors.codes import Codes
from keras_gan.priors.prior import Normal, Prior, Uniform
from keras_gan.utils.registry import getter

get = getter(Prior, "prior")

__all__ = ["Codes", "Normal", "Prior", "Uniform", "get"]
