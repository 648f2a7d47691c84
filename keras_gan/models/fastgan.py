"""FastGAN: light networks for few images, which learn in hours."""

from collections.abc import Sequence
from typing import TypeAlias

import keras

from keras_gan.layers import (
    AuxiliaryDecoder,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Noise,
    SkipLayerExcitation,
    SpectralNormalization,
)
from keras_gan.models.networks import (
    Networks,
    centred,
    check_arguments,
    halved_sides,
    join_labels,
    labels_input,
    layer_seeds,
    projected,
)
from keras_gan.types import Tensor
from keras_gan.utils.validation import check_bool

# Levels of size count from the innermost maps, of side 4 in square images: level 6 has side 256.
_MADE = (16, 8, 4, 2, 2, 1)  # channels of the generator's maps in units of the width, from level 0; then halves
_EXCITED = (4, 5, 6, 7)  # levels of the generator whose channels those of four levels below choose
_LARGEST = 6  # level of the discriminator's largest blocks; larger images are strided down to it
_SMALL = 5  # level of the largest image that the second branch sees
_DECODED = (4, 2, 2, 1)  # channels of a decoder's maps in units of half the width

Size: TypeAlias = tuple[int, int]
Told: TypeAlias = tuple[int | None, int | None]


def fastgan(
    sample_shape: Sequence[int],
    latent_dim: int = 256,
    width: int = 64,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    decoders: bool = True,
    seed: int = 0,
) -> Networks:
    """Return the networks of FastGAN, for a hundred pictures or a thousand, of sides up to 1024.

    The image's sides are halved until the shorter one is 4 to 7: 64x64 and 256x256 meet in 4x4 maps, 48x32 in 6x4. Of
    other sides the networks make and see the least such size that they fit in: of its images the generator's are the
    middle, and the discriminator's have zeros around them. The generator doubles maps by convolutions with gates (GLU),
    every second time with noise; from level 4 on (64x64) the maps of four levels below scale its channels:
    `layers.SkipLayerExcitation`. The discriminator's blocks average two ways down, with excitations over three levels,
    and end in a map of logits; of images of 32x32 and more a second branch gives another map, of the image at half its
    sides, at most at level 5 (128x128). All logits of a sample, `(batch, places, 1)`, count alike. All convolutions are
    spectrally normalized, and none has a bias.

    With `decoders`, heads `"whole"`, `"small"` (of the second branch) and `"part"` (a quarter of the maps of level 2)
    have small decoders for the term `AutoEncoding`, without which nothing trains them; of images with zeros around them
    these are a head, too, `"bordered_images"`.

    Two things differ from the authors' code. Its generator gives the second branch a smaller image of its own; here
    that is doubled and added to the large one, as StyleGAN2 simplifies such pairs (Karras et al. 2020,
    arXiv:1912.04958, section 4.1): the parameters are the same. And images end in tanh at all sides, not at 1024 alone.
    Labels, which it has none of, are joined to the latents, and the discriminator projects on them.

    Liu et al. 2021, arXiv:2101.04775, section 3, figures 3 and 4. Initialised as in its code: N(0, 0.02) for kernels,
    N(1, 0.02) for the gains of batch normalization.

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, the longer one at most 32 when the shorter one
            is halved to 4 to 7; 1 to 64 channels.
        latent_dim: columns of the latents.
        width: channels of the generator's maps at level 5 (128x128); twice as many at levels 4 and 3, and doubled
            inwards, to 16 times as many; halved outwards. 64 in the paper.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        decoders: whether the discriminator has its decoders.
        seed: of the initial weights and of noise.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.fastgan((32, 32, 3), width=4), ema=0.999)
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        loss="random_margin_hinge",
        terms=["auto_encoding"],
        augmentation=keras_gan.augmentation.DiffAugment(["color", "translation"]),
    )
    ```
    """
    sizes = halved_sides(sample_shape)  # from the innermost
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    check_bool("decoders", decoders)
    layers, told = _Layers(seed), (num_classes, condition_dim)
    generator = _generator(layers, sizes, sample_shape, latent_dim, width, told)
    judge = _Judge(layers, sizes, sample_shape, width)
    return Networks(generator, judge.network(told, decoders))


def _small_level(sizes: Sequence[Size]) -> int | None:
    """Return the level of the image that the discriminator's second branch sees, or `None` where it has none."""
    top = len(sizes) - 1
    return min(top - 1, _SMALL) if top >= 3 else None


