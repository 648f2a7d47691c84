"""R3GAN: residual networks of grouped convolutions, without normalization."""

import math
from collections.abc import Iterator, Sequence

import keras

from keras_gan.layers import Conv2D, LearnedConstant, Resample
from keras_gan.models.networks import (
    MAX_FILTERS,
    Networks,
    centred,
    check_arguments,
    encoded,
    halved_sides,
    join_labels,
    labels_input,
    layer_seeds,
)
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer

MAX_BLOCKS = 64  # of a stage
_WIDE_STAGES = 4  # from the innermost on; after them the widths are halved
_EXPANSION = 2  # of the channels inside of a block
_SLOPE = 0.2
_EMBEDDING = 64  # numbers that the generator's label becomes


def r3gan(
    sample_shape: Sequence[int],
    latent_dim: int = 64,
    width: int | Sequence[int] = 768,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    blocks: int = 2,
    group_width: int = 16,
    seed: int = 0,
) -> Networks:
    """Return the networks of R3GAN, the baseline of 2024, for the relativistic loss with R1 and R2.

    The image's sides are halved until the shorter one is 4 to 7: 32x32 and 256x256 meet in 4x4 maps, 48x32 in 6x4,
    28x28 in 7x7. Of other sides the networks make and see the least such size that they fit in: of its images the
    generator's are the middle, and the discriminator's have zeros around them. At each size stand residual blocks:
    convolutions 1x1, 3x3 in groups and 1x1, with twice the channels inside, leaky ReLU, and nothing that normalizes:
    the last convolution of a block is 0 at first, the others are smaller the more blocks there are ("fix-up"). Between
    sizes images are resampled with the filter (1, 3, 3, 1), and a convolution 1x1 changes the channels where the widths
    differ. The generator starts from a learned basis whose channels the latents scale, and ends without tanh: its
    images may leave [-1, 1] a little. With labels it gets an embedding of them beside the latents, and the
    discriminator's features are multiplied by another.

    The paper's are the defaults for CIFAR-10 and FFHQ of 64 and 256, `width=1536, group_width=32` for ImageNet of 32,
    and `width=[1536] * 5, group_width=32` for 64.

    Huang et al. 2024, arXiv:2501.05441, section 4 and appendix; fix-up: Zhang et al. 2019, arXiv:1901.09321.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, the longer one at most 32 when the shorter one
            is halved to 4 to 7; 1 to 64 channels.
        latent_dim: columns of the latents.
        width: channels of the four innermost sizes, after which they are halved; or those of all sizes, the innermost
            first. Up to 4096.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        blocks: of each size, up to 64.
        group_width: channels of a group, or where it does not divide them the greatest divisor that both have.
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    networks = keras_gan.models.r3gan((32, 32, 3), width=32)
    gan = keras_gan.GAN(*networks, ema=keras_gan.ExponentialMovingAverage(half_life=10_000))
    gan.compile(
        keras_gan.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9),
        keras_gan.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9),
        loss="relativistic",
        terms=[keras_gan.penalties.R1(0.1), keras_gan.penalties.R2(0.1)],
    )
    ```
    """
    sizes = halved_sides(sample_shape)  # from the innermost
    widths = _widths(width, len(sizes))
    check_arguments(latent_dim, num_classes, condition_dim, group_width=group_width)
    check_integer("blocks", blocks, bound=MAX_BLOCKS)
    layers = _Layers(seed, blocks, len(sizes), group_width)

    generator = _generator(layers, sizes, widths, sample_shape, latent_dim, num_classes, condition_dim)
    judge = _discriminator(layers, sizes, widths, sample_shape, num_classes, condition_dim)
    return Networks(generator, judge)


def _generator(
    layers: "_Layers",
    sizes: Sequence[tuple[int, int]],
    widths: Sequence[int],
    sample_shape: Sequence[int],
    latent_dim: int,
    num_classes: int | None,
    condition_dim: int | None,
) -> keras.Model:
    latents = keras.Input((latent_dim,), name="latents")
    inputs, x = join_labels(latents, num_classes, condition_dim, lambda label: layers.dense(_EMBEDDING)(label))
    scale = keras.layers.Reshape((1, 1, widths[0]))(layers.dense(widths[0])(x))
    x = keras.layers.Multiply()([LearnedConstant((*sizes[0], widths[0]), seed=next(layers.seeds))(latents), scale])
    for index, filters in enumerate(widths):
        if index:
            x = layers.widened(x, filters)
            x = Resample("up")(x)
        x = layers.stage(x)
    x = layers.convolution(sample_shape[-1], dtype="float32", name="images")(x)
    return keras.Model(inputs, centred(x, sample_shape[:2]), name="generator")


