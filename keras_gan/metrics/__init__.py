"""Metrics of generated against real samples, as Keras metrics, and the extractors of features that they read."""

from keras_gan.metrics.class_accuracy import ClassAccuracy
from keras_gan.metrics.classifier_score import ClassifierScore
from keras_gan.metrics.condition_accuracy import ConditionCorrelation, TagAccuracy
from keras_gan.metrics.density_coverage import DensityCoverage
from keras_gan.metrics.features.classifier_features import ClassifierFeatures
from keras_gan.metrics.features.contrastive_features import ContrastiveFeatures
from keras_gan.metrics.features.dinov2_features import DINOv2Features
from keras_gan.metrics.features.feature_extractor import FeatureExtractor
from keras_gan.metrics.features.inception_features import InceptionFeatures
from keras_gan.metrics.features.model_features import ModelFeatures
from keras_gan.metrics.feed import feed
from keras_gan.metrics.frechet_distance import FrechetDistance
from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.kernel_distance import KernelDistance
from keras_gan.metrics.mode_coverage import ModeCoverage
from keras_gan.metrics.monge_distance import MongeDistance
from keras_gan.metrics.multiscale_ssim import MultiscaleSSIM
from keras_gan.metrics.novelty import Novelty
from keras_gan.metrics.pair_metric import PairMetric, get_pair
from keras_gan.metrics.precision_recall import PrecisionRecall
from keras_gan.metrics.protocols import get
from keras_gan.metrics.similarity import L1, MSSSIM, PSNR, SSIM
from keras_gan.metrics.sliced_wasserstein import SlicedWasserstein
from keras_gan.metrics.statistics.accumulators import Moments
from keras_gan.metrics.vendi_score import VendiScore

__all__ = [
    "L1",
    "MSSSIM",
    "PSNR",
    "SSIM",
    "ClassAccuracy",
    "ClassifierFeatures",
    "ClassifierScore",
    "ConditionCorrelation",
    "ContrastiveFeatures",
    "DINOv2Features",
    "DensityCoverage",
    "FeatureExtractor",
    "FrechetDistance",
    "GenerativeMetric",
    "InceptionFeatures",
    "KernelDistance",
    "ModeCoverage",
    "ModelFeatures",
    "Moments",
    "MongeDistance",
    "MultiscaleSSIM",
    "Novelty",
    "PairMetric",
    "PrecisionRecall",
    "SlicedWasserstein",
    "TagAccuracy",
    "VendiScore",
    "feed",
    "get",
    "get_pair",
]
