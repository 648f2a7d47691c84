"""Keras's convolutions, each direction computed in its fastest form."""

import keras
import tensorflow as tf
from keras import ops

from keras_gan.ops import convolution, convolution_rules, grouped_convolution
from keras_gan.types import Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class Conv2D(keras.layers.Conv2D):
    """Keras's convolution, computed in another form where that is faster.

    That is, on CPUs: from many channels to few, on maps of a few places, of single images with heavy kernels, and the
    gradient of a strided one, where TensorFlow's own form is slow; and in groups, where it has none for the gradient.
    Arguments, weights and results are Keras's, the latter to rounding. What has no other form (dilations, "valid"
    padding of several images, strides that do not divide the sides, strided groups, ...) is Keras's layer as it is, and
    so are all that `export` writes. Which form is taken depends on the number of images where it is known.
    Differentiable twice.

    Raises:
        InputError: with "valid" padding, the images are smaller than the kernel.

    Example:
    ```python
    images = keras_gan.layers.Conv2D(3, 5, padding="same", activation="tanh")(keras.Input((32, 32, 64)))
    ```
    """

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Return the convolution, before the bias."""
        _check_sides(self, inputs)
        kernel = tf.convert_to_tensor(ops.convert_to_tensor(kernel))
        stride = _stride(self, inputs)
        if self.groups > 1:
            if stride == 1 and self.padding == "same" and self.kernel_size[0] % 2:
                return grouped_convolution.convolve(inputs, kernel, self.groups)
            return super().convolution_op(inputs, kernel)
        form = convolution.form_of(self.padding, inputs.shape, kernel, stride) if stride else None
        return form(inputs, kernel, stride) if form else super().convolution_op(inputs, kernel)


@register
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras's transposed convolution, computed in another form where that is faster: on CPUs.

    Arguments, weights and results are Keras's, the latter to rounding. What has no other form (dilations, padding
    other than "same", kernels whose size is no multiple of the stride, ...) is Keras's layer as it is. Differentiable
    twice.

    Example:
    ```python
    x = keras_gan.layers.Conv2DTranspose(64, 4, strides=2, padding="same")(keras.Input((14, 14, 128)))
    ```
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return `(batch, height * stride, width * stride, filters)`."""
        plain = self.output_padding is None and self.padding == "same"
        stride = _stride(self, inputs) if plain else 0
        kernel = tf.convert_to_tensor(ops.convert_to_tensor(self.kernel))
        divides = convolution.divides(stride, self.kernel_size[0])
        if not divides or not convolution_rules.wins(inputs.shape[:3], kernel, stride):
            return super().call(inputs)
        outputs = convolution.spread(inputs, kernel, stride)
        if self.bias is not None:
            wide = keras.backend.result_type(self.compute_dtype, "float32")  # the bias's gradient is a long sum
            outputs = ops.cast(ops.cast(outputs, wide) + ops.cast(self.bias, wide), self.compute_dtype)
        return outputs if self.activation is None else self.activation(outputs)


def _check_sides(layer: keras.layers.Conv2D, inputs: Tensor) -> None:
    """Raise for images that hold no whole window: where exactly one pixel is missing TensorFlow gives them back."""
    if layer.padding != "valid" or layer.data_format != "channels_last":
        return
    reach = [dilation * (size - 1) + 1 for size, dilation in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    sides = inputs.shape[1:3]
    if any(side is not None and side < least for side, least in zip(sides, reach, strict=True)):
        raise InputError(
            f"`inputs` of {layer.name!r} must be images of at least {reach[0]}x{reach[1]} pixels: larger ones are "
            f"needed, or fewer layers or scales that halve them. Received: {sides[0]}x{sides[1]}"
        )


def _stride(layer: keras.layers.Conv2D | keras.layers.Conv2DTranspose, inputs: Tensor) -> int:
    """Return the stride of a layer of which there may be other forms than TensorFlow's; 0 for others."""
    (height, width), (down, right) = layer.kernel_size, layer.strides
    plain = set(layer.dilation_rate) == {1} and layer.data_format == "channels_last"
    square = height == width and down == right
    return down if plain and square and tf.is_tensor(inputs) and inputs.shape.rank == 4 else 0
