"""Generators that enlarge images: SRResNet, and ESRGAN's residual-in-residual dense blocks."""

import keras
from keras import ops

from keras_gan.layers import Conv2D
from keras_gan.models.blocks.normalized import MAX_CHANNELS, MAX_FILTERS, Blocks, as_images, check_among, images
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_integer

SCALES = (2, 4, 8)
MAX_BLOCKS = 64
_RESIDUAL = 0.2  # the factor before each residual of ESRGAN
_TENTH = 0.1  # of He's weights, with which dense blocks begin: the whole begins as a shallow network
_DENSE, _IN_ONE = 5, 3  # convolutions of a dense block, and dense blocks of one block


def srresnet(
    channels: int = 3, source_channels: int = 3, scale: int = 4, width: int = 64, blocks: int = 16, seed: int = 0
) -> keras.Model:
    """Return SRGAN's generator: residual blocks on the small image, enlarged by sub-pixel convolutions at the end.

    Ledig et al. 2017, arXiv:1609.04802, section 2.1 and figure 4; Shi et al. 2016, arXiv:1609.05158, for the sub-pixel
    convolutions.

    Args:
        channels: of the images that are made, 1 to 64.
        source_channels: of those that are given.
        scale: how many times larger they become, a side: 2, 4 or 8.
        width: channels of the maps, up to 4096.
        blocks: residual blocks, 1 to 64.
        seed: of the initial weights.

    Returns:
        A functional Keras model from `(batch, height, width, source_channels)`, of any side, to
        `(batch, scale * height, scale * width, channels)` in [-1, 1].

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    generator = keras_gan.models.srresnet(scale=4, width=8, blocks=2)
    print(generator(ops.zeros((1, 16, 20, 3))).shape)  # (1, 64, 80, 3)
    ```
    """
    check_sizes(channels, scale, width, blocks)
    parts = Blocks(seed)
    source = images(source_channels, "source")
    first = x = _prelu(_conv(parts, source, width, 9))
    for _ in range(blocks):
        y = _prelu(parts.normalized(_conv(parts, x, width, bias=False)))
        x = keras.layers.Add()([x, parts.normalized(_conv(parts, y, width, bias=False))])
    x = keras.layers.Add()([first, parts.normalized(_conv(parts, x, width, bias=False))])
    for _ in range(scale.bit_length() - 1):
        x = _prelu(ops.depth_to_space(_conv(parts, x, 4 * width), 2))
    return keras.Model(source, as_images(_conv(parts, x, channels, 9)), name="generator")


def rrdb(
    channels: int = 3,
    source_channels: int = 3,
    scale: int = 4,
    width: int = 64,
    growth: int = 32,
    blocks: int = 23,
    seed: int = 0,
) -> keras.Model:
    """Return ESRGAN's generator: dense blocks inside residual blocks, and no normalization.

    It is larger and sharper than `srresnet`, and has nothing that depends on the rest of the image, so that tiles fit
    together. Enlarged by sub-pixel convolutions, as that one.

    Wang et al. 2018, arXiv:1809.00219, section 3.1 and figure 4 (residuals scaled by 0.2, dense blocks whose weights
    begin at a tenth of He's).

    Args:
        channels: of the images that are made, 1 to 64.
        source_channels: of those that are given.
        scale: how many times larger they become, a side: 2, 4 or 8.
        width: channels of the maps, up to 4096.
        growth: channels that each convolution of a dense block adds.
        blocks: of three dense blocks each, 1 to 64.
        seed: of the initial weights.

    Returns:
        A functional Keras model from `(batch, height, width, source_channels)`, of any side, to
        `(batch, scale * height, scale * width, channels)` in [-1, 1].

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    generator = keras_gan.models.rrdb(scale=2, width=8, growth=4, blocks=1)
    print(generator(ops.zeros((1, 16, 20, 3))).shape)  # (1, 32, 40, 3)
    ```
    """
    check_sizes(channels, scale, width, blocks)
    check_integer("growth", growth, bound=MAX_FILTERS)
    parts = Blocks(seed, "none")
    source = images(source_channels, "source")
    first = x = _conv_he(parts, source, width)
    for _ in range(blocks):
        y = x
        for _ in range(_IN_ONE):
            y = _dense_block(parts, y, width, growth)
        x = _residual(x, y)
    x = keras.layers.Add()([first, _conv_he(parts, x, width)])
    for _ in range(scale.bit_length() - 1):
        x = keras.layers.LeakyReLU(0.2)(ops.depth_to_space(_conv_he(parts, x, 4 * width), 2))
    x = keras.layers.LeakyReLU(0.2)(_conv_he(parts, x, width))
    return keras.Model(source, as_images(_conv_he(parts, x, channels)), name="generator")


def check_sizes(channels: int, scale: int, width: int, blocks: int) -> None:
    """Raise for what both networks can't be."""
    check_integer("channels", channels, bound=MAX_CHANNELS)
    check_among("scale", scale, SCALES)
    check_integer("width", width, bound=MAX_FILTERS)
    check_integer("blocks", blocks, maximum=MAX_BLOCKS)


def _dense_block(parts: Blocks, x: Tensor, width: int, growth: int) -> Tensor:
    seen = [x]
    for _ in range(_DENSE - 1):
        joined = keras.layers.Concatenate()(seen) if len(seen) > 1 else x
        seen.append(keras.layers.LeakyReLU(0.2)(_conv_he(parts, joined, growth, _TENTH)))
    return _residual(x, _conv_he(parts, keras.layers.Concatenate()(seen), width, _TENTH))


def _residual(x: Tensor, y: Tensor) -> Tensor:
    return keras.layers.Add()([x, keras.layers.Rescaling(_RESIDUAL)(y)])


def _conv_he(parts: Blocks, x: Tensor, filters: int, share: float = 1.0) -> Tensor:
    """Return a convolution of 3x3 whose weights begin at a share of those of He et al. 2015."""
    initializer = keras.initializers.VarianceScaling(2 * share**2, "fan_in", "untruncated_normal", seed=parts.seed())
    return Conv2D(filters, 3, padding="same", kernel_initializer=initializer)(x)


def _conv(parts: Blocks, x: Tensor, filters: int, size: int = 3, bias: bool = True) -> Tensor:
    return Conv2D(filters, size, padding="same", use_bias=bias, kernel_initializer=parts.initializer())(x)


def _prelu(x: Tensor) -> Tensor:
    return keras.layers.PReLU(shared_axes=[1, 2], alpha_initializer=keras.initializers.Constant(0.25))(x)
