"""Callbacks: they use a trainer's public methods only."""

from keras_gan.callbacks.best_model import BestModel
from keras_gan.callbacks.checkpoint import Checkpoint
from keras_gan.callbacks.health_monitor import HealthMonitor
from keras_gan.callbacks.sample_grid import SampleGrid
from keras_gan.callbacks.translation_grid import TranslationGrid

__all__ = ["BestModel", "Checkpoint", "HealthMonitor", "SampleGrid", "TranslationGrid"]
