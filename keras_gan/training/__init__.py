"""Training: the players, their turns and their state."""

from keras_gan.training.adversarial_model import AdversarialModel
from keras_gan.training.cut import CUT
from keras_gan.training.cycle_gan import CycleGAN
from keras_gan.training.game.exponential_moving_average import ExponentialMovingAverage
from keras_gan.training.game.logs import sums
from keras_gan.training.game.nonfinite_guard import NonFiniteError
from keras_gan.training.game.player import Player
from keras_gan.training.game.power_function_average import PowerFunctionAverage
from keras_gan.training.gan import GAN
from keras_gan.training.image_to_image import ImageToImage
from keras_gan.training.resume.resumable_callback import ResumableCallback

__all__ = [
    "CUT",
    "GAN",
    "AdversarialModel",
    "CycleGAN",
    "ExponentialMovingAverage",
    "ImageToImage",
    "NonFiniteError",
    "Player",
    "PowerFunctionAverage",
    "ResumableCallback",
    "sums",
]
