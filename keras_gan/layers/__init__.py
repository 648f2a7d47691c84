"""Layers: what the architectures need and Keras lacks."""

from keras_gan.layers.any_side import CropLike, PadToMultiple, RepeatLike
from keras_gan.layers.auxiliary_decoder import AuxiliaryDecoder
from keras_gan.layers.batch_normalization import BatchNormalization
from keras_gan.layers.conditional_batch_normalization import ConditionalBatchNormalization
from keras_gan.layers.conv_2d import Conv2D, Conv2DTranspose
from keras_gan.layers.dropout import Dropout
from keras_gan.layers.equalized import EqualizedConv2D, EqualizedDense
from keras_gan.layers.learned_constant import LearnedConstant
from keras_gan.layers.mapping_network import MappingNetwork
from keras_gan.layers.minibatch_std_dev import MinibatchStdDev
from keras_gan.layers.modulated_conv_2d import ModulatedConv2D
from keras_gan.layers.noise import Noise
from keras_gan.layers.patch_projector import PatchProjector
from keras_gan.layers.pixel_norm import PixelNorm
from keras_gan.layers.projection import Projection
from keras_gan.layers.reflection_padding_2d import ReflectionPadding2D
from keras_gan.layers.resample import Blur, Resample
from keras_gan.layers.scaled_leaky_relu import ScaledLeakyReLU
from keras_gan.layers.self_attention import SelfAttention
from keras_gan.layers.skip_layer_excitation import SkipLayerExcitation
from keras_gan.layers.spectral_normalization import SpectralNormalization

__all__ = [
    "AuxiliaryDecoder",
    "BatchNormalization",
    "Blur",
    "ConditionalBatchNormalization",
    "Conv2D",
    "Conv2DTranspose",
    "CropLike",
    "Dropout",
    "EqualizedConv2D",
    "EqualizedDense",
    "LearnedConstant",
    "MappingNetwork",
    "MinibatchStdDev",
    "ModulatedConv2D",
    "Noise",
    "PadToMultiple",
    "PatchProjector",
    "PixelNorm",
    "Projection",
    "ReflectionPadding2D",
    "RepeatLike",
    "Resample",
    "ScaledLeakyReLU",
    "SelfAttention",
    "SkipLayerExcitation",
    "SpectralNormalization",
]
