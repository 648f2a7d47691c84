"""The space of the styles, W."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.exploration.interpolation import lerp
from keras_gan.exploration.latent_space import LatentSpace, Points
from keras_gan.layers import MappingNetwork, ModulatedConv2D
from keras_gan.training.game.signature import apply_generator
from keras_gan.training.sampling_model import SamplingModel
from keras_gan.types import Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.validation import InputError, check_number


class WSpace(LatentSpace):
    """The space of the styles, of a generator with a `MappingNetwork`, as StyleGAN2's.

    A point has one style for all places of the generator, or one for each: so styles can be mixed. What the generator
    was told is in the styles. Karras et al. 2019, arXiv:1812.04948, section 3.

    Args:
        gan: what samples.

    Attributes:
        places: how many styles the generator takes.

    Raises:
        InputError: the generator has no mapping network among its layers.

    Example:
    ```python
    from keras_gan import exploration

    networks = keras_gan.models.stylegan2((8, 8, 1), latent_dim=8, style_dim=8, channel_base=64, mapping_depth=2)
    space = exploration.WSpace(keras_gan.GAN(*networks))
    coarse, fine = space.points(seeds=[3]), space.points(seeds=[17])
    image = space.images(space.mixed(coarse, fine, places=range(2, space.places)))  # (1, 8, 8, 1)
    ```
    """

    def __init__(self, gan: SamplingModel) -> None:
        super().__init__(gan)
        self.path = lerp
        generator, inputs = self.sampler.generator, self.sampler.generator.inputs
        found = [layer for layer in generator.layers if isinstance(layer, MappingNetwork)]
        if len(found) != 1:
            raise InputError(
                "`gan` must have one MappingNetwork among its generator's layers; others have a Z alone. "
                f"Received: {generator.name!r} with {len(found)}"
            )
        self._mapping = found[0]
        self._to_styles = keras.Model(inputs if len(inputs) > 1 else inputs[0], self._mapping.output)
        self.places = self._mapping.num_styles

    def points(self, seeds: Sequence[int], labels: ArrayLike | None = None, truncation: float | None = None) -> Points:
        """Return the styles of seeds, `(n, 1, width)`.

        Args:
            seeds: one or more, in `[0, 2^31)`.
            labels: as in `GAN.sample`; `None` for those whose turn it is.
            truncation: psi, 0 or more: how far from their mean the styles are. `None` for the network's own.

        Raises:
            InputError: an argument is not as above.
        """
        told = self.labels_of(seeds, labels)
        latents = tf.constant(self.sampler.latents([*seeds]))
        inputs = latents if told is None else [latents, tf.constant(told)]
        if truncation is None:
            return Points(np.asarray(self._to_styles(inputs), np.float32)[:, :1])
        with self._mapping.truncated(check_number("truncation", truncation, minimum=0.0)):
            return Points(np.asarray(self._to_styles(inputs), np.float32)[:, :1], truncation=truncation)

    def generate(self, values: Tensor, told: Tensor | None) -> Tensor:
        """Return the images of styles `(n, 1, width)` or `(n, places, width)`; `told` must be `None`."""
        rows = tf.shape(values)[0]
        styles = tf.broadcast_to(values, (rows, self.places, self._mapping.width))
        labels = None
        if self.gan.signature.condition is not None:  # which the styles know
            labels = tf.zeros((rows, *self.gan.signature.condition.label_shape), self.gan.signature.condition.dtype)
        with self._mapping.replaced(styles):
            latents = tf.zeros((rows, self.gan.latent_dim))
            return apply_generator(self.sampler.generator, latents, labels)

    def mixed(self, points: Points, others: Points, places: Sequence[int]) -> Points:
        """Return the points with the styles of others at some places.

        Args:
            points: `n` of them.
            others: as many, or one for all.
            places: from 0, of the smallest maps, to `places - 1`, of the largest.

        Raises:
            InputError: the generator has no such places.
        """
        wrong = [place for place in places if not 0 <= place < self.places]
        if wrong:
            raise InputError(f"`places` must be in 0..{self.places - 1}. Received: {wrong}")
        other = np.isin(np.arange(self.places), [*places])[:, None]
        values = np.where(other, others.values, points.values).astype(np.float32)
        return Points(values, truncation=Points.common_truncation([points, others]))

    def first_weights(self) -> np.ndarray:
        """Return the matrices by which the styles scale the convolutions, side by side, `(width, outputs)`."""
        generator = self.sampler.generator
        kernels = [layer.affine.kernel for layer in walk(generator) if isinstance(layer, ModulatedConv2D)]
        if not kernels:
            raise InputError(f"`gan` must have modulated convolutions. Received: {generator.name!r} without any")
        # Of equalized learning rates: all have as many inputs, and so the same scale.
        return np.concatenate([np.asarray(kernel) for kernel in kernels], axis=1)
