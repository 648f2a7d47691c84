"""What the builders of architectures share: the pair that they return, and how labels enter it."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import keras
import numpy as np

from keras_gan import conditions
from keras_gan.layers import SpectralNormalization
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer, check_seed

MAX_WIDTH = 2**20  # units, filters or columns
MIN_SIDE, MAX_SIDE = 8, 4096  # of images
MAX_CHANNELS = 64
MAX_FILTERS = 4096  # next to the image
INNERMOST = 4  # least side of the maps of convolutional networks
_LONGEST = 32  # greatest side of the innermost maps, where sides are halved exactly


class Networks(NamedTuple):
    """A generator and a discriminator that fit each other: `GAN(*networks, num_classes=...)`."""

    generator: keras.Model
    discriminator: keras.Model


def layer_seeds(seed: int) -> Iterator[int]:
    """Yield a seed for each layer: another for every `seed` and layer, so that no two runs share one.

    Raises:
        InputError: `seed` is not in `[0, 2^31)`.
    """
    sequence = np.random.SeedSequence(check_seed("seed", seed))
    while True:
        yield int(sequence.spawn(1)[0].generate_state(1)[0] >> 1)  # below 2^31


def join_labels(
    latents: Tensor,
    num_classes: int | None,
    condition_dim: int | None = None,
    embed: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Tensor | list[Tensor], Tensor]:
    """Return the generator's inputs and its first features: latents, with the one-hot label or the vector, if any.

    Concatenation is the conditioning of Mirza and Osindero 2014, arXiv:1411.1784.

    Args:
        latents: the input.
        num_classes: classes, or `None`.
        condition_dim: the numbers of a vector, or `None`.
        embed: what the one-hot label or the vector goes through before.
    """
    labels = labels_input(num_classes, condition_dim)
    if labels is None:
        return latents, latents
    given = encoded(labels, num_classes)
    given = given if embed is None else embed(given)
    return [latents, labels], keras.layers.Concatenate(name="latents_and_label")([latents, given])


def labels_input(num_classes: int | None, condition_dim: int | None) -> Tensor | None:
    """Return the input for labels: int32 classes, float32 vectors, or none."""
    if condition_dim is not None:
        return keras.Input((condition_dim,), name="labels")
    return None if num_classes is None else keras.Input((), dtype="int32", name="labels")


def encoded(labels: Tensor, num_classes: int | None) -> Tensor:
    """Return what dense layers take of labels: classes one-hot, vectors as they are."""
    if num_classes is None:
        return labels
    return keras.layers.CategoryEncoding(num_classes, output_mode="one_hot", name="one_hot")(labels)


def project_labels(
    samples: Tensor,
    features: Tensor,
    num_classes: int | None,
    initializer: str | keras.initializers.Initializer,
    seed: int,
    condition_dim: int | None = None,
    embed: keras.initializers.Initializer | None = None,
    spectral_normalization: bool = False,
    use_bias: bool = True,
) -> tuple[Tensor | list[Tensor], Tensor]:
    """Return the discriminator's inputs and its logit, `(batch, 1)`, in float32.

    With labels it is the projection discriminator, `psi(phi(x)) + <embed(y), phi(x)>`: Miyato and Koyama 2018,
    arXiv:1802.05637, equation 3.

    Args:
        samples: the input.
        features: phi(x), `(batch, width)`.
        num_classes: classes, or `None` for no labels.
        initializer: of the last layer.
        seed: of the embedding.
        condition_dim: the numbers of a vector, whose embedding is its product with a matrix.
        embed: initializer of the embedding, in place of uniform numbers of the seed.
        spectral_normalization: whether to divide both by their largest singular values.
        use_bias: whether psi has one.
    """
    psi = keras.layers.Dense(1, use_bias=use_bias, kernel_initializer=initializer, dtype="float32", name="logit")
    logit = (SpectralNormalization(psi, dtype="float32") if spectral_normalization else psi)(features)
    labels = labels_input(num_classes, condition_dim)
    if labels is None:
        return samples, logit
    projection = projected(features, labels, num_classes, seed, embed, spectral_normalization)
    return [samples, labels], keras.layers.Add(dtype="float32", name="projected_logit")([logit, projection])


def projected(
    features: Tensor,
    labels: Tensor,
    num_classes: int | None,
    seed: int,
    embed: keras.initializers.Initializer | None = None,
    spectral_normalization: bool = False,
) -> Tensor:
    """Return the inner product of features `(batch, width)` and the embedding of the labels, `(batch, 1)`, in float32.

    Args:
        features: phi(x).
        labels: classes, or vectors, whose embedding is their product with a matrix.
        num_classes: classes, or `None` for vectors.
        seed: of the embedding.
        embed: initializer of the embedding, in place of uniform numbers of the seed.
        spectral_normalization: whether to divide it by its largest singular value.
    """
    width, embed = features.shape[-1], embed or keras.initializers.RandomUniform(-0.05, 0.05, seed=seed)
    options = {"dtype": "float32", "name": "embedding"}
    if num_classes is not None:
        embedding = keras.layers.Embedding(num_classes, width, embeddings_initializer=embed, **options)
    else:
        embedding = keras.layers.Dense(width, use_bias=False, kernel_initializer=embed, **options)
    if spectral_normalization:
        embedding = SpectralNormalization(embedding, dtype="float32")
    return keras.layers.Dot(axes=1, dtype="float32", name="projection")([embedding(labels), features])


def check_arguments(latent_dim: int, num_classes: int | None, condition_dim: int | None, **filters: int) -> None:
    """Check the arguments that architectures have in common.

    Args:
        latent_dim: columns of the latents.
        num_classes: classes, or `None`.
        condition_dim: the numbers of a vector, or `None`.
        **filters: channels of maps, by the name of their argument, such as `width`.

    Raises:
        InputError: a number is no integer from 1 on, or too large; or both conditions are given.
    """
    check_integer("latent_dim", latent_dim, bound=MAX_WIDTH)
    for name, value in filters.items():
        check_integer(name, value, bound=MAX_FILTERS)
    conditions.check(num_classes, condition_dim)


def check_sample_shape(sample_shape: object) -> tuple[int, ...]:
    """Return `sample_shape` as a tuple: of a vector, a sequence, an image or a volume."""
    shape = (sample_shape,) if isinstance(sample_shape, int) else sample_shape
    if not isinstance(shape, Sequence) or len(shape) not in (1, 2, 3, 4):
        raise InputError(
            "`sample_shape` must be (features,), (time, features), (height, width, channels) or (depth, height, width, "
            f"channels). Received: sample_shape={sample_shape!r}"
        )
    return tuple(check_integer("sample_shape", side, bound=MAX_WIDTH) for side in shape)


def check_image_shape(sample_shape: object) -> tuple[int, int, int]:
    """Return the height, the width and the channels of images that convolutional networks make."""
    shape = check_sample_shape(sample_shape)
    sides, channels = shape[:-1], shape[-1]
    if len(sides) != 2 or not all(MIN_SIDE <= side <= MAX_SIDE for side in sides) or channels > MAX_CHANNELS:
        raise InputError(
            f"`sample_shape` must be (height, width, channels), with sides from {MIN_SIDE} to {MAX_SIDE} and 1 to "
            f"{MAX_CHANNELS} channels, for this architecture. Received: sample_shape={sample_shape!r}"
        )
    height, width = sides
    return height, width, channels


def cropped(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Return maps without the last row or column that doubling a rounded half makes too many."""
    extra = [(0, have - wanted) for have, wanted in zip(x.shape[1:3], size, strict=True)]
    return keras.layers.Cropping2D(extra)(x) if extra != [(0, 0), (0, 0)] else x


