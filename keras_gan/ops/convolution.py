"""Convolutions and their transposes, each direction in its fastest form.

TensorFlow's kernels are slow from many channels to few and on maps of few places, and those of some builds in all
transposed convolutions. `keras_gan.ops.convolution_forms` has other ways to write the same products, and
`keras_gan.ops.convolution_rules` tells which one is taken. All are differentiable again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan.ops import convolution_forms as forms
from keras_gan.ops import convolution_rules as rules
from keras_gan.types import Tensor


def convolve(images: Tensor, kernel: Tensor, stride: int = 1) -> Tensor:
    """Return the convolution, `(batch, height / stride, width / stride, outputs)`.

    Args:
        images: `(batch, height, width, inputs)`, with sides that `stride` divides.
        kernel: `(size, size, inputs, outputs)`, with a size that `stride` divides, or any with stride 1.
        stride: in both directions.
    """

    @tf.custom_gradient
    def forward(images: Tensor, kernel: Tensor) -> Any:
        def backward(upstream: Tensor) -> tuple[Tensor, Tensor]:
            upstream.set_shape(value.shape)
            return spread(upstream, kernel, stride), kernel_gradient(images, kernel, upstream, stride)

        places = _places(images, stride)
        form = rules.taken("convolve", places, kernel, stride)
        if form == "patches":
            value = forms.by_patches(images, kernel, stride)
        elif form == "blocks":
            value = forms.by_blocks(images, kernel, rules.block_of(places, kernel, stride))
        elif form == "strips":
            value = forms.by_strips(tf.pad(images, forms.padding(kernel.shape[0], stride)), kernel, stride)
        else:
            value = tf.nn.conv2d(images, kernel, stride, "SAME")
        return value, backward

    result: Tensor = forward(images, kernel)
    return result


def convolve_inside(images: Tensor, kernel: Tensor, stride: int = 1) -> Tensor:
    """Return the convolution at the places where the kernel lies within the image, in strips.

    Args:
        images: `(1, height, width, inputs)`, of known sides.
        kernel: `(size, size, inputs, outputs)`.
        stride: in both directions.
    """

    @tf.custom_gradient
    def forward(images: Tensor, kernel: Tensor) -> Any:
        def backward(upstream: Tensor) -> tuple[Tensor, Tensor]:
            options = {"out_backprop": upstream, "strides": [1, stride, stride, 1], "padding": "VALID"}
            return (
                tf.raw_ops.Conv2DBackpropInput(input_sizes=images.shape, filter=kernel, **options),
                tf.raw_ops.Conv2DBackpropFilter(input=images, filter_sizes=kernel.shape, **options),
            )

        return forms.by_strips(images, kernel, stride), backward

    result: Tensor = forward(images, kernel)
    return result


def spread(maps: Tensor, kernel: Tensor, stride: int = 1) -> Tensor:
    """Return the transpose of `convolve`, `(batch, height * stride, width * stride, outputs)`.

    Args:
        maps: `(batch, height, width, inputs)`.
        kernel: `(size, size, outputs, inputs)`, as of the convolution that is transposed.
        stride: of that convolution.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, kernel: Tensor) -> Any:
        def backward(upstream: Tensor) -> tuple[Tensor, Tensor]:
            upstream.set_shape(value.shape)
            return convolve(upstream, kernel, stride), kernel_gradient(upstream, kernel, maps, stride)

        form = rules.taken("spread", maps.shape[:3], kernel, stride)
        if form == "patches":
            value = forms.spread_by_patches(maps, kernel, stride)
        elif form == "phases":
            value = forms.by_phases(maps, kernel, stride)
        else:
            rows, height, width = tf.unstack(tf.shape(maps)[:3])
            shape = (rows, height * stride, width * stride, kernel.shape[2])
            value = tf.nn.conv2d_transpose(maps, kernel, shape, stride, "SAME")
        return value, backward

    result: Tensor = forward(maps, kernel)
    return result


def kernel_gradient(images: Tensor, kernel: Tensor, upstream: Tensor, stride: int = 1) -> Tensor:
    """Return the gradient of `convolve` with respect to its kernel, of the kernel's shape.

    Args:
        images: its input.
        kernel: its kernel, of which the shape is used.
        upstream: the gradient with respect to its output.
        stride: its stride.
    """
    places = _places(images, stride)
    form = rules.taken("kernel_gradient", places, kernel, stride)
    if form == "patches":
        return forms.kernel_gradient_by_patches(images, kernel, upstream, stride)
    if form == "blocks":
        return forms.kernel_gradient_by_blocks(images, kernel, upstream, rules.block_of(places, kernel, stride))
    value: Tensor = tf.raw_ops.Conv2DBackpropFilter(
        input=images, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1, stride, stride, 1], padding="SAME"
    )
    return value


def form_of(padding: str, shape: Sequence[Any], kernel: Tensor, stride: int) -> Callable[..., Tensor] | None:
    """Return `convolve` or `convolve_inside` where it has another form than TensorFlow's for images of this shape."""
    (rows, *sides, _), size = shape, kernel.shape[0]
    if padding == "valid":
        places = [rows, *(side and (side - size) // stride + 1 for side in sides)]
        return convolve_inside if rules.takes_strips(places, kernel) else None
    if padding != "same" or not all(divides(stride, number) for number in (size, *sides)):
        return None
    return convolve if rules.wins([rows, *(side // stride for side in sides)], kernel, stride) else None


def divides(stride: int, number: int | None) -> bool:
    """Return whether a side, or the size of a kernel, is known and a multiple of a stride."""
    return stride > 0 and number is not None and number > 0 and number % stride == 0


def _places(images: Tensor, stride: int) -> list[Any]:
    rows, *sides = images.shape[:3]
    return [rows, *(side and side // stride for side in sides)]