def _discriminator(
    layers: "_Layers",
    sizes: Sequence[tuple[int, int]],
    widths: Sequence[int],
    sample_shape: Sequence[int],
    num_classes: int | None,
    condition_dim: int | None,
) -> keras.Model:
    images = keras.Input(sample_shape, name="images")
    x = layers.convolution(widths[-1])(centred(images, sizes[-1]))
    for filters in (*reversed(widths[:-1]), None):
        x = layers.stage(x)
        if filters is not None:
            x = layers.widened(Resample("down")(x), filters)
    x = layers.pooled(x)
    labels = labels_input(num_classes, condition_dim)
    if labels is None:
        return keras.Model(images, layers.dense(1, dtype="float32", name="logit")(x), name="discriminator")
    given = encoded(labels, num_classes)
    features = layers.dense(widths[0], dtype="float32")(x)
    embedding = layers.dense(widths[0], gain=1.0 / math.sqrt(widths[0]), dtype="float32", name="embedding")(given)
    logit = keras.layers.Dot(axes=1, dtype="float32", name="logit")([features, embedding])
    return keras.Model([images, labels], logit, name="discriminator")


class _Layers:
    """The layers that both networks repeat, with the initial weights of a network of so many blocks."""

    def __init__(self, seed: int, blocks: int, stages: int, group_width: int) -> None:
        self.seeds: Iterator[int] = layer_seeds(seed)
        self._blocks = blocks
        self._group_width = group_width
        # He's gain for this slope, and fix-up's L^(-1 / (2 m - 2)) for m = 3 layers in each of L blocks.
        self._gain = math.sqrt(2.0 / (1.0 + _SLOPE**2)) * (blocks * stages) ** -0.25

    def _normal(self, gain: float = 1.0) -> keras.initializers.Initializer:
        if gain == 0.0:
            return keras.initializers.Zeros()
        return keras.initializers.VarianceScaling(gain**2, "fan_in", "untruncated_normal", seed=next(self.seeds))

    def dense(self, units: int, gain: float = 1.0, **options: str) -> keras.layers.Layer:
        return keras.layers.Dense(units, use_bias=False, kernel_initializer=self._normal(gain), **options)

    def convolution(
        self, filters: int, size: int = 1, groups: int = 1, gain: float = 1.0, use_bias: bool = False, **options: str
    ) -> keras.layers.Layer:
        initializer = self._normal(gain)
        options = {"padding": "same", **options}
        return Conv2D(filters, size, groups=groups, use_bias=use_bias, kernel_initializer=initializer, **options)

    def widened(self, x: Tensor, filters: int) -> Tensor:
        """Return maps with so many channels, by a convolution where that changes them."""
        return x if x.shape[-1] == filters else self.convolution(filters)(x)

    def stage(self, x: Tensor) -> Tensor:
        """Return maps after the residual blocks of one size."""
        width = x.shape[-1]
        inside = _EXPANSION * width
        groups = inside // math.gcd(inside, self._group_width)
        for _ in range(self._blocks):
            y = self.convolution(inside, gain=self._gain, use_bias=True)(x)
            y = keras.layers.LeakyReLU(_SLOPE)(y)
            y = self.convolution(inside, 3, groups, gain=self._gain, use_bias=True)(y)
            y = keras.layers.LeakyReLU(_SLOPE)(y)
            x = keras.layers.Add()([x, self.convolution(width, gain=0.0)(y)])
        return x

    def pooled(self, x: Tensor) -> Tensor:
        """Return `(batch, channels)`: each channel's places, weighted and summed."""
        places = math.prod(x.shape[1:3])
        initializer = keras.initializers.RandomNormal(stddev=places**-0.5, seed=next(self.seeds))
        # A convolution of each channel with a kernel as large as the maps.
        return keras.layers.EinsumDense("bhwc,hwc->bc", (x.shape[-1],), kernel_initializer=initializer)(x)


def _widths(width: int | Sequence[int], stages: int) -> list[int]:
    """Return the channels of each size, from the innermost."""
    if isinstance(width, int):
        check_integer("width", width, bound=MAX_FILTERS)
        return [max(width >> max(stage - _WIDE_STAGES + 1, 0), 1) for stage in range(stages)]
    if not isinstance(width, (list, tuple)) or len(width) != stages:
        raise InputError(
            f"`width` must be an integer, or a list of {stages} for these sides. Received: width={str(width)[:200]}"
        )
    return [check_integer("width", each, bound=MAX_FILTERS) for each in width]