def centred(x: Tensor, size: Sequence[int]) -> Tensor:
    """Return images of another size with the same middle: cropped, or with zeros around them."""
    extra = [
        (abs(have - wanted) // 2, -(-abs(have - wanted) // 2)) for have, wanted in zip(x.shape[1:3], size, strict=True)
    ]
    if extra == [(0, 0), (0, 0)]:
        return x
    layer = keras.layers.Cropping2D if x.shape[1] + x.shape[2] > sum(size) else keras.layers.ZeroPadding2D
    return layer(extra, dtype="float32")(x)


def halved_sides(sample_shape: object) -> list[tuple[int, int]]:
    """Return the sizes of the maps of a network that halves sides exactly, from the innermost.

    Its sides are 4 to 7, the longer one at most 32. The last are those of the image, or of the least of such sizes that
    the image fits in: the network makes and sees `centred` ones.

    Raises:
        InputError: it is no shape of images, or one side is too long for the other.
    """
    height, width, _ = check_image_shape(sample_shape)
    halvings = int(math.log2(min(height, width) / INNERMOST))
    halvings += -(-min(height, width) // 2**halvings) == 2 * INNERMOST  # 63 is 4 times 16, and not 8 times 8
    inner = (-(-height // 2**halvings), -(-width // 2**halvings))
    if max(inner) > _LONGEST:
        raise InputError(
            f"`sample_shape` must have a longer side of at most {_LONGEST * 2**halvings} beside {min(height, width)}, "
            f"for this architecture. Received: sample_shape={sample_shape!r}"
        )
    return [(inner[0] * 2**level, inner[1] * 2**level) for level in range(halvings + 1)]
