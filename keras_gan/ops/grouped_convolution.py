"""Convolutions in groups of channels, each direction in its fastest form.

On CPUs TensorFlow has a kernel for the convolution alone, and none for its gradients; under XLA these take a hundred
times as long as the convolution. Here the gradient by the maps is a convolution too, of the turned kernel, and that by
the kernel is one of TensorFlow's for each block of a few neighbouring groups, of which the diagonal is taken. Measured
against batched products of patches, which move more memory than they compute, and against convolutions side by side
(`examples/benchmarks/forms.py`), which win under XLA where groups are few.
"""

from typing import Any

import tensorflow as tf

from keras_gan.ops import platform
from keras_gan.types import Tensor

_MOST_BLOCKS = 48  # each is an operation of the graph, which XLA compiles one by one


def convolve(maps: Tensor, kernel: Tensor, groups: int) -> Tensor:
    """Return the convolution of stride 1 and padding "same", `(batch, height, width, outputs)`.

    Differentiable any number of times.

    Args:
        maps: `(batch, height, width, inputs)`.
        kernel: `(size, size, inputs / groups, outputs)`, of an odd size.
        groups: which divide the inputs and the outputs: the first outputs are of the first inputs.
    """
    if platform.has_gpu():  # whose library has all three
        value: Tensor = tf.nn.conv2d(maps, kernel, 1, "SAME")
        return value

    @tf.custom_gradient
    def forward(maps: Tensor, kernel: Tensor) -> Any:
        def backward(upstream: Tensor) -> tuple[Tensor, Tensor]:
            return convolve(upstream, turned(kernel, groups), groups), kernel_gradient(maps, upstream, kernel, groups)

        if platform.under_xla() and groups <= _MOST_BLOCKS:  # whose grouped kernel takes up to twice as long
            parts = zip(tf.split(maps, groups, axis=3), tf.split(kernel, groups, axis=3), strict=True)
            return tf.concat([tf.nn.conv2d(seen, part, 1, "SAME") for seen, part in parts], axis=3), backward
        value = tf.nn.conv2d(maps, kernel, 1, "SAME")
        # Whose graph optimizer would fuse it with a bias that follows, for which there is no kernel.
        return tf.ensure_shape(value, value.shape), backward

    result: Tensor = forward(maps, kernel)
    return result


def turned(kernel: Tensor, groups: int) -> Tensor:
    """Return the kernel of the transposed convolution, `(size, size, outputs / groups, inputs)`."""
    size, _, inputs, outputs = kernel.shape
    kernel = tf.reshape(tf.reverse(kernel, (0, 1)), (size, size, inputs, groups, outputs // groups))
    return tf.reshape(tf.transpose(kernel, (0, 1, 4, 3, 2)), (size, size, outputs // groups, groups * inputs))


def kernel_gradient(maps: Tensor, upstream: Tensor, kernel: Tensor, groups: int) -> Tensor:
    """Return the gradient of `convolve` by its kernel, of the kernel's shape.

    Args:
        maps: its input.
        upstream: the gradient by its output.
        kernel: its kernel, of which the shape is used.
        groups: its groups.
    """

    @tf.custom_gradient
    def forward(maps: Tensor, upstream: Tensor) -> Any:
        def backward(direction: Tensor) -> tuple[Tensor, Tensor]:
            return convolve(upstream, turned(direction, groups), groups), convolve(maps, direction, groups)

        return _by_blocks(maps, upstream, kernel.shape, groups), backward

    result: Tensor = forward(maps, upstream)
    return result


def _by_blocks(maps: Tensor, upstream: Tensor, shape: tuple[int, int, int, int], groups: int) -> Tensor:
    height, width, inputs, outputs = shape
    outputs //= groups
    block = next(size for size in range(1, groups + 1) if groups % size == 0 and groups // size <= _MOST_BLOCKS)
    number = groups // block
    gradients = []
    for seen, wanted in zip(tf.split(maps, number, axis=3), tf.split(upstream, number, axis=3), strict=True):
        whole = tf.raw_ops.Conv2DBackpropFilter(
            input=seen,
            filter_sizes=(height, width, block * inputs, block * outputs),
            out_backprop=wanted,
            strides=[1] * 4,
            padding="SAME",
        )
        whole = tf.reshape(whole, (height, width, block, inputs, block, outputs))
        gradients += [whole[:, :, group, :, group] for group in range(block)]
    return tf.reshape(tf.stack(gradients, axis=3), shape)
