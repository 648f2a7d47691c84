"""Multilayer perceptrons: the networks of the first GAN, for vectors, points and small images."""

import math
from collections.abc import Sequence

import keras

from keras_gan.layers import Dropout
from keras_gan.models.networks import (
    MAX_WIDTH,
    Networks,
    check_arguments,
    check_sample_shape,
    join_labels,
    layer_seeds,
    project_labels,
)
from keras_gan.utils.validation import InputError, check_integer, check_number

MAX_DEPTH = 1000


def mlp(
    sample_shape: Sequence[int],
    latent_dim: int = 64,
    hidden: Sequence[int] = (256, 256),
    num_classes: int | None = None,
    condition_dim: int | None = None,
    activation: str = "leaky_relu",
    dropout: float = 0.0,
    seed: int = 0,
) -> Networks:
    """Return a generator and a discriminator of dense layers.

    With `hidden=()` the generator is linear and the discriminator is logistic regression: the smallest GAN there is.
    With labels the generator gets them one-hot beside the latents, and the discriminator projects on them.

    Goodfellow et al. 2014, arXiv:1406.2661, section 5; Miyato and Koyama 2018, arXiv:1802.05637 (projection).

    Args:
        sample_shape: `(features,)`, `(time, features)`, `(height, width, channels)` or `(depth, height, width,
            channels)`; images end in tanh.
        latent_dim: columns of the latents.
        hidden: widths of the hidden layers of both, the generator's first to last; the discriminator has them in
            reverse.
        num_classes: classes, for networks whose labels are such.
        condition_dim: the numbers of a vector, for networks whose labels are such. Both `None`: no labels.
        activation: of the hidden layers.
        dropout: the share of hidden units that the discriminator drops, in [0, 1).
        seed: of the initial weights.

    Returns:
        `Networks(generator, discriminator)`, functional Keras models.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    generator, discriminator = keras_gan.models.mlp((8, 8, 1), num_classes=10)
    gan = keras_gan.GAN(generator, discriminator, num_classes=10)
    ```
    """
    shape = check_sample_shape(sample_shape)
    check_arguments(latent_dim, num_classes, condition_dim)
    if not isinstance(hidden, Sequence) or isinstance(hidden, str) or len(hidden) > MAX_DEPTH:
        received = str(hidden)[:200]
        raise InputError(f"`hidden` must be a list of at most {MAX_DEPTH} widths. Received: hidden={received}")
    widths = [check_integer("hidden", width, bound=MAX_WIDTH) for width in hidden]
    check_number("dropout", dropout, minimum=0.0, maximum=1.0, open_maximum=True)
    seeds = layer_seeds(seed)

    def dense(units: int, name: str) -> keras.layers.Dense:
        initializer = keras.initializers.VarianceScaling(2.0, "fan_in", "truncated_normal", seed=next(seeds))
        return keras.layers.Dense(units, activation, kernel_initializer=initializer, name=name)

    inputs, x = join_labels(keras.Input((latent_dim,), name="latents"), num_classes, condition_dim)
    for index, width in enumerate(widths):
        x = dense(width, f"hidden_{index}")(x)
    last = "tanh" if len(shape) == 3 else "linear"
    initializer = keras.initializers.GlorotUniform(seed=next(seeds))
    x = keras.layers.Dense(math.prod(shape), last, kernel_initializer=initializer, dtype="float32", name="samples")(x)
    x = keras.layers.Reshape(shape, dtype="float32", name="reshaped")(x) if len(shape) > 1 else x
    generator = keras.Model(inputs, x, name="generator")

    samples = keras.Input(shape, name="samples")
    x = keras.layers.Flatten(name="flat")(samples) if len(shape) > 1 else samples
    for index, width in enumerate(reversed(widths)):
        x = dense(width, f"hidden_{index}")(x)
        if dropout:
            x = Dropout(dropout, seed=next(seeds), name=f"dropout_{index}")(x)
    inputs, logit = project_labels(
        samples, x, num_classes, keras.initializers.GlorotUniform(seed=next(seeds)), next(seeds), condition_dim
    )
    return Networks(generator, keras.Model(inputs, logit, name="discriminator"))
