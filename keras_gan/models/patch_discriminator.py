"""The discriminator that judges patches."""

import keras

from keras_gan.layers import Conv2D
from keras_gan.models.blocks.normalized import MAX_FILTERS, Blocks, check_among, images
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_integer

STRIDED = {16: 1, 34: 2, 70: 3, 142: 4, 286: 5}
"""How many of the convolutions halve the sides, by the pixels a side that a logit sees."""

_WIDEST = 8  # times the width next to the image


def patch_discriminator(
    channels: int = 3,
    source_channels: int | None = None,
    receptive_field: int = 70,
    width: int = 64,
    normalization: str = "batch",
    heads: bool = False,
    seed: int = 0,
) -> keras.Model:
    """Return the PatchGAN: a map of logits, each of which judges a patch of the image.

    What it asks for is that every patch looks right, which leaves the whole to a reconstruction loss or to the source.
    It has fewer weights than one that sees the whole image, and takes images of any side from about 16 pixels on.

    Isola et al. 2017, arXiv:1611.07004, section 3.2.2 and appendix 6.1.2. With 70 pixels, on pairs of 3 channels it has
    the 2,768,705 weights of the authors' PyTorch form; on single images, with instance normalization, CycleGAN's
    2,764,737.

    Args:
        channels: of the images that are judged, 1 to 64.
        source_channels: of the images that they were made from, where both are judged together; `None` for images
            alone.
        receptive_field: the pixels a side that a logit sees: 16, 34, 70, 142 or 286.
        width: channels of the layer next to the image, up to 4096; they double inwards, to eight times as many.
        normalization: `"batch"`, `"instance"` or `"none"`; with a gradient penalty one of the last two.
        heads: whether the maps of its layers are heads too, `"layer_0"` and so on: for `terms.FeatureMatching`.
        seed: of the initial weights.

    Returns:
        A functional Keras model from `(batch, height, width, channels)`, or `[source, images]`, to logits
        `(batch, rows, columns, 1)`; with `heads` to a dictionary with these as `"logits"`.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    discriminator = keras_gan.models.patch_discriminator(channels=3, source_channels=1, width=8)
    print(discriminator([ops.zeros((1, 256, 256, 1)), ops.zeros((1, 256, 256, 3))]).shape)  # (1, 30, 30, 1)
    ```
    """
    check_among("receptive_field", receptive_field, STRIDED)
    check_integer("width", width, bound=MAX_FILTERS)
    blocks = Blocks(seed, normalization)

    judged = images(channels, "images")
    source = None if source_channels is None else images(source_channels, "source")
    x = judged if source is None else keras.layers.Concatenate()([source, judged])
    strided, maps = STRIDED[receptive_field], []
    for level in range(strided + 1):
        filters = width * min(2**level, _WIDEST)
        x = _convolved(blocks, x, filters, halved=level < strided, first=level == 0)
        maps.append(x)
    x = Conv2D(1, 4, kernel_initializer=blocks.initializer())(keras.layers.ZeroPadding2D(1)(x))
    logits = keras.layers.Activation("linear", dtype="float32", name="logits")(x)
    outputs = {"logits": logits, **{f"layer_{level}": kept for level, kept in enumerate(maps)}} if heads else logits
    return keras.Model(judged if source is None else [source, judged], outputs, name="discriminator")


def _convolved(blocks: Blocks, x: Tensor, filters: int, halved: bool, first: bool) -> Tensor:
    """Return the maps of one layer: of half the sides, rounded down, or of sides that are one smaller."""
    options = {"use_bias": first or blocks.needs_bias, "kernel_initializer": blocks.initializer()}
    # A pixel on each side, as in PyTorch: 4x4 has no middle, and "same" would treat odd sides in another way.
    x = Conv2D(filters, 4, 2 if halved else 1, **options)(keras.layers.ZeroPadding2D(1)(x))
    return keras.layers.LeakyReLU(0.2)(x if first else blocks.normalized(x))
