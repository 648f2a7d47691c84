"""Loading a GAN from a file that may come from anywhere."""

from keras_gan.loading.safe_load import load, load_with_source

__all__ = ["load", "load_with_source"]
