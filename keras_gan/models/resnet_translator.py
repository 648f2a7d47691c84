"""The residual generator of CycleGAN and CUT."""

from collections.abc import Callable

import keras

from keras_gan.layers import Conv2D, CropLike, PadToMultiple, PatchProjector, ReflectionPadding2D, Resample
from keras_gan.models.blocks.normalized import MAX_CHANNELS, MAX_FILTERS, Blocks, as_images, images
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_bool, check_integer

MAX_BLOCKS = 64
_HALVINGS = 2
_DOWN = (1, 2, 1)  # taps of the filter before sides are halved


def resnet_translator(
    channels: int = 3,
    source_channels: int = 3,
    width: int = 64,
    blocks: int = 9,
    normalization: str = "instance",
    antialiased: bool = False,
    projectors: bool = False,
    seed: int = 0,
) -> keras.Model:
    """Return CycleGAN's generator: two halvings, residual blocks, two doublings, borders mirrored.

    It sees what is near and keeps what it is given: for translations that change looks and not shapes. It is fully
    convolutional. Images of any side from 7 pixels on are taken: those that 4 does not divide are padded inside, and
    cut off again.

    Johnson et al. 2016, arXiv:1603.08155; Zhu et al. 2017, arXiv:1703.10593, appendix 7.2. With the defaults it has the
    11,378,179 weights of the authors' PyTorch form, with 6 blocks 7,837,699; antialiased, that of Park et al. 2020,
    arXiv:2007.15651, has as many.

    Args:
        channels: of the images that are made, 1 to 64.
        source_channels: of those that are given.
        width: channels of the layers next to the image, up to 4096; four times as many in the blocks.
        blocks: of two convolutions each, 1 to 64: the paper has 6 for 128 pixels and 9 for 256.
        normalization: `"batch"`, `"instance"` or `"none"`. Only without instance normalization is a picture that is
            translated in tiles the same as one that is translated whole.
        antialiased: whether sides are halved and doubled by filters beside convolutions that keep them, as in CUT, and
            not by strides. Borders are mirrored, where the authors' code repeats them before it doubles.
        projectors: whether there are `layers.PatchProjector` for `terms.PatchContrast`: at the source, after both
            convolutions towards halved sides, and after the first and the middle block.
        seed: of the initial weights.

    Returns:
        A functional Keras model from `(batch, height, width, source_channels)` to `(batch, height, width, channels)` in
        [-1, 1].

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    generator = keras_gan.models.resnet_translator(width=8, blocks=2)
    print(generator(ops.zeros((1, 30, 50, 3))).shape)  # (1, 30, 50, 3)
    ```
    """
    check_integer("width", width, bound=MAX_FILTERS)
    check_integer("blocks", blocks, maximum=MAX_BLOCKS)
    check_integer("channels", channels, bound=MAX_CHANNELS)
    parts = Blocks(seed, normalization)
    compared = _compared if check_bool("projectors", projectors) else lambda _, x: x
    halved, doubled = (_filtered, _enlarged) if check_bool("antialiased", antialiased) else (_strided, _transposed)

    source = images(source_channels, "source")
    x = compared(parts, PadToMultiple(2**_HALVINGS)(source))
    x = _active(parts, _convolved(parts, ReflectionPadding2D(3)(x), width, 7))
    for level in range(1, _HALVINGS + 1):
        x = halved(parts, x, width * 2**level, compared)
    for block in range(blocks):
        y = _active(parts, _convolved(parts, ReflectionPadding2D(1)(x), width * 2**_HALVINGS, 3))
        y = parts.normalized(_convolved(parts, ReflectionPadding2D(1)(y), width * 2**_HALVINGS, 3))
        x = keras.layers.Add()([x, y])
        if block in (0, blocks // 2):
            x = compared(parts, x)
    for level in reversed(range(_HALVINGS)):
        x = _active(parts, doubled(parts, x, width * 2**level))
    x = Conv2D(channels, 7, kernel_initializer=parts.initializer())(ReflectionPadding2D(3)(x))
    return keras.Model(source, CropLike()([as_images(x), source]), name="generator")


def _convolved(parts: Blocks, x: Tensor, filters: int, size: int, stride: int = 1) -> Tensor:
    bias = parts.needs_bias
    return Conv2D(filters, size, stride, use_bias=bias, kernel_initializer=parts.initializer())(x)


def _compared(parts: Blocks, x: Tensor) -> Tensor:
    """Return the maps as they are, after a layer that makes vectors of their pixels."""
    return PatchProjector(seed=parts.seed())(x)


def _strided(parts: Blocks, x: Tensor, filters: int, compared: Callable[[Blocks, Tensor], Tensor]) -> Tensor:
    """Return maps of half the sides, by a convolution with a stride."""
    # One pixel on each side, as in PyTorch: "same" would put both at the end, and so move the picture.
    x = compared(parts, _convolved(parts, keras.layers.ZeroPadding2D(1)(x), filters, 3, 2))
    return _active(parts, x)


def _filtered(parts: Blocks, x: Tensor, filters: int, compared: Callable[[Blocks, Tensor], Tensor]) -> Tensor:
    """Return maps of half the sides, by a filter after a convolution."""
    x = _active(parts, compared(parts, _convolved(parts, keras.layers.ZeroPadding2D(1)(x), filters, 3)))
    # Borders mirrored by two pixels, of which the filter's own border of zeros darkens the outer one.
    x = Resample("down", kernel=_DOWN)(ReflectionPadding2D(2)(x))
    return keras.layers.Cropping2D(1)(x)


def _transposed(parts: Blocks, x: Tensor, filters: int) -> Tensor:
    """Return maps of twice the sides: the transpose of the convolution that has halved them."""
    bias = parts.needs_bias
    layer = keras.layers.Conv2DTranspose(filters, 3, 2, use_bias=bias, kernel_initializer=parts.initializer())
    return keras.layers.Cropping2D(((1, 0), (1, 0)))(layer(x))  # of the 2 n + 1 rows that n rows reach


def _enlarged(parts: Blocks, x: Tensor, filters: int) -> Tensor:
    """Return maps of twice the sides, by a convolution of enlarged ones."""
    # Here too the borders are mirrored, before the filter darkens them.
    x = keras.layers.Cropping2D(2)(Resample("up")(ReflectionPadding2D(1)(x)))
    return _convolved(parts, keras.layers.ZeroPadding2D(1)(x), filters, 3)


def _active(parts: Blocks, x: Tensor) -> Tensor:
    return keras.layers.ReLU()(parts.normalized(x))