def _generator(
    layers: "_Layers", sizes: Sequence[Size], sample_shape: Sequence[int], latent_dim: int, width: int, told: Told
) -> keras.Model:
    channels = sample_shape[-1]
    inputs, x = join_labels(keras.Input((latent_dim,), name="latents"), *told)
    maps = [layers.first(x, sizes[0], _MADE[0] * width)]
    for level in range(1, len(sizes)):
        times = _MADE[level] if level < len(_MADE) else 0.5 ** (level - len(_MADE) + 1)
        x = layers.up(maps[-1], max(int(times * width), 1), noise=level % 2 == 1)
        maps.append(layers.excited(maps[level - 4], x) if level in _EXCITED else x)
    image = keras.layers.Activation("linear", dtype="float32")(layers.conv(maps[-1], channels, 3))
    small = _small_level(sizes)
    if small is not None:
        x = keras.layers.Activation("linear", dtype="float32")(layers.conv(maps[small], channels, 1))
        x = keras.layers.UpSampling2D(2 ** (len(sizes) - 1 - small), dtype="float32")(x)
        image = keras.layers.Add(dtype="float32")([image, x])
    images = keras.layers.Activation("tanh", dtype="float32", name="images")(image)
    return keras.Model(inputs, centred(images, sample_shape[:2]), name="generator")


