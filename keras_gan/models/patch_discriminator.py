"""The discriminator that judges patches."""

import keras

from keras_gan.layers import Conv2D, ReflectionPadding2D, RepeatLike
from keras_gan.models.blocks.normalized import MAX_FILTERS, Blocks, check_among, images
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_integer

STRIDED = {16: 1, 34: 2, 70: 3, 142: 4, 286: 5}
"""How many of the convolutions halve the sides, by the pixels a side that a logit sees."""

MAX_SCALES = 4
_WIDEST = 8  # times the width next to the image


def patch_discriminator(
    channels: int = 3,
    source_channels: int | None = None,
    receptive_field: int = 70,
    width: int = 64,
    normalization: str = "batch",
    heads: bool = False,
    scales: int = 1,
    seed: int = 0,
) -> keras.Model:
    """Return the PatchGAN: a map of logits, each of which judges a patch of the image.

    What it asks for is that every patch looks right, which leaves the whole to a reconstruction loss or to the source.
    It has fewer weights than one that sees the whole image, and takes images of any side from a few pixels on: 24 for
    patches of 70, twice as many with each further scale.

    Isola et al. 2017, arXiv:1611.07004, section 3.2.2 and appendix 6.1.2. With 70 pixels, on pairs of 3 channels it has
    the 2,768,705 weights of the authors' PyTorch form; on single images, with instance normalization, CycleGAN's
    2,764,737. Of several scales: Wang et al. 2018, arXiv:1711.11585, section 3.2 (pix2pixHD, which has three, and adds
    up their losses: three times the mean that a loss of all logits is; and whose pooling leaves out what is beyond the
    border, which is mirrored here).

    Args:
        channels: of the images that are judged, 1 to 64.
        source_channels: of the images that they were made from, where both are judged together; `None` for images
            alone.
        receptive_field: the pixels a side that a logit sees: 16, 34, 70, 142 or 286.
        width: channels of the layer next to the image, up to 4096; they double inwards, to eight times as many.
        normalization: `"batch"`, `"instance"` or `"none"`; with a gradient penalty one of the last two.
        heads: whether the maps of its layers are heads too, `"layer_0"` and so on (`"layer_0_at_2"` where the image
            has half its sides): for `terms.PairedFeatureMatching`.
        scales: 1 to 4 networks: the first judges the image, each other one the image at half the sides of the one
            before, where the same patch is twice as large.
        seed: of the initial weights.

    Returns:
        A functional Keras model from `(batch, height, width, channels)`, or `[source, images]`, to logits
        `(batch, rows, columns, 1)`; with `heads` to a dictionary with these as `"logits"`. The maps of several scales
        lie one below the other, each repeated to the sides of the first.

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

    check_integer("scales", scales, maximum=MAX_SCALES)

    judged = images(channels, "images")
    source = None if source_channels is None else images(source_channels, "source")
    x = judged if source is None else keras.layers.Concatenate()([source, judged])
    logits: list[Tensor] = []
    kept: dict[str, Tensor] = {}
    for scale in range(scales):
        if scale:  # a pixel on each side, so that the window's middle falls on every other pixel
            x = keras.layers.AveragePooling2D(3, 2)(ReflectionPadding2D(1)(x))
        maps = _maps(blocks, x, STRIDED[receptive_field], width)
        logits.append(_logits(blocks, maps[-1]))
        kept |= {f"layer_{level}" + f"_at_{2**scale}" * bool(scale): layer for level, layer in enumerate(maps)}
    beside = [logits[0], *(RepeatLike()([coarse, logits[0]]) for coarse in logits[1:])]
    joined = keras.layers.Concatenate(axis=1)(beside) if scales > 1 else logits[0]
    judgement = keras.layers.Activation("linear", dtype="float32", name="logits")(joined)
    outputs = {"logits": judgement, **kept} if heads else judgement
    return keras.Model(judged if source is None else [source, judged], outputs, name="discriminator")


def _maps(blocks: Blocks, x: Tensor, strided: int, width: int) -> list[Tensor]:
    """Return the maps of all layers but the last."""
    maps = []
    for level in range(strided + 1):
        x = _convolved(blocks, x, width * min(2**level, _WIDEST), halved=level < strided, first=level == 0)
        maps.append(x)
    return maps


def _logits(blocks: Blocks, x: Tensor) -> Tensor:
    return Conv2D(1, 4, kernel_initializer=blocks.initializer())(keras.layers.ZeroPadding2D(1)(x))


def _convolved(blocks: Blocks, x: Tensor, filters: int, halved: bool, first: bool) -> Tensor:
    """Return the maps of one layer: of half the sides, rounded down, or of sides that are one smaller."""
    options = {"use_bias": first or blocks.needs_bias, "kernel_initializer": blocks.initializer()}
    # A pixel on each side, as in PyTorch: 4x4 has no middle, and "same" would treat odd sides in another way.
    x = Conv2D(filters, 4, 2 if halved else 1, **options)(keras.layers.ZeroPadding2D(1)(x))
    return keras.layers.LeakyReLU(0.2)(x if first else blocks.normalized(x))
