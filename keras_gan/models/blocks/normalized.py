"""The convolutions of image-to-image networks, each with the normalization that follows it."""

from collections.abc import Collection

import keras

from keras_gan.layers import BatchNormalization
from keras_gan.models.networks import layer_seeds
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_choice, check_integer

MAX_CHANNELS = 64
MAX_FILTERS = 4096
NORMALIZATIONS = ("batch", "instance", "none")
_EPSILON = 1e-5  # of Ulyanov et al. 2016, arXiv:1607.08022, as of batch normalization in PyTorch


class Blocks:
    """What a network repeats: an initializer with a seed of its own for each layer, and one kind of normalization.

    Args:
        seed: of the initial weights.
        normalization: `"batch"`, `"instance"` (without weights, as in CycleGAN) or `"none"`.
        deviation: of the initial weights, which are normal.

    Raises:
        InputError: an argument is out of range.
    """

    def __init__(self, seed: int, normalization: str = "batch", deviation: float = 0.02) -> None:
        self._seeds = layer_seeds(seed)
        self._deviation = deviation
        self.normalization = check_choice("normalization", normalization, NORMALIZATIONS)

    def seed(self) -> int:
        """Return another seed for each layer that asks."""
        return next(self._seeds)

    def initializer(self) -> keras.initializers.Initializer:
        """Return the normal initialization with mean 0."""
        return keras.initializers.RandomNormal(stddev=self._deviation, seed=self.seed())

    @property
    def needs_bias(self) -> bool:
        """Whether a convolution before the normalization has a bias: that of a batch has one of its own."""
        # Before an instance's it has no effect. CycleGAN's networks have it all the same, and so the published counts.
        return self.normalization != "batch"

    def normalized(self, x: Tensor) -> Tensor:
        """Return maps after the normalization."""
        if self.normalization == "batch":
            gain = keras.initializers.RandomNormal(1.0, self._deviation, seed=self.seed())
            return BatchNormalization(momentum=0.9, epsilon=_EPSILON, gamma_initializer=gain)(x)
        if self.normalization == "instance":  # as many groups as channels: Keras's form of it
            return keras.layers.GroupNormalization(-1, epsilon=_EPSILON, center=False, scale=False)(x)
        return x


def images(channels: int, name: str) -> keras.KerasTensor:
    """Return the input of a network for images of any side."""
    return keras.Input((None, None, check_integer(name, channels, bound=MAX_CHANNELS)), name=name)


def as_images(x: Tensor) -> Tensor:
    """Return what a generator gives out: in [-1, 1], and float32 whatever the layers before compute in."""
    return keras.layers.Activation("tanh", dtype="float32", name="images")(x)


def check_among(name: str, value: object, known: Collection[int]) -> None:
    """Raise unless a number is one of the few that there are."""
    if isinstance(value, bool) or value not in known:
        raise InputError(f"`{name}` must be one of {', '.join(map(str, known))}. Received: {name}={value!r}")
