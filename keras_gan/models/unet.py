"""The U-Net of pix2pix."""

import keras

from keras_gan.layers import Conv2D, Conv2DTranspose, CropLike, Dropout, PadToMultiple
from keras_gan.models.blocks.normalized import MAX_CHANNELS, MAX_FILTERS, Blocks, as_images, images
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_integer, check_number

MAX_DEPTH = 10
_WIDEST = 8  # times the width next to the image
_DROPPED = 3  # of the decoder's layers, the innermost ones


def unet(
    channels: int = 3,
    source_channels: int = 3,
    width: int = 64,
    depth: int = 8,
    normalization: str = "batch",
    dropout: float = 0.5,
    seed: int = 0,
) -> keras.Model:
    """Return pix2pix's generator: an encoder and a decoder whose maps of equal sides are joined.

    Sides are halved `depth` times by strided convolutions of 4x4 and doubled as often. Images of any side are taken:
    those that 2^depth does not divide are padded inside, and cut off again. The noise of the paper is its dropout,
    which this one has in training only, as it has the statistics of the batch; with `"instance"` there is no difference
    between a batch of one and inference.

    Isola et al. 2017, arXiv:1611.07004, section 6.1.1. With the defaults it has the 54,413,955 weights of the authors'
    PyTorch form.

    Args:
        channels: of the images that are made, 1 to 64.
        source_channels: of those that are given.
        width: channels of the layers next to the image, up to 4096; they double inwards, to eight times as many.
        depth: how often the sides are halved, 2 to 10: 8 sees 256 pixels as one.
        normalization: `"batch"`, `"instance"` or `"none"`.
        dropout: the share that the decoder's layers drop, the three innermost ones of those that are widest, in [0, 1).
        seed: of the initial weights and of the dropout.

    Returns:
        A functional Keras model from `(batch, height, width, source_channels)` to `(batch, height, width, channels)` in
        [-1, 1].

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    generator = keras_gan.models.unet(channels=3, source_channels=1, width=8, depth=5)
    print(generator(ops.zeros((1, 50, 70, 1))).shape)  # (1, 50, 70, 3)
    ```
    """
    check_integer("width", width, bound=MAX_FILTERS)
    check_integer("depth", depth, minimum=2, maximum=MAX_DEPTH)
    check_integer("channels", channels, bound=MAX_CHANNELS)
    check_number("dropout", dropout, minimum=0.0, maximum=1.0, open_maximum=True)
    blocks = Blocks(seed, normalization)
    widths = [width * min(2**level, _WIDEST) for level in range(depth)]

    source = images(source_channels, "source")
    x = PadToMultiple(2**depth)(source)
    maps = []  # the encoder's, from the image inwards
    for level, filters in enumerate(widths):
        x = keras.layers.LeakyReLU(0.2)(x) if level else x
        # Not normalized are the first, which sees the image's own colours, and the last, which may be one place.
        inner = 0 < level < depth - 1
        bias = inner and blocks.needs_bias
        x = Conv2D(filters, 4, 2, "same", use_bias=bias, kernel_initializer=blocks.initializer())(x)
        x = blocks.normalized(x) if inner else x
        maps.append(x)
    for level in reversed(range(1, depth)):
        dropped = depth - level <= _DROPPED and widths[level - 1] == widths[-1]
        x = _doubled(x, widths[level - 1], blocks, dropout if dropped else 0.0)
        x = keras.layers.Concatenate()([maps[level - 1], x])
    x = Conv2DTranspose(channels, 4, 2, "same", kernel_initializer=blocks.initializer())(keras.layers.ReLU()(x))
    return keras.Model(source, CropLike()([as_images(x), source]), name="generator")


def _doubled(x: Tensor, filters: int, blocks: Blocks, dropout: float) -> Tensor:
    """Return maps of twice the sides."""
    x, bias = keras.layers.ReLU()(x), blocks.needs_bias
    x = Conv2DTranspose(filters, 4, 2, "same", use_bias=bias, kernel_initializer=blocks.initializer())(x)
    x = blocks.normalized(x)
    return Dropout(dropout, seed=blocks.seed())(x) if dropout else x
