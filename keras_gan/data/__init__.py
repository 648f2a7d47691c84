"""Training data: arrays, images from folders and TensorFlow Datasets, mixtures of points."""

from keras_gan.data.array_data import ArrayData
from keras_gan.data.gaussian_mixture import GaussianMixture, gaussian_mixture
from keras_gan.data.image_data import ImageData
from keras_gan.data.load import load

__all__ = ["ArrayData", "GaussianMixture", "ImageData", "gaussian_mixture", "load"]
