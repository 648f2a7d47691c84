"""The self-attention GAN."""

from collections.abc import Sequence

import keras

from keras_gan.layers import BatchNormalization
from keras_gan.models.conditioning import conditional_normalization
from keras_gan.models.networks import (
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
    sum_pooled,
)

_EPSILON = 1e-5


def sagan(
    sample_shape: Sequence[int],
    latent_dim: int = 128,
    width: int = 64,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    attention: int | None = 32,
    seed: int = 0,
) -> Networks:
    """Return the networks of the self-attention GAN: SNGAN's blocks, attention, and spectral normalization in both.

    Sides, channels and labels are as in `sngan`. The discriminator's blocks are wide: as many channels lie between
    their convolutions as come out. In each network attention follows the block that makes the largest maps of at
    most `attention` by `attention` places.

    Zhang et al. 2019, arXiv:1805.08318, section 3, and its authors' code. Initialised by Glorot's uniform numbers.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, 1 to 64 channels.
        latent_dim: columns of the latents.
        width: the unit of the channels, up to 4096; 64 in the paper.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        attention: the side of the largest maps that attention is for, or `None` for none. The paper's best is 32, of
            images of 128.
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range, or a network makes no maps as small as `attention`.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.sagan((32, 32, 3), width=8, attention=16))
    gan.compile("adam", "adam", loss="hinge")
    ```
    """
    shape = check_image_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    seeds = layer_seeds(seed)
    layers = ResidualLayers(seeds, spectral_normalization=True)

    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input(num_classes, condition_dim)
    sizes = map_sizes(*shape[:2])
    widths = [width * multiplier for multiplier in multipliers(len(sizes) - 1)]
    normalize = conditional_normalization(labels, num_classes, condition_dim, momentum=0.999, epsilon=_EPSILON)
    x = generator_maps(layers, latents, sizes, widths, lambda block: normalize, attention)
    x = keras.layers.ReLU()(BatchNormalization(momentum=0.9999, epsilon=_EPSILON)(x))
    made = images_of(layers.conv(x, shape[-1], 3))
    generator = keras.Model(latents if labels is None else [latents, labels], made, name="generator")

    images = keras.Input(shape, name="images")
    inputs, logit = project_labels(
        images,
        sum_pooled(discriminator_maps(layers, images, width, small=2, attention=attention)),
        num_classes,
        layers.initializer(),
        next(seeds),
        condition_dim,
        embed=layers.initializer(),
        spectral_normalization=True,
    )
    return Networks(generator, keras.Model(inputs, logit, name="discriminator"))
