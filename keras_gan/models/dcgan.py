"""The deep convolutional GAN."""

import keras

from keras_gan.layers import BatchNormalization, Conv2D, Conv2DTranspose
from keras_gan.models.networks import MAX_WIDTH, Networks, check_condition, join_labels, layer_seeds, project_labels
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer

MAX_SIDE = 4096
MAX_FILTERS = 4096  # next to the image


def dcgan(
    image_size: int,
    channels: int = 1,
    latent_dim: int = 100,
    width: int = 64,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    discriminator_batch_norm: bool = True,
    seed: int = 0,
) -> Networks:
    """Return the networks of the DCGAN: strided convolutions, batch normalization, ReLU against leaky ReLU.

    The side is halved while it is even and the half is at least 4: 64 and 32 meet in 4x4 maps, 28 in 7x7. The number
    of channels doubles as the side halves. With labels the generator gets them one-hot beside the latents, and the
    discriminator projects on them.

    Radford et al. 2015, arXiv:1511.06434, section 3 and figure 1 (kernels 4x4 instead of 5x5: the stride divides
    them, which leaves no checkerboard; Odena et al. 2016, doi:10.23915/distill.00003).

    Args:
        image_size: the side of the square images, a multiple of 4 from 8 to 4096.
        channels: 1 or 3.
        latent_dim: columns of the latents.
        width: channels of the layers next to the image, up to 4096; they double inwards.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        discriminator_batch_norm: batch normalization in the discriminator, as in the paper; turn it off to penalise
            gradients (Gulrajani et al. 2017, arXiv:1704.00028, section 4).
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: a side that is not a multiple of 4 or below 8, channels other than 1 or 3.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.dcgan(28), ema=0.999)
    ```
    """
    widths, side = _widths(image_size, width)
    if isinstance(channels, bool) or not isinstance(channels, int) or channels not in (1, 3):
        raise InputError(f"`channels` must be 1 or 3. Received: channels={channels!r}")
    check_integer("latent_dim", latent_dim, bound=MAX_WIDTH)
    check_condition(num_classes, condition_dim)
    layers = _Layers(seed)

    inputs, x = join_labels(keras.Input((latent_dim,), name="latents"), num_classes, condition_dim)
    x = keras.layers.Dense(side * side * widths[-1], use_bias=False, kernel_initializer=layers.initializer())(x)
    x = keras.layers.Reshape((side, side, widths[-1]))(x)
    x = layers.normalized_relu(x)
    for filters in reversed(widths[:-1]):
        x = Conv2DTranspose(filters, 4, 2, "same", use_bias=False, kernel_initializer=layers.initializer())(x)
        x = layers.normalized_relu(x)
    x = Conv2DTranspose(channels, 4, 2, "same", kernel_initializer=layers.initializer())(x)
    images = keras.layers.Activation("tanh", dtype="float32", name="images")(x)
    generator = keras.Model(inputs, images, name="generator")

    images = keras.Input((image_size, image_size, channels), name="images")
    x = images
    for index, filters in enumerate(widths):
        normalized = discriminator_batch_norm and index > 0  # not on the images: section 3 of the paper
        x = Conv2D(filters, 4, 2, "same", use_bias=not normalized, kernel_initializer=layers.initializer())(x)
        x = BatchNormalization(momentum=0.9, epsilon=1e-5)(x) if normalized else x
        x = keras.layers.LeakyReLU(0.2)(x)
    x = keras.layers.Flatten()(x)
    inputs, logit = project_labels(images, x, num_classes, layers.initializer(), next(layers.seeds), condition_dim)
    return Networks(generator, keras.Model(inputs, logit, name="discriminator"))


class _Layers:
    """The layers that both networks repeat, with a fresh seed for each."""

    def __init__(self, seed: int) -> None:
        self.seeds = layer_seeds(seed)

    def initializer(self) -> keras.initializers.Initializer:
        """Return the paper's normal initialization with standard deviation 0.02."""
        return keras.initializers.RandomNormal(stddev=0.02, seed=next(self.seeds))

    def normalized_relu(self, x: Tensor) -> Tensor:
        return keras.layers.ReLU()(BatchNormalization(momentum=0.9, epsilon=1e-5)(x))


def _widths(image_size: int, width: int) -> tuple[list[int], int]:
    """Return the channels of each level from the image inwards, and the side of the innermost map."""
    check_integer("image_size", image_size, bound=MAX_SIDE)
    check_integer("width", width, bound=MAX_FILTERS)
    if image_size < 8 or image_size % 4:
        raise InputError(
            f"`image_size` must be a multiple of 4 from 8 up for this architecture. Received: image_size={image_size}"
        )
    side = image_size
    widths: list[int] = []
    while side % 2 == 0 and side // 2 >= 4:
        side //= 2
        widths.append(width * 2 ** len(widths))
    return widths, side
