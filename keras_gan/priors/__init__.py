"""Priors: what the generator is fed with."""

from keras_gan.priors.prior import Normal, Prior, Uniform
from keras_gan.utils.registry import getter

get = getter(Prior, "prior")

__all__ = ["Normal", "Prior", "Uniform", "get"]
