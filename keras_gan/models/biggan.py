"""The large networks of BigGAN."""

import itertools
from collections.abc import Sequence

import keras
import numpy as np

from keras_gan.layers import BatchNormalization
from keras_gan.models.conditioning import Normalize, joined, shared_embedding, told_normalization
from keras_gan.models.networks import (
    MAX_WIDTH,
    Networks,
    check_arguments,
    check_image_shape,
    labels_input,
    layer_seeds,
    project_labels,
)
from keras_gan.models.residual import (
    ResidualLayers,
    discriminator_maps,
    generator_maps,
    images_of,
    map_sizes,
    multipliers,
    orthogonal,
    sum_pooled,
)
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer

MOMENTUM, EPSILON = 0.9, 1e-4


def biggan(
    sample_shape: Sequence[int],
    latent_dim: int = 120,
    width: int = 96,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    embedding_dim: int = 128,
    attention: int | tuple[int, int] | None = 64,
    seed: int = 0,
) -> Networks:
    """Return the networks of BigGAN: SAGAN's, wider, and told labels and latents in each block.

    Sides are as in `sngan`; up to three halvings all maps have four times `width` channels, and beyond that they are
    those of the paper. The latents are split evenly: a part makes the innermost maps, and the others go to one block
    each, where the scales and offsets of batch normalization are linear functions of the part and of an embedding of
    the label, which all blocks share. The discriminator projects on the labels. All is normalized spectrally but that
    embedding. `gan.sample(64, truncation=0.5)` draws less various and more typical images; the batch normalization of
    the moving average has statistics of its own samples, truncated alike, which the paper calls standing ones.

    Brock et al. 2019, arXiv:1809.11096, appendix B, tables 4 to 6. Initialised as there: orthogonally.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, 1 to 64 channels.
        latent_dim: columns of the latents, at least one for each block and one more; 20 for each in the paper.
        width: the unit of the channels, up to 4096; 96 in the paper.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        embedding_dim: columns of the embedding of the label.
        attention: the side of the largest maps that attention is for, or `None` for none; two for the generator's and
            the discriminator's.
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range, or a network makes no maps as small as `attention`.

    Example:
    ```python
    networks = keras_gan.models.biggan((32, 32, 3), width=4, num_classes=10)
    gan = keras_gan.GAN(*networks, num_classes=10, ema=0.9999)
    gan.compile("adam", "adam", loss="hinge", terms=["orthogonal_regularization"])
    ```
    """
    shape = check_image_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    check_integer("embedding_dim", embedding_dim, bound=MAX_WIDTH)
    generator_side, discriminator_side = _pair(attention)
    seeds = layer_seeds(seed)
    layers = ResidualLayers(seeds, orthogonal, spectral_normalization=True)
    sizes = map_sizes(*shape[:2])
    widths = [width * multiplier for multiplier in multipliers(len(sizes) - 1)]

    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input(num_classes, condition_dim)
    first, *parts = _split(latents, len(sizes))
    known = shared_embedding(layers, labels, num_classes, embedding_dim)

    def normalize(block: int) -> Normalize:
        return told_normalization(layers, joined([*known, parts[block]]), MOMENTUM, EPSILON)

    made = painted(layers, generator_maps(layers, first, sizes, widths, normalize, generator_side), shape[-1])
    generator = keras.Model(latents if labels is None else [latents, labels], made, name="generator")
    images = keras.Input(shape, name="images")
    maps = discriminator_maps(layers, images, width, small=4, attention=discriminator_side)
    return Networks(generator, judging(layers, images, maps, num_classes, condition_dim))


def painted(layers: ResidualLayers, maps: Tensor, channels: int) -> Tensor:
    """Return the images that a generator makes of its last maps."""
    x = keras.layers.ReLU()(BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)(maps))
    return images_of(layers.conv(x, channels, 3))


def judging(
    layers: ResidualLayers, images: Tensor, maps: Tensor, num_classes: int | None, condition_dim: int | None
) -> keras.Model:
    """Return the discriminator that sums its last maps over places, and projects on the labels."""
    inputs, logit = project_labels(
        images,
        sum_pooled(maps),
        num_classes,
        layers.initializer(),
        next(layers.seeds),
        condition_dim,
        embed=layers.initializer(),
        spectral_normalization=True,
    )
    return keras.Model(inputs, logit, name="discriminator")


def _pair(attention: int | tuple[int, int] | None) -> tuple[int | None, int | None]:
    if not isinstance(attention, (tuple, list)):
        return attention, attention
    if len(attention) != 2:
        raise InputError(f"`attention` must be one side or two. Received: attention={attention!r}")
    return attention[0], attention[1]


def _split(latents: Tensor, parts: int) -> list[Tensor]:
    """Return the latents in parts that differ by one column at most."""
    columns = latents.shape[-1]
    if columns < parts:
        raise InputError(f"`latent_dim` must be at least {parts}, one for each part. Received: latent_dim={columns}")
    bounds = [indices[0] for indices in np.array_split(np.arange(columns), parts)] + [columns]
    return [latents[:, int(begin) : int(end)] for begin, end in itertools.pairwise(bounds)]
