"""The residual blocks of SNGAN, and of the networks that were made from it: SAGAN and BigGAN."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import keras

from keras_gan.layers import (
    Conv2D,
    SelfAttention,
    SpectralNormalization,
)
from keras_gan.models.networks import INNERMOST, cropped
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer

Size: TypeAlias = tuple[int, int]
Normalize: TypeAlias = Callable[[Tensor], Tensor]

# Channels of the maps from the image inwards, in units of the width: for more than 3 halvings those of BigGAN (Brock et
# al. 2019, arXiv:1809.11096, tables 4 to 9), of which 64 and 128 pixels are SNGAN's and SAGAN's too.
_MULTIPLIERS = {4: (1, 2, 4, 8, 16), 5: (1, 2, 4, 8, 16, 16), 6: (1, 2, 4, 8, 8, 16, 16)}
_LARGEST = (1, 2, 4, 8, 8, 16, 16)  # after as many 1s as are left


def map_sizes(height: int, width: int) -> list[Size]:
    """Return the height and the width of the maps, from the image inwards, by halves that are rounded up."""
    sizes = [(height, width)]
    while -(-min(sizes[-1]) // 2) >= INNERMOST:
        down, across = sizes[-1]
        sizes.append((-(-down // 2), -(-across // 2)))
    return sizes


def multipliers(halvings: int, small: int = 4) -> tuple[int, ...]:
    """Return the channels of the maps in units of the width, from the image inwards: one more than `halvings`.

    Args:
        halvings: of the image's sides, down to the innermost maps.
        small: of images that are halved up to 3 times, such as CIFAR's, whose maps are all of one width.
    """
    if halvings <= 3:
        return (small,) * (halvings + 1)
    return _MULTIPLIERS.get(halvings) or (1,) * (halvings - 6) + _LARGEST


def glorot(seed: int, gain: float = 1.0) -> keras.initializers.Initializer:
    """Return Glorot's uniform initialization, times `gain`."""
    return keras.initializers.VarianceScaling(gain**2, "fan_avg", "uniform", seed=seed)


def orthogonal(seed: int, gain: float = 1.0) -> keras.initializers.Initializer:
    """Return the orthogonal initialization, times `gain`."""
    return keras.initializers.Orthogonal(gain, seed=seed)


class ResidualLayers:
    """What residual networks are built of: layers and blocks, each layer with a seed of its own.

    Args:
        seeds: of the initial weights, one for each layer.
        initializer: makes an initializer of a seed and a gain.
        spectral_normalization: whether kernels are divided by their largest singular values.
        gain: of the 3x3 convolutions of blocks.
    """

    def __init__(
        self,
        seeds: Iterator[int],
        initializer: Callable[[int, float], keras.initializers.Initializer] = glorot,
        spectral_normalization: bool = False,
        gain: float = 1.0,
    ) -> None:
        self.seeds = seeds
        self._initializer = initializer
        self._spectral = spectral_normalization
        self._gain = gain

    def initializer(self, gain: float = 1.0) -> keras.initializers.Initializer:
        """Return an initializer with a fresh seed."""
        return self._initializer(next(self.seeds), gain)

    def normalized(self, layer: keras.layers.Layer) -> keras.layers.Layer:
        """Return the layer, with its kernel divided by its largest singular value if these layers are."""
        return SpectralNormalization(layer) if self._spectral else layer

    def conv(self, x: Tensor, filters: int, kernel_size: int, gain: float = 1.0) -> Tensor:
        """Return a convolution that keeps the sides, with a bias."""
        initializer = self.initializer(gain)
        return self.normalized(Conv2D(filters, kernel_size, padding="same", kernel_initializer=initializer))(x)

    def dense(self, x: Tensor, units: int, use_bias: bool = True) -> Tensor:
        """Return a dense layer's outputs."""
        return self.normalized(keras.layers.Dense(units, use_bias=use_bias, kernel_initializer=self.initializer()))(x)

    def maps(self, x: Tensor, size: Size, filters: int) -> Tensor:
        """Return the innermost maps of a generator, from vectors."""
        return keras.layers.Reshape((*size, filters))(self.dense(x, size[0] * size[1] * filters))

    def attention(self, x: Tensor) -> Tensor:
        """Return maps whose positions have seen each other."""
        initializer = self._initializer(0, 1.0)  # the layer has seeds of its own
        options = {"spectral_normalization": self._spectral, "kernel_initializer": initializer}
        return SelfAttention(seed=next(self.seeds), **options)(x)

    def up(self, x: Tensor, filters: int, size: Size, normalize: Normalize) -> Tensor:
        """Return a generator's block: maps of twice the sides, of `size` where a side is odd.

        Normalization, ReLU, doubling, convolution, normalization, ReLU, convolution, and a shortcut beside them.

        Args:
            x: maps.
            filters: of the result, and between the convolutions.
            size: of the result.
            normalize: the normalization; called twice.
        """
        y = doubled(keras.layers.ReLU()(normalize(x)), size)
        y = self.conv(y, filters, 3, self._gain)
        y = self.conv(keras.layers.ReLU()(normalize(y)), filters, 3, self._gain)
        # The papers double first: a convolution of one place does not see the difference, and has a quarter to do.
        return keras.layers.Add()([y, doubled(self.conv(x, filters, 1), size)])

    def down(self, x: Tensor, filters: int, hidden: int, halve: bool = True, first: bool = False) -> Tensor:
        """Return a discriminator's block: maps of half the sides, rounded up, or of the same.

        ReLU, convolution, ReLU, convolution, average pooling, and a shortcut beside them.

        Args:
            x: maps, or images.
            filters: of the result.
            hidden: channels between the convolutions.
            halve: whether the sides are halved.
            first: whether `x` are the images, which no ReLU may cut.
        """
        y = self.conv(x if first else keras.layers.ReLU()(x), hidden, 3, self._gain)
        y = self.conv(keras.layers.ReLU()(y), filters, 3, self._gain)
        y = halved(y) if halve else y
        if first or halve or x.shape[-1] != filters:
            # The papers pool last, but for the first block: to the mean of a place and its like it is all one.
            x = self.conv(halved(x) if halve else x, filters, 1)
        return keras.layers.Add()([y, x])


