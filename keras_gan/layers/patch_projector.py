"""A small network beside a generator's maps, which is run where a term asks for it."""

from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions, check_channels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_integer, check_seed

MAX_WIDTH = 4096
_DEVIATION = 0.02


@register
class PatchProjector(keras.layers.Layer):
    """Gives maps on as they are, and holds a network that makes unit vectors of their pixels.

    It stands where the maps of a generator are to be compared with those of what it made: `terms.PatchContrast` asks it
    to `project` some pixels. Its weights, two dense layers with a rectifier between them, are the generator's, and are
    trained, averaged and saved with it; translating does without its work.

    Park et al. 2020, arXiv:2007.15651, section 3 (the network H).

    Args:
        width: numbers of a vector, and units of the hidden layer, up to 4096.
        seed: of the initial weights, normal with a standard deviation of 0.02.

    Raises:
        InputError: an argument is out of range, or the inputs are not images.

    Example:
    ```python
    x = keras.Input((None, None, 3))
    maps = keras_gan.layers.PatchProjector(width=64)(keras.layers.Conv2D(8, 3, padding="same")(x))
    generator = keras.Model(x, keras.layers.Conv2D(3, 3, padding="same", activation="tanh")(maps))
    ```
    """

    def __init__(self, width: int = 256, seed: int = 0, **kwargs: Unpack[LayerOptions]) -> None:
        check_integer("width", width, bound=MAX_WIDTH)
        super().__init__(**kwargs)
        self.width = width
        self.seed = check_seed("seed", seed)
        hidden, last = (keras.initializers.RandomNormal(stddev=_DEVIATION, seed=seed + turn) for turn in (0, 1))
        policy = self.dtype_policy
        self._hidden = keras.layers.Dense(width, "relu", kernel_initializer=hidden, dtype=policy, name="hidden")
        self._last = keras.layers.Dense(width, kernel_initializer=last, dtype=policy, name="last")

    def build(self, input_shape: Shape) -> None:
        """Build the network for the maps' channels."""
        self._hidden.build((None, check_channels(input_shape)))
        self._last.build((None, self.width))
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs."""
        return ops.convert_to_tensor(inputs)

    def project(self, pixels: Tensor) -> Tensor:
        """Return what becomes of pixels `(..., channels)`: float32 vectors `(..., width)` of norm 1."""
        # In float32, whatever the layers compute in: the dot products are divided by a temperature that is far below 1.
        vectors = ops.cast(self._last(self._hidden(pixels)), "float32")
        return vectors * ops.rsqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-14)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "width": self.width, "seed": self.seed}
