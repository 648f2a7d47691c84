"""The deep convolutional GAN."""

from collections.abc import Sequence

import keras

from keras_gan.layers import BatchNormalization, Conv2D, Conv2DTranspose
from keras_gan.models.networks import (
    INNERMOST,
    Networks,
    check_arguments,
    check_image_shape,
    cropped,
    join_labels,
    layer_seeds,
    project_labels,
)
from keras_gan.types import Tensor


def dcgan(
    sample_shape: Sequence[int],
    latent_dim: int = 100,
    width: int = 64,
    num_classes: int | None = None,
    condition_dim: int | None = None,
    discriminator_batch_norm: bool = True,
    seed: int = 0,
) -> Networks:
    """Return the networks of the DCGAN: strided convolutions, batch normalization, ReLU against leaky ReLU.

    Sides that 4 divides are halved together as long as both are even and the halves at least 4: 64x64 and 32x32 meet in
    4x4 maps, 28x28 in 7x7, 64x32 in 8x4. Of other sides the halves are rounded up: 33x47 become 17x24, 9x12 and 5x6; on
    the way back the generator drops the row or the column that is too many. The number of channels doubles as the sides
    halve. With labels the generator gets them one-hot beside the latents, and the discriminator projects on them.

    Radford et al. 2015, arXiv:1511.06434, section 3 and figure 1 (kernels 4x4 instead of 5x5: the stride divides
    them, which leaves no checkerboard; Odena et al. 2016, doi:10.23915/distill.00003).

    Args:
        sample_shape: `(height, width, channels)`: sides from 8 to 4096, 1 to 64 channels.
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
        InputError: an argument is out of range.

    Example:
    ```python
    gan = keras_gan.GAN(*keras_gan.models.dcgan((28, 28, 1)), ema=0.999)
    ```
    """
    height, width_of_image, channels = check_image_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim, width=width)
    sizes = _sizes(height, width_of_image)
    widths = [width * 2**level for level in range(len(sizes) - 1)]
    layers = _Layers(seed)

    inputs, x = join_labels(keras.Input((latent_dim,), name="latents"), num_classes, condition_dim)
    down, across = sizes[-1]
    x = keras.layers.Dense(down * across * widths[-1], use_bias=False, kernel_initializer=layers.initializer())(x)
    x = keras.layers.Reshape((down, across, widths[-1]))(x)
    x = layers.normalized_relu(x)
    for filters, size in zip(reversed(widths[:-1]), reversed(sizes[1:-1]), strict=True):
        x = Conv2DTranspose(filters, 4, 2, "same", use_bias=False, kernel_initializer=layers.initializer())(x)
        x = layers.normalized_relu(cropped(x, size))
    x = cropped(Conv2DTranspose(channels, 4, 2, "same", kernel_initializer=layers.initializer())(x), sizes[0])
    images = keras.layers.Activation("tanh", dtype="float32", name="images")(x)
    generator = keras.Model(inputs, images, name="generator")

    images = keras.Input((height, width_of_image, channels), name="images")
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


def _sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Return the height and the width of the maps, from the image inwards."""
    whole = height % 4 == 0 and width % 4 == 0
    sizes = [(height, width)]
    while True:
        down, across = (-(-side // 2) for side in sizes[-1])
        odd = any(side % 2 for side in sizes[-1])
        if min(down, across) < INNERMOST or (whole and odd):
            return sizes
        sizes.append((down, across))
