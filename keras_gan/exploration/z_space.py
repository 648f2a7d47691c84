"""The space of the latents, Z."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import Classes
from keras_gan.exploration.interpolation import lerp, slerp
from keras_gan.exploration.latent_space import LatentSpace, Points
from keras_gan.exploration.soft_classes import soft_classes
from keras_gan.layers import MappingNetwork
from keras_gan.priors import Normal
from keras_gan.training.game.signature import apply_generator
from keras_gan.training.sampling_model import SamplingModel
from keras_gan.types import Tensor
from keras_gan.utils.networks import seeing, walk
from keras_gan.utils.validation import InputError


class ZSpace(LatentSpace):
    """The space of the latents, which every generator has.

    A class is its one-hot vector there, so that there is something between two classes.

    Args:
        gan: what samples.

    Example:
    ```python
    from keras_gan import exploration

    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=16))
    space = exploration.ZSpace(gan)
    points = space.points(seeds=[3, 17])  # two points, of the images of gan.sample(seed=[3, 17])
    images = space.images(exploration.between(space, points, steps=9))  # (9, 8, 8, 1), from one to the other
    ```
    """

    def __init__(self, gan: SamplingModel) -> None:
        super().__init__(gan)
        # Normal latents lie near a sphere, which the straight way between two would leave: White 2016,
        # arXiv:1609.04468.
        self.path = slerp if isinstance(gan.prior, Normal) else lerp

    def points(self, seeds: Sequence[int], labels: ArrayLike | None = None, truncation: float | None = None) -> Points:
        """Return the latents of seeds, and what the generator is told with them.

        Args:
            seeds: one or more, in `[0, 2^31)`.
            labels: as in `GAN.sample`; `None` for those whose turn it is.
            truncation: the bound of the latents, as in `GAN.sample`; of a generator with a `MappingNetwork` none.

        Raises:
            InputError: an argument is not as above.
        """
        if truncation is not None and _mapping(self.sampler.generator) is not None:
            raise InputError(
                f"`truncation` of a generator with a mapping network is in W: `WSpace`. Received: {truncation!r}"
            )
        told = self.labels_of(seeds, labels)
        if told is not None and isinstance(self.gan.signature.condition, Classes):
            told = np.eye(self.gan.signature.condition.num_classes, dtype=np.float32)[told]
        return Points(self.sampler.latents([*seeds], truncation), told, truncation)

    def generate(self, values: Tensor, told: Tensor | None) -> Tensor:
        """Return the images of latents `(n, latent_dim)`."""
        return apply_generator(self.sampler.generator, values, told)

    def _made(self, points: Points) -> np.ndarray:
        if isinstance(self.gan.signature.condition, Classes):
            assert points.conditions is not None
            if not np.all((points.conditions == 0) | (points.conditions == 1)):  # between two classes
                weights = tf.constant(points.conditions, tf.float32)
                return np.asarray(apply_generator(self._soft, tf.constant(points.values), weights))
        return super()._made(points)

    @property
    def _soft(self) -> keras.Model:
        # Made anew for each batch: the generator may have been trained since.
        assert self.gan.num_classes is not None
        return soft_classes(self.sampler.generator, self.gan.num_classes)

    def first_weights(self) -> np.ndarray:
        """Return the kernel of the first layer that the latents meet: of a mapping network, its first dense layer.

        Of that kernel it has the rows that are the latents': labels that stand beside them are left out.

        Raises:
            InputError: there is none, such as in a subclassed network.
        """
        generator = self.sampler.generator
        mapping = _mapping(generator)
        if mapping is not None:
            return np.asarray(mapping.dense[0].kernel)[: self.gan.latent_dim]
        for layer in seeing(generator, generator.inputs[:1]):
            kernel = _kernel(layer)
            if kernel is not None:
                return self._columns_seen(generator, layer) @ kernel
        raise InputError(f"`gan` must have a dense layer behind its latents. Received: {generator.name!r} without one")

    def _columns_seen(self, generator: keras.Model, layer: keras.layers.Layer) -> np.ndarray:
        """Return which column of the layer's input is which of the latents, `(latent_dim, inputs)`: ones and zeros."""
        latents = np.concatenate([np.eye(self.gan.latent_dim), np.zeros((1, self.gan.latent_dim))]).astype(np.float32)
        condition = self.gan.signature.condition
        told = [] if condition is None else [np.zeros((len(latents), *condition.label_shape), condition.dtype)]
        before = keras.Model(generator.inputs if told else generator.inputs[0], layer.input)
        seen = np.asarray(before([latents, *told] if told else latents)).reshape(len(latents), -1)
        return seen[:-1] - seen[-1]


def _mapping(generator: keras.Model) -> MappingNetwork | None:
    return next((layer for layer in walk(generator) if isinstance(layer, MappingNetwork)), None)


def _kernel(layer: keras.layers.Layer) -> np.ndarray | None:
    """Return the kernel of a dense layer, or of a transposed convolution of maps of one place: `(inputs, outputs)`."""
    inner = getattr(layer, "layer", layer)  # of a wrapper, such as spectral normalization, which scales it
    kernel = getattr(inner, "kernel", None)
    if kernel is None or isinstance(layer.input, list):
        return None
    if isinstance(inner, keras.layers.Conv2DTranspose):
        height, width, filters, inputs = kernel.shape
        return np.moveaxis(np.asarray(kernel), -1, 0).reshape(inputs, height * width * filters)
    return np.asarray(kernel) if len(kernel.shape) == 2 else None
