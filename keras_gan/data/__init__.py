"""Training data: arrays, images from folders and TensorFlow Datasets, pairs of images, mixtures of points."""

from keras_gan.data.array_data import ArrayData
from keras_gan.data.degradations import Degradation, Downsampled, Grey, Masked, Noisy
from keras_gan.data.gaussian_mixture import GaussianMixture, gaussian_mixture
from keras_gan.data.image_data import ImageData
from keras_gan.data.load import load
from keras_gan.data.load_pairs import load_pairs, load_unpaired
from keras_gan.data.paired_data import PairedData, UnpairedData

__all__ = [
    "ArrayData",
    "Degradation",
    "Downsampled",
    "GaussianMixture",
    "Grey",
    "ImageData",
    "Masked",
    "Noisy",
    "PairedData",
    "UnpairedData",
    "gaussian_mixture",
    "load",
    "load_pairs",
    "load_unpaired",
]
