"""Loading a GAN from a file that may come from anywhere, and beginning another with what it has learnt."""

from keras_gan.loading.fine_tuning import CarriedOver, carry_over, freeze
from keras_gan.loading.safe_load import load, load_with_source, made_by, within

__all__ = ["CarriedOver", "carry_over", "freeze", "load", "load_with_source", "made_by", "within"]
