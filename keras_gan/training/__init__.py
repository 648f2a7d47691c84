"""Training: the players, their turns and their state."""

from keras_gan.training.adversarial_model import AdversarialModel
from keras_gan.training.exponential_moving_average import ExponentialMovingAverage
from keras_gan.training.gan import GAN
from keras_gan.training.guard import NonFiniteError
from keras_gan.training.means import sums
from keras_gan.training.player import Player
from keras_gan.training.resumable_callback import ResumableCallback

__all__ = [
    "GAN",
    "AdversarialModel",
    "ExponentialMovingAverage",
    "NonFiniteError",
    "Player",
    "ResumableCallback",
    "sums",
]
