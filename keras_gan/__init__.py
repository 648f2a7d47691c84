"""Generative adversarial networks for Keras 3: a `GAN` is a `keras.Model`, and `fit` plays the two-player game.

Importing the package registers its classes, so that `keras.models.load_model` finds them.
"""

from keras_gan import (
    augmentation,
    callbacks,
    data,
    exploration,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    penalties,
    priors,
    recipes,
    report,
    runs,
    terms,
)
from keras_gan.critic import Critic, Judgement
from keras_gan.distribution import WorkerLostError
from keras_gan.export import ExportError
from keras_gan.loading.safe_load import load
from keras_gan.random import RandomStream
from keras_gan.round import Round
from keras_gan.training import (
    CUT,
    GAN,
    AdversarialModel,
    CycleGAN,
    ExponentialMovingAverage,
    ImageToImage,
    NonFiniteError,
    Player,
    PowerFunctionAverage,
    ResumableCallback,
    sums,
)
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

__all__ = [
    "CUT",
    "GAN",
    "AdversarialModel",
    "Critic",
    "CycleGAN",
    "ExponentialMovingAverage",
    "ExportError",
    "ImageToImage",
    "InputError",
    "Judgement",
    "NonFiniteError",
    "Player",
    "PowerFunctionAverage",
    "RandomStream",
    "ResumableCallback",
    "Round",
    "WorkerLostError",
    "__version__",
    "augmentation",
    "callbacks",
    "data",
    "exploration",
    "layers",
    "load",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "penalties",
    "priors",
    "recipes",
    "register",
    "report",
    "runs",
    "sums",
    "terms",
]
