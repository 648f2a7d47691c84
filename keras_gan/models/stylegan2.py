"""StyleGAN2: a generator whose convolutions are scaled by styles, and a residual discriminator."""

import math
from collections.abc import Iterator, Sequence

import keras

from keras_gan.layers import (
    Blur,
    EqualizedConv2D,
    EqualizedDense,
    LearnedConstant,
    MappingNetwork,
    MinibatchStdDev,
    ModulatedConv2D,
    Noise,
    PixelNorm,
    Resample,
    ScaledLeakyReLU,
)
from keras_gan.models.networks import (
    MAX_WIDTH,
    Networks,
    centred,
    check_arguments,
    encoded,
    halved_sides,
    labels_input,
    layer_seeds,
)
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_bool, check_integer

_LABEL_DEPTH = 8  # dense layers of the discriminator's labels


def stylegan2(
    sample_shape: Sequence[int],
    latent_dim: int = 512,
    style_dim: int = 512,
    channel_base: int = 32768,
    max_channels: int = 512,
    mapping_depth: int = 8,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    residual: bool = True,
    mixing: float = 0.9,
    group_size: int = 4,
    seed: int = 0,
) -> Networks:
    """Return the networks of StyleGAN2: the skip generator and the residual discriminator.

    The image's sides are halved until the shorter one is 4 to 7: 32x32 and 256x256 meet in 4x4 maps, 48x32 in 6x4. Of
    other sides the networks make and see the least such size that they fit in: of its images the generator's are the
    middle, and the discriminator's have zeros around them. Maps of side s have `min(channel_base / s, max_channels)`
    channels. The generator's layer `"mapping"` makes a style for each convolution, with style mixing in training and
    truncation in inference (see `keras_gan.layers.MappingNetwork`). Every size adds its part to the image, which ends
    without tanh. The discriminator sees the deviation within groups of the batch. With labels, their embedding goes
    beside the latents, and the discriminator's features are multiplied by what another mapping network makes of them.

    Config F is the default; config E and the smaller networks of StyleGAN2-ADA have `channel_base=16384`. Its CIFAR-10
    networks: `residual=False, mapping_depth=2, mixing=0.0, group_size=32`.

    Karras et al. 2020, arXiv:1912.04958, sections 2 and 4, appendix B; conditions: Karras et al. 2020,
    arXiv:2006.06676, appendix D.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, the longer one at most 32 when the shorter one
            is halved to 4 to 7; 1 to 64 channels.
        latent_dim: columns of the latents.
        style_dim: numbers of a style, and units of the mapping network.
        channel_base: channels times the longer side of the maps.
        max_channels: the most channels.
        mapping_depth: dense layers of the mapping network.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        residual: whether the discriminator's blocks have a shortcut.
        mixing: the probability of mixed styles, in [0, 1].
        group_size: samples whose deviation the discriminator sees.
        seed: of the initial weights and of noise.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    networks = keras_gan.models.stylegan2((32, 32, 3), style_dim=64, channel_base=512, mapping_depth=2)
    gan = keras_gan.GAN(*networks, ema=0.999)
    ```
    """
    sizes = halved_sides(sample_shape)  # from the innermost
    check_arguments(latent_dim, num_classes, condition_dim, max_channels=max_channels)
    check_integer("style_dim", style_dim, bound=MAX_WIDTH)
    check_integer("channel_base", channel_base, bound=MAX_WIDTH)
    check_bool("residual", residual)
    channels = [max(min(channel_base // max(size), max_channels), 1) for size in sizes]
    seeds, told = layer_seeds(seed), (num_classes, condition_dim)
    mapping = MappingNetwork(
        2 * len(sizes), style_dim, mapping_depth, mixing, seed=next(seeds), dtype="float32", name="mapping"
    )
    generator = _generator(seeds, mapping, sizes, channels, latent_dim, sample_shape, told)
    judge = _Judge(seeds, residual, group_size)
    return Networks(generator, judge.network(sample_shape, sizes[-1], channels, style_dim, told))


def _generator(
    seeds: Iterator[int],
    mapping: MappingNetwork,
    sizes: Sequence[tuple[int, int]],
    channels: Sequence[int],
    latent_dim: int,
    sample_shape: Sequence[int],
    told: tuple[int | None, int | None],
) -> keras.Model:
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(*told)
    if labels is None:
        inputs, styles = latents, mapping(latents)
    else:
        inputs, styles = [latents, labels], mapping([latents, encoded(labels, told[0])])

    def convolved(x: Tensor, filters: int, upsample: bool, place: int) -> Tensor:
        x = ModulatedConv2D(filters, 3, upsample=upsample, seed=next(seeds))([x, styles[:, place]])
        return ScaledLeakyReLU()(Noise(seed=next(seeds))(x))

    x = LearnedConstant((*sizes[0], channels[0]), seed=next(seeds))(styles)
    image = None
    for stage, filters in enumerate(channels):
        place = 2 * stage
        if stage:
            x = convolved(x, filters, True, place - 1)  # of the style that coloured the size before
        x = convolved(x, filters, False, place)
        colour = ModulatedConv2D(sample_shape[-1], 1, demodulate=False, seed=next(seeds))([x, styles[:, place + 1]])
        colour = keras.layers.Activation("linear", dtype="float32")(colour)
        image = (
            colour
            if image is None
            else keras.layers.Add(dtype="float32")([Resample("up", dtype="float32")(image), colour])
        )
    return keras.Model(inputs, centred(image, sample_shape[:2]), name="generator")


class _Judge:
    """The discriminator, layer by layer."""

    def __init__(self, seeds: Iterator[int], residual: bool, group_size: int) -> None:
        self._seeds = seeds
        self._residual = residual
        self._group_size = group_size

    def network(
        self,
        sample_shape: Sequence[int],
        size: tuple[int, int],
        channels: Sequence[int],
        style_dim: int,
        told: tuple[int | None, int | None],
    ) -> keras.Model:
        """Return the whole, which sees images of `size`; `channels` are those of each size, from the innermost."""
        images = keras.Input(sample_shape, name="images")
        x = self._convolved(centred(images, size), channels[-1], 1)
        for filters in reversed(channels[:-1]):
            x = self._block(x, filters)
        x = MinibatchStdDev(self._group_size)(x)
        x = keras.layers.Flatten()(self._convolved(x, channels[0], 3))
        x = ScaledLeakyReLU()(EqualizedDense(channels[0], seed=next(self._seeds))(x))
        labels = labels_input(*told)
        if labels is None:
            logit = EqualizedDense(1, seed=next(self._seeds), dtype="float32", name="logit")(x)
            return keras.Model(images, logit, name="discriminator")
        given = encoded(labels, told[0])
        features = EqualizedDense(style_dim, seed=next(self._seeds), dtype="float32")(x)
        logit = keras.layers.Dot(axes=1, dtype="float32")([features, self._mapped(given, style_dim)])
        logit = keras.layers.Rescaling(1.0 / math.sqrt(style_dim), dtype="float32", name="logit")(logit)
        return keras.Model([images, labels], logit, name="discriminator")

    def _mapped(self, given: Tensor, width: int) -> Tensor:
        x = PixelNorm(dtype="float32")(EqualizedDense(width, seed=next(self._seeds), dtype="float32")(given))
        for _ in range(_LABEL_DEPTH):
            x = EqualizedDense(width, learning_rate_multiplier=0.01, seed=next(self._seeds), dtype="float32")(x)
            x = ScaledLeakyReLU(dtype="float32")(x)
        return x

    def _block(self, x: Tensor, filters: int) -> Tensor:
        y = self._convolved(x, x.shape[-1], 3)
        # The filter needs a pixel beyond the border for the strided convolution that follows.
        y = Blur()(keras.layers.ZeroPadding2D(((0, 1), (0, 1)))(y))
        y = EqualizedConv2D(filters, 3, 2, "valid", seed=next(self._seeds))(y)
        y = ScaledLeakyReLU()(y)
        if not self._residual:
            return y
        shortcut = EqualizedConv2D(filters, 1, use_bias=False, seed=next(self._seeds))(Resample("down")(x))
        return keras.layers.Rescaling(math.sqrt(0.5))(keras.layers.Add()([shortcut, y]))

    def _convolved(self, x: Tensor, filters: int, size: int) -> Tensor:
        return ScaledLeakyReLU()(EqualizedConv2D(filters, size, seed=next(self._seeds))(x))
