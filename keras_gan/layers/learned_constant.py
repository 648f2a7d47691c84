"""What a generator starts from: maps that are learnt and are the same for every sample."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_seed

_MOST = 2**20


@register
class LearnedConstant(keras.layers.Layer):
    """A learned tensor, for every row of the inputs: `(batch, ...)` to `(batch, *shape)`.

    The inputs tell the number of rows alone. The weights are standard normal numbers at first. StyleGAN starts from
    such maps of 4x4 (Karras et al. 2019, arXiv:1812.04948, section 2), R3GAN from a learned basis that the latents
    scale channel by channel (Huang et al. 2024, arXiv:2501.05441).

    Args:
        shape: of a row, such as `(4, 4, 512)`.
        seed: of the initial weights; `None` for other ones each time.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    maps = keras_gan.layers.LearnedConstant((4, 4, 64))(keras.Input((16,)))
    ```
    """

    def __init__(self, shape: Sequence[int], seed: int | None = None, **kwargs: Unpack[LayerOptions]) -> None:
        if not isinstance(shape, (list, tuple)) or not 0 < len(shape) <= 4:
            raise InputError(f"`shape` must be a list of 1 to 4 sides. Received: shape={str(shape)[:200]}")
        for side in shape:
            check_integer("shape", side, bound=_MOST)
        if seed is not None:
            check_seed("seed", seed)
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.seed = seed

    def build(self, input_shape: Shape) -> None:
        """Make the constant."""
        initializer = keras.initializers.RandomNormal(stddev=1.0, seed=self.seed)
        self.constant = self.add_weight(shape=self.shape, initializer=initializer, name="constant")
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the constant, once for each row."""
        constant = ops.convert_to_tensor(self.constant)
        return ops.broadcast_to(constant[None], (ops.shape(inputs)[0], *self.shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return `(batch, *shape)`."""
        return (input_shape[0], *self.shape)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "shape": list(self.shape), "seed": self.seed}
