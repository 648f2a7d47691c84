"""The residual networks of spectral normalization."""

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
from keras_gan.utils.validation import check_bool

_GAIN = 2.0**0.5
_MOMENTUM, _EPSILON = 0.9, 2e-5  # of Chainer's batch normalization


def sngan(
    sample_shape: Sequence[int],
    latent_dim: int = 128,
    width: int = 64,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    logit_bias: bool = True,
    seed: int = 0,
) -> Networks:
    """Return the networks of SNGAN: residual blocks, and a spectrally normalized discriminator that sums over places.

    The sides are halved down to maps of 4 to 7, rounded up where they are odd; on the way back the generator drops the
    row or the column that is too many. Up to three halvings (sides up to 32, and 48) it is the paper's network for
    CIFAR-10: all maps of the generator have four times `width` channels, those of the discriminator twice, and its last
    two blocks keep the sides. Beyond that it is the network for ImageNet at 128: `width` channels next to the image,
    twice as many after each halving, up to 16 times; 256 and 512 take BigGAN's numbers. Labels choose the scales and
    offsets of the generator's batch normalization, and the discriminator projects on them.

    Miyato et al. 2018, arXiv:1802.05957, tables 3 to 6; Miyato and Koyama 2018, arXiv:1802.05637, figure 14 (labels).
    Initialised as there: Glorot's uniform, times the square root of 2 in the 3x3 convolutions of the blocks.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, 1 to 64 channels.
        latent_dim: columns of the latents.
        width: the unit of the channels, up to 4096; 64 in the paper.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        logit_bias: whether the discriminator's last layer has a bias: in the paper's code that for 128 pixels has one,
            and that for CIFAR-10 has none.
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.sngan((32, 32, 3), width=8, num_classes=10), num_classes=10)
    gan.compile("adam", "adam", loss="hinge", discriminator_steps=5)
    ```
    """
    shape = check_image_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    check_bool("logit_bias", logit_bias)
    seeds = layer_seeds(seed)
    generator = _generator(ResidualLayers(seeds, gain=_GAIN), shape, latent_dim, width, num_classes, condition_dim)
    layers = ResidualLayers(seeds, spectral_normalization=True, gain=_GAIN)
    images = keras.Input(shape, name="images")
    features = sum_pooled(discriminator_maps(layers, images, width, small=2, hidden_is_output=False))
    inputs, logit = project_labels(
        images,
        features,
        num_classes,
        layers.initializer(),
        next(seeds),
        condition_dim,
        embed=layers.initializer(),
        spectral_normalization=True,
        use_bias=logit_bias,
    )
    return Networks(generator, keras.Model(inputs, logit, name="discriminator"))


def _generator(
    layers: ResidualLayers,
    shape: tuple[int, int, int],
    latent_dim: int,
    width: int,
    num_classes: int | None,
    condition_dim: int | None,
) -> keras.Model:
    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input(num_classes, condition_dim)
    normalize = conditional_normalization(labels, num_classes, condition_dim, _MOMENTUM, _EPSILON)
    sizes = map_sizes(*shape[:2])
    widths = [width * multiplier for multiplier in multipliers(len(sizes) - 1)]
    x = generator_maps(layers, latents, sizes, widths, lambda block: normalize)
    x = keras.layers.ReLU()(BatchNormalization(momentum=_MOMENTUM, epsilon=_EPSILON)(x))
    images = images_of(layers.conv(x, shape[-1], 3))
    return keras.Model(latents if labels is None else [latents, labels], images, name="generator")