def sum_pooled(x: Tensor) -> Tensor:
    """Return `(batch, channels)`, float32: the sums over the places, not the means, after a ReLU."""
    height, width = x.shape[1:3]
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(keras.layers.ReLU()(x))
    return keras.layers.Rescaling(height * width, dtype="float32", name="features")(x)


def images_of(x: Tensor) -> Tensor:
    """Return images in (-1, 1), float32."""
    return keras.layers.Activation("tanh", dtype="float32", name="images")(x)


def generator_maps(
    layers: ResidualLayers,
    x: Tensor,
    sizes: Sequence[Size],
    widths: Sequence[int],
    normalize: Callable[[int], Normalize],
    attention: int | None = None,
) -> Tensor:
    """Return the maps of a generator's last block.

    Args:
        layers: what it is built of.
        x: the vectors that the innermost maps are made from.
        sizes: of the maps, from the image inwards.
        widths: their channels.
        normalize: returns the normalization of a block, whose number is given, from 0 at the innermost.
        attention: the side of the largest maps that attention is for, or `None`; see `sagan`.

    Raises:
        InputError: no block makes maps as small.
    """
    place = place_of_attention(attention, sizes[:-1])
    x = layers.maps(x, sizes[-1], widths[-1])
    for block, level in enumerate(reversed(range(len(sizes) - 1))):
        x = layers.up(x, widths[level], sizes[level], normalize(block))
        x = layers.attention(x) if level == place else x
    return x


def discriminator_maps(
    layers: ResidualLayers,
    images: Tensor,
    width: int,
    small: int,
    attention: int | None = None,
    hidden_is_output: bool = True,
) -> Tensor:
    """Return the maps of a discriminator's last block.

    Of images that are halved up to 3 times the generator's last halving is left out, and two blocks that do not halve
    follow; of others one does.

    Args:
        layers: what it is built of.
        images: `(batch, height, width, channels)`.
        width: the unit of the channels.
        small: how many units the maps of images that are halved up to 3 times have.
        attention: the side of the largest maps that attention is for, or `None`; see `sagan`.
        hidden_is_output: whether blocks have as many channels between their convolutions as come out; else as come in.

    Raises:
        InputError: no block makes maps as small.
    """
    sizes = map_sizes(*images.shape[1:3])
    widths, halvings = multipliers(len(sizes) - 1, small), len(sizes) - 1
    if len(sizes) <= 4:
        halvings = max(halvings - 1, 1)
        widths = (small,) * (halvings + 2)
    place = place_of_attention(attention, sizes[1 : halvings + 1])
    x = images
    for block, filters in enumerate(width * multiplier for multiplier in widths):
        hidden = filters if hidden_is_output or block == 0 else x.shape[-1]
        x = layers.down(x, filters, hidden, halve=block < halvings, first=block == 0)
        x = layers.attention(x) if block == place else x
    return x


def place_of_attention(side: int | None, sizes: Sequence[Size]) -> int | None:
    """Return the number of the maps that attention is for: the first of at most `side` squared places.

    Raises:
        InputError: all maps have longer ones.
    """
    if side is None:
        return None
    check_integer("attention", side)
    for place, size in enumerate(sizes):
        if math.prod(size) <= side**2:
            return place
    least = math.isqrt(math.prod(sizes[-1]) - 1) + 1
    raise InputError(
        f"`attention` must be at least {least}, or None: the smallest maps that blocks make are "
        f"{sizes[-1][0]}x{sizes[-1][1]}. Received: attention={side}"
    )


def doubled(x: Tensor, size: Size) -> Tensor:
    """Return maps in which each place is 2x2, cut to `size`."""
    return cropped(keras.layers.UpSampling2D(2, interpolation="nearest")(x), size)


def halved(x: Tensor) -> Tensor:
    """Return the means of 2x2 places."""
    return keras.layers.AveragePooling2D(2, padding="same")(x)  # an odd side's last windows hold one row
