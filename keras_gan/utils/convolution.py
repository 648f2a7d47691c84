"""Convolutions with padding "same" and their transposes, each direction in its fastest form.

TensorFlow's kernels are slow where they have few channels to work on, and some builds of it in all transposed
convolutions. The same products can be written as another convolution, with more channels and fewer places:

- *phases*: what a convolution of stride s spreads falls into s x s phases, each with its own taps of the kernel. As
  channels of one convolution of stride 1 they are interleaved at the end.
- *blocks*: b x b neighbours of the output are the channels of a convolution of stride b, whose kernel has each of them
  see its own window. That does (1 + (b - 1) / size)^2 times the work, at many times the rate.

Which one is taken is a rule of shape and platform, by `examples/benchmarks/layers.py`. All are differentiable again.
"""

from typing import Any

import tensorflow as tf

from keras_gan.types import Tensor
from keras_gan.utils import platform

FEW = 4  # channels
ENOUGH = 16  # channels, and pixels a side, for blocks to pay


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
            return spread(upstream, kernel, stride), kernel_gradient(images, kernel, upstream, stride)

        block = block_of(images, kernel, stride)
        value = by_blocks(images, kernel, block) if block else tf.nn.conv2d(images, kernel, stride, "SAME")
        return value, backward

    value: Tensor = forward(images, kernel)
    return value


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
            return convolve(upstream, kernel, stride), kernel_gradient(upstream, kernel, maps, stride)

        if spreads_by_phases(maps.shape[1], kernel, stride):
            return by_phases(maps, kernel, stride), backward
        rows, height, width = tf.unstack(tf.shape(maps)[:3])
        shape = (rows, height * stride, width * stride, kernel.shape[2])
        return tf.nn.conv2d_transpose(maps, kernel, shape, stride, "SAME"), backward

    value: Tensor = forward(maps, kernel)
    return value


def kernel_gradient(images: Tensor, kernel: Tensor, upstream: Tensor, stride: int = 1) -> Tensor:
    """Return the gradient of `convolve` with respect to its kernel, of the kernel's shape.

    Args:
        images: its input.
        kernel: its kernel, of which the shape is used.
        upstream: the gradient with respect to its output.
        stride: its stride.
    """
    block = block_of(images, kernel, stride)
    if block and not platform.under_xla():
        return kernel_gradient_by_blocks(images, kernel, upstream, block)
    value: Tensor = tf.raw_ops.Conv2DBackpropFilter(
        input=images, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1, stride, stride, 1], padding="SAME"
    )
    return value


# The rules.


def wins(images: Tensor, kernel: Tensor, stride: int) -> bool:
    """Return whether `convolve`, or a gradient of it, takes another form than TensorFlow's."""
    side = images.shape[1]
    return bool(block_of(images, kernel, stride)) or spreads_by_phases(side and side // stride, kernel, stride)


def spreads_by_phases(side: int | None, kernel: Tensor, stride: int) -> bool:
    """Return whether `spread` takes phases, for maps of `side`."""
    size, _, outputs, _ = kernel.shape
    if stride == 1 or size % stride or platform.has_gpu():
        return False
    if platform.under_xla():  # the border, which phases compute and throw away, is too much of a small map
        return outputs > FEW and side is not None and side > 4
    return (outputs <= FEW) == platform.has_onednn()


def block_of(images: Tensor, kernel: Tensor, stride: int) -> int:
    """Return the side of the blocks that `convolve` takes, and its gradient but under XLA; 0 for none."""
    size, _, inputs, outputs = kernel.shape
    sides = [side or 0 for side in images.shape[1:3]]
    if stride > 1 or size < 5 or outputs > FEW or min(inputs, *sides) < ENOUGH or platform.has_gpu():
        return 0
    return next((block for block in (4, 2) if all(side % block == 0 for side in sides)), 0)


# The forms.


def by_phases(maps: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Return `spread` as one convolution of stride 1; the kernel's size is a multiple of the stride."""
    size, _, outputs, inputs = kernel.shape
    taps, height, width = size // stride, tf.shape(maps)[1], tf.shape(maps)[2]
    # Tap t of phase r is number s t + r of the kernel, and meets the input t places before.
    phases = tf.reverse(tf.reshape(kernel, (taps, stride, taps, stride, outputs, inputs)), (0, 2))
    phases = tf.reshape(tf.transpose(phases, (0, 2, 5, 1, 3, 4)), (taps, taps, inputs, stride * stride * outputs))
    reach = [taps - 1, taps - 1]
    values = tf.nn.conv2d(maps, phases, 1, [[0, 0], reach, reach, [0, 0]])
    # All phases of all places that the kernel reaches, of which those within the border are wanted.
    first = (size - stride) // 2
    whole = tf.nn.depth_to_space(values, stride)
    return whole[:, first : first + height * stride, first : first + width * stride]


def by_blocks(images: Tensor, kernel: Tensor, block: int) -> Tensor:
    """Return `convolve` of stride 1 as one of stride `block`, which divides the sides of the images."""
    size, _, inputs, outputs = kernel.shape
    shifted = [
        tf.pad(kernel, [[i, block - 1 - i], [j, block - 1 - j], [0, 0], [0, 0]])
        for i in range(block)
        for j in range(block)
    ]
    wide = size + block - 1
    kernels = tf.reshape(tf.stack(shifted, axis=3), (wide, wide, inputs, block * block * outputs))
    return tf.nn.depth_to_space(tf.nn.conv2d(images, kernels, block, _padding(size)), block)


def kernel_gradient_by_blocks(images: Tensor, kernel: Tensor, upstream: Tensor, block: int) -> Tensor:
    """Return the gradient of `by_blocks` with respect to its kernel."""
    size, _, inputs, outputs = kernel.shape
    wide = size + block - 1
    of_kernels = tf.raw_ops.Conv2DBackpropFilter(
        input=tf.pad(images, _padding(size)),  # explicit padding is not among what oneDNN's kernel knows
        filter_sizes=(wide, wide, inputs, block * block * outputs),
        out_backprop=tf.nn.space_to_depth(upstream, block),
        strides=[1, block, block, 1],
        padding="VALID",
    )
    parts = tf.reshape(of_kernels, (wide, wide, inputs, block, block, outputs))
    return tf.add_n(
        [parts[i : i + size, j : j + size, :, i, j] for i in range(block) for j in range(block)],
    )


def _padding(size: int) -> list[list[int]]:
    around = [(size - 1) // 2, size // 2]
    return [[0, 0], around, around, [0, 0]]
