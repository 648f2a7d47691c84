"""Metrics of generated against real samples, as Keras metrics, and the extractors of features that they read."""

from keras_gan.metrics.feature_extractor import FeatureExtractor
from keras_gan.metrics.feed import feed
from keras_gan.metrics.frechet_distance import FrechetDistance
from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.model_features import ModelFeatures

__all__ = [
    "FeatureExtractor",
    "FrechetDistance",
    "GenerativeMetric",
    "ModelFeatures",
    "feed",
]
