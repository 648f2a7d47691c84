"""Layers: what the architectures need and Keras lacks."""

from keras_gan.layers.spectral_normalization import SpectralNormalization

__all__ = ["SpectralNormalization"]
