"""Convolutions and their transposes, each direction in its fastest form.

TensorFlow's kernels are slow from many channels to few and on maps of few places, and those of some builds in all
transposed convolutions. `keras_gan.ops.convolution_forms` has other ways to write the same products. Which one is taken
is a rule of shape and platform, by `examples/benchmarks/layers.py`, and of one image by
`examples/benchmarks/single_images.py`. All are differentiable again.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan.ops import convolution_forms as forms
from keras_gan.ops import platform
from keras_gan.types import Tensor

# Chosen by the rates of `examples/benchmarks/layers.py`, on two AVX-512 cores. Of the peak TensorFlow's kernels reach a
# tenth with one output channel (blocks); a quarter on maps of 2x2 with 512 channels, in one direction a fiftieth under
# XLA (patches); a third to a half in transposed convolutions without oneDNN or under XLA (phases).
FEW = 4  # channels
ENOUGH = 16  # channels, and pixels a side, for blocks to pay
SMALL = 4  # places a side
HEAVY = 2**18  # weights of a kernel

# By `examples/benchmarks/single_images.py`, likewise: before a product oneDNN writes a kernel in an order of its own,
# which costs more than the product where there are few places for so many weights. So many weights a place it takes
# for patches to pay: from there on they need 0.3 to 1.0 of the time. And of one image a heavy kernel is slow forwards,
# with more places too: there strips need 0.5 to 0.9 of the time.
WEIGHTS_A_PLACE = {"convolve": 2**13, "kernel_gradient": 2**14, "spread": 2**15}


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
        if takes_patches("convolve", places, kernel, stride):
            value = forms.by_patches(images, kernel, stride)
        elif block := block_of(places, kernel, stride):
            value = forms.by_blocks(images, kernel, block)
        elif takes_strips(places, kernel):
            value = forms.by_strips(tf.pad(images, forms.padding(kernel.shape[0], stride)), kernel, stride)
        else:
            value = tf.nn.conv2d(images, kernel, stride, "SAME")
        return value, backward

    result: Tensor = forward(images, kernel)
    return result


def convolve_inside(images: Tensor, kernel: Tensor, stride: int = 1) -> Tensor:
    """Return the convolution at the places where the kernel lies within the image, in strips; see `takes_strips`.

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

        if takes_patches("spread", maps.shape[:3], kernel, stride):
            value = forms.spread_by_patches(maps, kernel, stride)
        elif takes_phases(maps.shape[:3], kernel, stride):
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
    if takes_patches("kernel_gradient", places, kernel, stride):
        return forms.kernel_gradient_by_patches(images, kernel, upstream, stride)
    block = block_of(places, kernel, stride)
    if block and not platform.under_xla():
        return forms.kernel_gradient_by_blocks(images, kernel, upstream, block)
    value: Tensor = tf.raw_ops.Conv2DBackpropFilter(
        input=images, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1, stride, stride, 1], padding="SAME"
    )
    return value


def form_of(padding: str, shape: Sequence[Any], kernel: Tensor, stride: int) -> Callable[..., Tensor] | None:
    """Return `convolve` or `convolve_inside` where it has another form than TensorFlow's for images of this shape."""
    (rows, *sides, _), size = shape, kernel.shape[0]
    if padding == "valid":
        places = [rows, *(side and (side - size) // stride + 1 for side in sides)]
        return convolve_inside if takes_strips(places, kernel) else None
    if padding != "same" or not all(divides(stride, number) for number in (size, *sides)):
        return None
    return convolve if wins([rows, *(side // stride for side in sides)], kernel, stride) else None


def divides(stride: int, number: int | None) -> bool:
    """Return whether a side, or the size of a kernel, is known and a multiple of a stride."""
    return stride > 0 and number is not None and number > 0 and number % stride == 0


def _places(images: Tensor, stride: int) -> list[Any]:
    rows, *sides = images.shape[:3]
    return [rows, *(side and side // stride for side in sides)]


# The rules: of the places of a convolution's output, which is the input of its transpose: `(batch, height, width)`,
# `None` where not known; of its kernel and its stride.


def wins(places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether `convolve`, `spread` or `kernel_gradient` takes another form than TensorFlow's."""
    few = any(takes_patches(of, places, kernel, stride) for of in WEIGHTS_A_PLACE) or takes_strips(places, kernel)
    return few or bool(block_of(places, kernel, stride)) or takes_phases(places, kernel, stride)


def takes_strips(places: Sequence[Any], kernel: Tensor) -> bool:
    """Return whether `convolve` takes strips, if neither patches nor blocks, and whether `convolve_inside` pays."""
    if None in places or places[0] != 1 or platform.under_xla() or platform.keeps_plain_forms():
        return False
    return platform.has_onednn() and kernel.shape.num_elements() >= 2 * HEAVY and places[1] >= 2 * SMALL


def takes_phases(places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether `spread` takes phases, if not patches."""
    size, _, outputs, _ = kernel.shape
    # None of these was measured on a GPU: there all rules leave TensorFlow's form.
    if stride == 1 or size % stride or platform.keeps_plain_forms():
        return False
    if platform.under_xla():
        return outputs > FEW and None not in places[1:]
    return (outputs <= FEW) == platform.has_onednn()


def block_of(places: Sequence[Any], kernel: Tensor, stride: int) -> int:
    """Return the side of the blocks that `convolve` takes, and its gradient but under XLA; 0 for none."""
    # Of small kernels the windows of neighbours overlap little, so that blocks do much more work: with b = 4 a size of
    # 5 takes 2.6 times as much, a size of 3 four times.
    size, _, inputs, outputs = kernel.shape
    known = [side or 0 for side in places[1:]]
    if stride > 1 or size < 5 or outputs > FEW or min(inputs, *known) < ENOUGH or platform.keeps_plain_forms():
        return 0
    return next((block for block in (4, 2) if all(side % block == 0 for side in known)), 0)


def takes_patches(direction: str, places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether a direction, by the name of its function above, takes patches.

    One place is a product as it is. Where there are few, a product loads heavy weights but once; and XLA's convolutions
    fall back to plain loops where the kernel is larger than the image, in both directions here.
    """
    (rows, *sides), (size, _, outputs, _) = places, kernel.shape
    if None in sides or 0 in sides or size % stride or platform.keeps_plain_forms():
        return False
    side, weights = max(sides), kernel.shape.num_elements()
    if side == 1:
        return True
    if platform.under_xla():
        if direction == "spread":
            return side <= SMALL or (stride > 1 and outputs <= FEW)
        return direction == "convolve" and side * stride < size
    if platform.has_onednn():
        few = rows is not None and weights >= WEIGHTS_A_PLACE[direction] * rows * math.prod(sides)
        return few or (side <= SMALL and weights >= 2 * side * HEAVY)
    if direction == "spread":
        return side <= SMALL and stride == 1 and weights >= HEAVY
    return side <= SMALL and direction == "kernel_gradient" and weights >= 4 * HEAVY
