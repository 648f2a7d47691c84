"""The deep networks of BigGAN."""

from collections.abc import Sequence

import keras

from keras_gan.models.biggan import EPSILON, MOMENTUM, judging, painted
from keras_gan.models.conditioning import Normalize, joined, shared_embedding, told_normalization
from keras_gan.models.networks import (
    MAX_WIDTH,
    Networks,
    check_arguments,
    check_image_shape,
    labels_input,
    layer_seeds,
)
from keras_gan.models.residual import (
    ResidualLayers,
    Size,
    doubled,
    halved,
    map_sizes,
    multipliers,
    orthogonal,
    place_of_attention,
)
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_integer


def biggan_deep(
    sample_shape: Sequence[int],
    latent_dim: int = 128,
    width: int = 128,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    embedding_dim: int = 128,
    attention: int | None = 64,
    seed: int = 0,
) -> Networks:
    """Return the networks of BigGAN-deep: twice as many blocks as `biggan` has, each a bottleneck of four convolutions.

    Sides, channels and labels are as in `biggan`. Each block is told all latents beside the embedding of the label.
    Shortcuts have no weights where the channels do not grow: the generator drops the last channels, and the
    discriminator adds those that are missing.

    Brock et al. 2019, arXiv:1809.11096, appendix B, tables 7 to 9. Initialised as there: orthogonally.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, 1 to 64 channels.
        latent_dim: columns of the latents.
        width: the unit of the channels, up to 4096; 128 in the paper.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        embedding_dim: columns of the embedding of the label.
        attention: the side of the largest maps that attention is for, or `None` for none.
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range, or a network makes no maps as small as `attention`.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.biggan_deep((32, 32, 3), width=4))
    gan.compile("adam", "adam", loss="hinge", terms=["orthogonal_regularization"])
    ```
    """
    shape = check_image_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    check_integer("embedding_dim", embedding_dim, bound=MAX_WIDTH)
    layers = ResidualLayers(layer_seeds(seed), orthogonal, spectral_normalization=True)
    sizes = map_sizes(*shape[:2])
    widths = [width * multiplier for multiplier in multipliers(len(sizes) - 1)]
    place = place_of_attention(attention, sizes[:-1])  # in the discriminator of maps one halving further inside

    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input(num_classes, condition_dim)
    condition = joined([latents, *shared_embedding(layers, labels, num_classes, embedding_dim)])
    normalize = told_normalization(layers, condition, MOMENTUM, EPSILON)
    x = layers.maps(condition, sizes[-1], widths[-1])
    for level in reversed(range(len(sizes) - 1)):
        x = _up(layers, x, widths[level + 1], normalize)
        x = _up(layers, x, widths[level], normalize, sizes[level])
        x = layers.attention(x) if level == place else x
    generator = keras.Model(
        latents if labels is None else [latents, labels], painted(layers, x, shape[-1]), name="generator"
    )

    images = keras.Input(shape, name="images")
    place = place_of_attention(attention, sizes[1:])
    x = layers.conv(images, widths[0], 3)
    for level, filters in enumerate(widths[1:]):
        x = _down(layers, _down(layers, x, filters, halve=True), filters, halve=False)
        x = layers.attention(x) if level == place else x
    return Networks(generator, judging(layers, images, x, num_classes, condition_dim))


def _up(layers: ResidualLayers, x: Tensor, filters: int, normalize: Normalize, size: Size | None = None) -> Tensor:
    """Return a generator's block: maps of `size`, which is about twice the sides, or of the same sides."""

    def activated(y: Tensor) -> Tensor:
        return keras.layers.ReLU()(normalize(y))

    hidden = max(x.shape[-1] // 4, 1)
    y = activated(layers.conv(activated(x), hidden, 1))
    y = layers.conv(y if size is None else doubled(y, size), hidden, 3)
    y = layers.conv(activated(y), hidden, 3)
    y = layers.conv(activated(y), filters, 1)
    x = x[..., :filters] if filters < x.shape[-1] else x
    return keras.layers.Add()([y, x if size is None else doubled(x, size)])


def _down(layers: ResidualLayers, x: Tensor, filters: int, halve: bool) -> Tensor:
    """Return a discriminator's block: maps of half the sides, or of the same."""
    hidden, missing = max(filters // 4, 1), filters - x.shape[-1]
    y = layers.conv(keras.layers.ReLU()(x), hidden, 1)
    for _ in range(2):
        y = layers.conv(keras.layers.ReLU()(y), hidden, 3)
    y = keras.layers.ReLU()(y)
    y, x = (halved(y), halved(x)) if halve else (y, x)
    y = layers.conv(y, filters, 1)
    x = keras.layers.Concatenate()([x, layers.conv(x, missing, 1)]) if missing else x
    return keras.layers.Add()([y, x])
