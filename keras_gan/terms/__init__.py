"""Terms: what is added to a player's adversarial loss. Their base, which the penalties share, and members."""

from keras_gan.terms.auto_encoding import AutoEncoding
from keras_gan.terms.auxiliary_classifier import AuxiliaryClassifier, AuxiliaryRegressor, AuxiliaryTags
from keras_gan.terms.feature_matching import FeatureMatching
from keras_gan.terms.latent_diversity import LatentDiversity
from keras_gan.terms.mutual_information import MutualInformation
from keras_gan.terms.orthogonal_regularization import OrthogonalRegularization
from keras_gan.terms.patch_contrast import PatchContrast
from keras_gan.terms.path_length import PathLength
from keras_gan.terms.perceptual import PairedFeatureMatching, Perceptual
from keras_gan.terms.reconstruction import Reconstruction, TotalVariation
from keras_gan.terms.term import Term
from keras_gan.utils.registry import getter

get = getter(Term, "terms")

__all__ = [
    "AutoEncoding",
    "AuxiliaryClassifier",
    "AuxiliaryRegressor",
    "AuxiliaryTags",
    "FeatureMatching",
    "LatentDiversity",
    "MutualInformation",
    "OrthogonalRegularization",
    "PairedFeatureMatching",
    "PatchContrast",
    "PathLength",
    "Perceptual",
    "Reconstruction",
    "Term",
    "TotalVariation",
    "get",
]