class _Judge:
    """The discriminator, branch by branch."""

    def __init__(self, layers: "_Layers", sizes: Sequence[Size], sample_shape: Sequence[int], width: int) -> None:
        self._layers = layers
        self._sizes = sizes
        self._sample_shape = sample_shape
        self._width = width

    def network(self, told: Told, decoders: bool) -> keras.Model:
        """Return the whole."""
        images = keras.Input(self._sample_shape, name="images")
        whole = centred(images, self._sizes[-1])
        maps = self._large(whole)
        x = self._layers.activated(self._layers.conv(maps[1], 16 * self._width, 1))
        logits, labels = self._logits(x), labels_input(*told)
        if labels is not None:
            features = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
            options = {"embed": self._layers.initializer(), "spectral_normalization": True}
            told_apart = projected(features, labels, told[0], next(self._layers.seeds), **options)
            told_apart = keras.layers.Reshape((1, 1), dtype="float32")(told_apart)
            # In this order: Keras takes what comes second for a bias of the places where there are as many samples.
            logits = keras.layers.Add(dtype="float32")([told_apart, logits])
        small = self._small(whole)
        if small is not None:
            logits = keras.layers.Concatenate(axis=1, dtype="float32")([logits, self._logits(small)])
        logits = keras.layers.Activation("linear", dtype="float32", name="logits")(logits)
        heads = {"logits": logits, **self._heads(maps, small)} if decoders else logits
        if decoders and whole is not images:
            heads["bordered_images"] = whole
        return keras.Model(images if labels is None else [images, labels], heads, name="discriminator")

    def _large(self, images: Tensor) -> dict[int, Tensor]:
        """Return the maps of the main branch by their level."""
        layers, top = self._layers, len(self._sizes) - 1
        if top <= _LARGEST:
            x = layers.leaky(layers.conv(images, self._filters(top), 3))
        else:
            x = layers.leaky(layers.conv(images, self._filters(top - 1), 4, 2))
        for level in range(top - 2, _LARGEST - 1, -1):
            x = layers.activated(layers.conv(x, self._filters(level), 4, 2))
        maps = {min(top, _LARGEST): x}
        for level in range(min(top, _LARGEST) - 1, 0, -1):
            x = layers.down(maps[level + 1], self._filters(level))
            maps[level] = layers.excited(maps[level + 3], x) if level + 3 in maps else x
        return maps

    def _filters(self, level: int, times: int = 8) -> int:
        """Return the channels of the maps of a level: `times` the width at level 1, and half of those before."""
        return max(times * self._width >> (level - 1), 1)

    def _small(self, images: Tensor) -> Tensor | None:
        """Return the last maps of the second branch, of level 1."""
        small, layers = _small_level(self._sizes), self._layers
        if small is None:
            return None
        x = keras.layers.AveragePooling2D(2 ** (len(self._sizes) - 1 - small))(images)
        x = layers.leaky(layers.conv(x, self._filters(small - 1, 4), 4, 2))
        for level in range(small - 2, 0, -1):
            x = layers.activated(layers.conv(x, self._filters(level, 4), 4, 2))
        return x

    def _logits(self, x: Tensor) -> Tensor:
        """Return the logits of all places, `(batch, places, 1)`."""
        x = self._layers.conv(x, 1, 4, padding="valid")
        return keras.layers.Reshape((x.shape[1] * x.shape[2], 1), dtype="float32")(x)

    def _heads(self, maps: dict[int, Tensor], small: Tensor | None) -> dict[str, Tensor]:
        """Return the maps that have decoders, by their names. All of these have maps of level 1 to begin with."""
        top = len(self._sizes) - 1
        heads = {"whole": self._decoder("whole", maps[1], min(top, _SMALL) - 1)}
        half = min(top - 1, _SMALL) - 1  # both of the others make half the image
        if small is not None:
            heads["small"] = self._decoder("small", small, half)
        if 2 in maps:
            heads["part"] = self._decoder("part", maps[2], half)
        return heads

    def _decoder(self, name: str, maps: Tensor, doublings: int) -> Tensor:
        """Return the maps, behind a layer that holds a decoder."""
        x = inputs = keras.Input((*self._sizes[1], maps.shape[-1]), name=f"{name}_maps")
        for times in _DECODED[:doublings]:
            x = self._layers.up(x, max(times * self._width // 2, 1))
        x = self._layers.conv(x, self._sample_shape[-1], 3)
        x = keras.layers.Activation("tanh", dtype="float32", name=f"{name}_images")(x)
        network = keras.Model(inputs, x, name=f"{name}_decoder")
        return AuxiliaryDecoder(network, crop=name == "part", name=name)(maps)


class _Layers:
    """The layers that both networks repeat: convolutions without bias, spectrally normalized."""

    def __init__(self, seed: int) -> None:
        self.seeds = layer_seeds(seed)

    def initializer(self, mean: float = 0.0) -> keras.initializers.Initializer:
        return keras.initializers.RandomNormal(mean, 0.02, seed=next(self.seeds))

    def conv(self, x: Tensor, filters: int, size: int, strides: int = 1, padding: str = "same") -> Tensor:
        options = {"use_bias": False, "kernel_initializer": self.initializer()}
        return SpectralNormalization(Conv2D(filters, size, strides, padding, **options))(x)

    def normalized(self, x: Tensor) -> Tensor:
        return BatchNormalization(momentum=0.9, epsilon=1e-5, gamma_initializer=self.initializer(1.0))(x)

    def leaky(self, x: Tensor) -> Tensor:
        return keras.layers.LeakyReLU(0.2)(x)

    def activated(self, x: Tensor) -> Tensor:
        return self.leaky(self.normalized(x))

    def gated(self, x: Tensor) -> Tensor:
        """Return one half of the channels, normalized, scaled by the sigmoid of the other."""
        return keras.ops.glu(self.normalized(x))

    def first(self, latents: Tensor, size: Size, filters: int) -> Tensor:
        """Return the innermost maps of the generator."""
        options = {"use_bias": False, "kernel_initializer": self.initializer()}
        x = keras.layers.Reshape((1, 1, latents.shape[-1]))(latents)
        return self.gated(SpectralNormalization(Conv2DTranspose(2 * filters, size, **options))(x))

    def up(self, x: Tensor, filters: int, noise: bool = False) -> Tensor:
        """Return maps of twice the sides; with noise there is a second convolution."""
        x = self.conv(keras.layers.UpSampling2D(2, interpolation="nearest")(x), 2 * filters, 3)
        if not noise:
            return self.gated(x)
        x = self.gated(Noise(seed=next(self.seeds))(x))
        return self.gated(Noise(seed=next(self.seeds))(self.conv(x, 2 * filters, 3)))

    def down(self, x: Tensor, filters: int) -> Tensor:
        """Return maps of half the sides: the mean of a way of two convolutions and of one of means."""
        y = self.activated(self.conv(x, filters, 4, 2))
        y = self.activated(self.conv(y, filters, 3))
        x = self.activated(self.conv(keras.layers.AveragePooling2D(2)(x), filters, 1))
        return keras.layers.Average()([y, x])

    def excited(self, small: Tensor, large: Tensor) -> Tensor:
        """Return the large maps, their channels scaled by what is in others."""
        options = {"spectral_normalization": True, "kernel_initializer": self.initializer()}
        return SkipLayerExcitation(seed=next(self.seeds), **options)([small, large])
