"""Adversarial losses: pure functions of two sets of logits, unreduced."""

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.losses.least_squares import LeastSquares
from keras_gan.losses.minimax import Minimax, NonSaturating
from keras_gan.losses.relativistic import Relativistic, RelativisticAverage
from keras_gan.losses.wasserstein import Hinge, RandomMarginHinge, Wasserstein
from keras_gan.utils.registry import getter

get = getter(AdversarialLoss, "loss")

__all__ = [
    "AdversarialLoss",
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "RandomMarginHinge",
    "Relativistic",
    "RelativisticAverage",
    "Wasserstein",
    "get",
]
