"""Networks of images of any side: padding to what they can halve, and the ways back."""

from collections.abc import Sequence
from typing import Unpack

import keras
import tensorflow as tf
from keras import ops

from keras_gan.layers.inputs import LayerOptions, check_channels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer

MAX_MULTIPLE = 2**16


@register
class PadToMultiple(keras.layers.Layer):
    """Continues images to the right and downwards, as in a mirror, until a number divides their sides.

    What halves the sides several times and doubles them again, such as a U-Net, then takes images of any side;
    `CropLike` takes the surplus away. The border row is not repeated, and an image that is smaller than the surplus is
    mirrored again and again: 1 2 3 padded to 8 is 1 2 3 2 1 2 3 2. `(batch, h, w, c)` becomes `(batch, h', w', c)`;
    sides that need no padding cost nothing where they are known.

    Args:
        multiple: what divides the sides afterwards.

    Raises:
        InputError: `multiple` is not an integer from 1 on.

    Example:
    ```python
    images = keras.Input((None, None, 3))
    x = keras.layers.AveragePooling2D(4)(keras_gan.layers.PadToMultiple(4)(images))
    x = keras_gan.layers.CropLike()([keras.layers.UpSampling2D(4)(x), images])  # of the sides of `images`
    ```
    """

    def __init__(self, multiple: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.multiple = check_integer("multiple", multiple, bound=MAX_MULTIPLE)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the padded images."""
        for axis in (1, 2):
            side = inputs.shape[axis]
            if side is None or side % self.multiple:
                inputs = self._continued(inputs, axis)
        return inputs

    def _continued(self, inputs: Tensor, axis: int) -> Tensor:
        side = ops.shape(inputs)[axis]
        # Not `tf.pad`, which mirrors but once: of 3 pixels it can't make 8.
        there_and_back = tf.maximum(2 * (side - 1), 1)
        place = tf.range(-(-side // self.multiple) * self.multiple) % there_and_back
        padded = tf.gather(inputs, tf.minimum(place, there_and_back - place), axis=axis)
        return tf.ensure_shape(padded, self.compute_output_shape(inputs.shape)) if axis == 2 else padded

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with sides that `multiple` divides."""
        batch, *sides, channels = input_shape
        padded = [None if side is None else -(-side // self.multiple) * self.multiple for side in sides]
        return (batch, *padded, channels)

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return the symbolic output: symbols have no values to be padded."""
        check_channels(inputs.shape)
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "multiple": self.multiple}


@register
class CropLike(keras.layers.Layer):
    """Cuts images off on the right and below, to the sides of others: `[images, others]` to images.

    Args:
        scale: the sides are this many times those of the others, as after an upsampling.

    Raises:
        InputError: `scale` is not an integer from 1 on.

    Example:
    ```python
    images = keras.Input((None, None, 3))
    x = keras.layers.UpSampling2D(4)(keras_gan.layers.PadToMultiple(2)(images))
    x = keras_gan.layers.CropLike(scale=4)([x, images])
    ```
    """

    def __init__(self, scale: int = 1, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.scale = check_integer("scale", scale, bound=MAX_MULTIPLE)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the first of both, cut off."""
        images, others = inputs
        height, width = (self.scale * side for side in ops.shape(others)[1:3])
        return images if images.shape[1:3] == (height, width) else images[:, :height, :width]

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the sides of the second, and the rest of the first."""
        if len(input_shape) != 2:
            raise InputError(f"`inputs` must be [images, others]. Received: shape={input_shape}")
        (batch, *_, channels), (_, *sides, _) = input_shape
        return (batch, *(None if side is None else self.scale * side for side in sides), channels)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "scale": self.scale}


@register
class RepeatLike(keras.layers.Layer):
    """Repeats the pixels of images until they have the sides of others: `[images, others]` to images.

    The nearest neighbour: of `n` rows that become `m`, row `i` is the old row `floor((i + 1/2) n / m)`. So maps of
    other sides can stand beside each other, each with the same weight in a mean.

    Raises:
        InputError: the inputs are not two, or the first has no pixels.

    Example:
    ```python
    images = keras.Input((None, None, 3))
    small = keras.layers.AveragePooling2D(4)(images)
    model = keras.Model(images, keras_gan.layers.RepeatLike()([small, images]))
    ```
    """

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the first of both, with the sides of the second."""
        images, others = inputs
        wanted = self.compute_output_shape([images.shape, others.shape])
        for axis in (1, 2):
            old, new = ops.shape(images)[axis], ops.shape(others)[axis]
            images = tf.gather(images, (2 * tf.range(new) + 1) * old // (2 * new), axis=axis)
        return tf.ensure_shape(images, wanted)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the sides of the second, and the rest of the first."""
        if len(input_shape) != 2:
            raise InputError(f"`inputs` must be [images, others]. Received: shape={input_shape}")
        (batch, *given, channels), (_, *sides, _) = input_shape
        if 0 in given:
            raise InputError(
                f"`{self.name}` has no pixels to repeat: larger images are needed, or fewer scales. "
                f"Received: shape={tuple(input_shape[0])}"
            )
        return (batch, *sides, channels)

    def compute_output_spec(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Return the symbolic output: symbols have no values to be repeated."""
        return keras.KerasTensor(self.compute_output_shape([x.shape for x in inputs]), self.compute_dtype)
