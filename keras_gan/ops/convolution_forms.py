"""The forms in which a convolution, its transpose and its kernel's gradient can be written.

- *phases*: what a convolution of stride s spreads falls into s x s phases, each with its own taps of the kernel. As
  channels of one convolution of stride 1 they are interleaved at the end.
- *blocks*: b x b neighbours of the output are the channels of a convolution of stride b, whose kernel has each of them
  see its own window. That does (1 + (b - 1) / size)^2 times the work, at many times the rate.
- *patches*: what the kernel sees at each place, written out, makes one matrix product of all, whose rows are places.
- *strips*: the upper and the lower half of one image, with the rows that both need, are a batch of two.

Which one is fast is told by `keras_gan.ops.convolution_rules`.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan.types import Tensor


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
    return tf.nn.depth_to_space(tf.nn.conv2d(images, kernels, block, padding(size)), block)


def kernel_gradient_by_blocks(images: Tensor, kernel: Tensor, upstream: Tensor, block: int) -> Tensor:
    """Return the gradient of `by_blocks` with respect to its kernel."""
    size, _, inputs, outputs = kernel.shape
    wide = size + block - 1
    of_kernels = tf.raw_ops.Conv2DBackpropFilter(
        input=tf.pad(images, padding(size)),  # explicit padding is not among what oneDNN's kernel knows
        filter_sizes=(wide, wide, inputs, block * block * outputs),
        out_backprop=tf.nn.space_to_depth(upstream, block),
        strides=[1, block, block, 1],
        padding="VALID",
    )
    parts = tf.reshape(of_kernels, (wide, wide, inputs, block, block, outputs))
    return tf.add_n(
        [parts[i : i + size, j : j + size, :, i, j] for i in range(block) for j in range(block)],
    )


def by_strips(images: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Return the convolution of one image, where the kernel lies within it, as that of its two halves."""
    size, (height, width) = kernel.shape[0], images.shape[1:3]
    rows = (height - size) // stride + 1
    each = -(-rows // 2)  # of an odd number there is one too many, of which the image lacks a stride at most
    images = tf.pad(images, [[0, 0], [0, stride], [0, 0], [0, 0]]) if rows % 2 else images
    tall = (each - 1) * stride + size
    halves = tf.concat([images[:, first : first + tall] for first in (0, each * stride)], axis=0)
    values = tf.nn.conv2d(halves, kernel, stride, "VALID")
    return tf.reshape(values, (1, 2 * each, (width - size) // stride + 1, kernel.shape[3]))[:, :rows]


def by_patches(images: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Return `convolve` as one product, of the patches of the images and the kernel."""
    kernel, _ = _reached(kernel, images.shape[1:3], stride)
    values = tf.matmul(_patches(images, kernel.shape, stride), _matrix(kernel))
    rows, columns = (side // stride for side in images.shape[1:3])
    return tf.reshape(values, (-1, rows, columns, kernel.shape[3]))


def spread_by_patches(maps: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Return `spread` as one product, to patches that are added up where they meet."""
    sides = [side * stride for side in maps.shape[1:3]]
    kernel, _ = _reached(kernel, sides, stride)
    patches = tf.matmul(tf.reshape(maps, (-1, kernel.shape[3])), _matrix(kernel), transpose_b=True)
    return _sum_of_patches(patches, sides, kernel.shape, stride)


def kernel_gradient_by_patches(images: Tensor, kernel: Tensor, upstream: Tensor, stride: int) -> Tensor:
    """Return the gradient of `by_patches` with respect to its kernel."""
    reached, margins = _reached(kernel, images.shape[1:3], stride)
    patches = _patches(images, reached.shape, stride)
    product = tf.matmul(patches, tf.reshape(upstream, (-1, kernel.shape[3])), transpose_a=True)
    return tf.pad(tf.reshape(product, reached.shape), margins)


def _reached(kernel: Tensor, sides: Sequence[int], stride: int) -> tuple[Tensor, list[list[int]]]:
    """Return the taps of a kernel that meet images of these sides, not their border alone, and what was cut off."""
    margins = []
    for size, side in zip(kernel.shape[:2], sides, strict=True):
        before = (size - stride) // 2
        margins.append([max(0, reach - side + stride) for reach in (before, size - stride - before)])
    (top, bottom), (left, right) = margins
    height, width = kernel.shape[:2]
    return kernel[top : height - bottom, left : width - right], [*margins, [0, 0], [0, 0]]


def _patches(images: Tensor, window: Sequence[int], stride: int) -> Tensor:
    """Return what a kernel of this shape sees, `(places, height * width * channels)`."""
    down, right, channels, _ = window

    @tf.custom_gradient
    def forward(images: Tensor) -> Any:
        patches = images
        if not (tuple(images.shape[1:3]) == (down, right) == (stride, stride)):  # else it is one place
            patches = tf.image.extract_patches(images, [1, down, right, 1], [1, stride, stride, 1], [1] * 4, "SAME")
        value = tf.reshape(patches, (-1, down * right * channels))
        return value, lambda upstream: _sum_of_patches(upstream, images.shape[1:3], window, stride)

    value: Tensor = forward(images)
    return value


def _sum_of_patches(patches: Tensor, sides: Sequence[int], window: Sequence[int], stride: int) -> Tensor:
    """Return the transpose of `_patches`, images of these sides: where patches overlap they are added."""
    (height, width), (down, right, channels, _) = sides, window
    rows, columns = height // stride, width // stride
    # Tap number s t + r of a window falls on phase r of the place t further.
    patches = tf.reshape(patches, (-1, rows, columns, down // stride, stride, right // stride, stride, channels))
    moved = []
    for i in range(down // stride):
        for j in range(right // stride):
            part = tf.transpose(patches[:, :, :, i, :, j], (0, 1, 3, 2, 4, 5))
            further = [i, down // stride - 1 - i], [j, right // stride - 1 - j]
            moved.append(tf.pad(part, [[0, 0], further[0], [0, 0], further[1], [0, 0], [0, 0]]))
    whole = tf.reshape(tf.add_n(moved), (-1, height + down - stride, width + right - stride, channels))
    top, left = (down - stride) // 2, (right - stride) // 2
    return whole[:, top : top + height, left : left + width]


def _matrix(kernel: Tensor) -> Tensor:
    return tf.reshape(kernel, (-1, kernel.shape[3]))


def padding(size: int, stride: int = 1) -> list[list[int]]:
    """Return what "same" adds around an image, as `tf.pad` takes it."""
    around = [(size - stride) // 2, (size - stride + 1) // 2]
    return [[0, 0], around, around, [0, 0]]
