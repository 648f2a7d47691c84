"""Convolutions with padding "same" and their transposes, each direction in its fastest form.

TensorFlow's kernels are slow from many channels to few and on maps of few places, and those of some builds in all
transposed convolutions. The same products can be written in other ways:

- *phases*: what a convolution of stride s spreads falls into s x s phases, each with its own taps of the kernel. As
  channels of one convolution of stride 1 they are interleaved at the end.
- *blocks*: b x b neighbours of the output are the channels of a convolution of stride b, whose kernel has each of them
  see its own window. That does (1 + (b - 1) / size)^2 times the work, at many times the rate.
- *patches*: what the kernel sees at each place, written out, makes one matrix product of all, whose rows are places.

Which one is taken is a rule of shape and platform, by `examples/benchmarks/layers.py`. All are differentiable again.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan.ops import platform
from keras_gan.types import Tensor

# Chosen by the rates of `examples/benchmarks/layers.py`, on two AVX-512 cores. Of the peak TensorFlow's kernels reach a
# tenth with one output channel (blocks); a quarter on maps of 2x2 with 512 channels, in one direction a fiftieth under
# XLA (patches); a third to a half in transposed convolutions without oneDNN or under XLA (phases).
FEW = 4  # channels
ENOUGH = 16  # channels, and pixels a side, for blocks to pay
SMALL = 4  # places a side
HEAVY = 2**18  # weights of a kernel


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

        sides = _places(images, stride)
        if takes_patches("convolve", sides, kernel, stride):
            value = by_patches(images, kernel, stride)
        elif block := block_of(sides, kernel, stride):
            value = by_blocks(images, kernel, block)
        else:
            value = tf.nn.conv2d(images, kernel, stride, "SAME")
        return value, backward

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

        if takes_patches("spread", maps.shape[1:3], kernel, stride):
            value = spread_by_patches(maps, kernel, stride)
        elif takes_phases(maps.shape[1:3], kernel, stride):
            value = by_phases(maps, kernel, stride)
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
    sides = _places(images, stride)
    if takes_patches("kernel_gradient", sides, kernel, stride):
        return kernel_gradient_by_patches(images, kernel, upstream, stride)
    block = block_of(sides, kernel, stride)
    if block and not platform.under_xla():
        return kernel_gradient_by_blocks(images, kernel, upstream, block)
    value: Tensor = tf.raw_ops.Conv2DBackpropFilter(
        input=images, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1, stride, stride, 1], padding="SAME"
    )
    return value


def _places(images: Tensor, stride: int) -> list[Any]:
    return [side and side // stride for side in images.shape[1:3]]


# The rules: of the sides of a convolution's output, which is the input of its transpose (`None` where not known), of
# its kernel and its stride.


def wins(sides: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether `convolve`, `spread` or `kernel_gradient` takes another form than TensorFlow's."""
    small = any(takes_patches(of, sides, kernel, stride) for of in ("convolve", "spread", "kernel_gradient"))
    return small or bool(block_of(sides, kernel, stride)) or takes_phases(sides, kernel, stride)


def takes_phases(sides: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether `spread` takes phases, if not patches."""
    size, _, outputs, _ = kernel.shape
    # None of these was measured on a GPU: there all three rules leave TensorFlow's form.
    if stride == 1 or size % stride or platform.has_gpu():
        return False
    if platform.under_xla():
        return outputs > FEW and None not in sides
    return (outputs <= FEW) == platform.has_onednn()


def block_of(sides: Sequence[Any], kernel: Tensor, stride: int) -> int:
    """Return the side of the blocks that `convolve` takes, and its gradient but under XLA; 0 for none."""
    # Of small kernels the windows of neighbours overlap little, so that blocks do much more work: with b = 4 a size of
    # 5 takes 2.6 times as much, a size of 3 four times.
    size, _, inputs, outputs = kernel.shape
    known = [side or 0 for side in sides]
    if stride > 1 or size < 5 or outputs > FEW or min(inputs, *known) < ENOUGH or platform.has_gpu():
        return 0
    return next((block for block in (4, 2) if all(side % block == 0 for side in known)), 0)


def takes_patches(direction: str, sides: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether a direction, by the name of its function above, takes patches.

    One place is a product as it is. Where there are few, a product loads heavy weights but once; and XLA's convolutions
    fall back to plain loops where the kernel is larger than the image, in both directions here.
    """
    size, _, outputs, _ = kernel.shape
    if None in sides or 0 in sides or size % stride or platform.has_gpu():
        return False
    side, weights = max(sides), kernel.shape.num_elements()
    if side == 1:
        return True
    if platform.under_xla():
        if direction == "spread":
            return side <= SMALL or (stride > 1 and outputs <= FEW)
        return direction == "convolve" and side * stride < size
    if platform.has_onednn():
        return side <= SMALL and weights >= 2 * side * HEAVY
    if direction == "spread":
        return side <= SMALL and stride == 1 and weights >= HEAVY
    return side <= SMALL and direction == "kernel_gradient" and weights >= 4 * HEAVY


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


def by_patches(images: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Return `convolve` as one product, of the patches of the images and the kernel."""
    kernel, _ = _reached(kernel, images.shape[1:3], stride)
    values = tf.matmul(_patches(images, kernel.shape, stride), _matrix(kernel))
    return tf.reshape(values, (-1, *_places(images, stride), kernel.shape[3]))


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


def _padding(size: int) -> list[list[int]]:
    around = [(size - 1) // 2, size // 2]
    return [[0, 0], around, around, [0, 0]]
