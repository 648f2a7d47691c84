"""Which form a convolution, its transpose and its kernel's gradient take: rules of shape, kernels and instruction set.

By `python examples/benchmarks/layers.py`, whose table is in docs/performance.md, "Forms of convolutions": on AMD Zen 3
(AVX2) with oneDNN's kernels and with TensorFlow's own, 2026-11-28, and before on Intel Sapphire Rapids (AVX-512), both
of two cores. On other CPUs, such as Arm, nothing was measured: there the rules are those of AVX-512. On a GPU, and in
what is exported, convolutions stay as TensorFlow has them.

*Places* are those of a convolution's output, which is the input of its transpose: `(batch, height, width)`, `None`
where not known. *Directions* are the names of the functions in `keras_gan.ops.convolution`.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from keras_gan.ops import platform
from keras_gan.types import Tensor

PLAIN = "plain"
DIRECTIONS = ("convolve", "spread", "kernel_gradient")
FEW = 4  # channels
ENOUGH = 16  # channels, and pixels a side, for blocks to pay
SMALL = 4  # places a side
HEAVY = 2**18  # weights of a kernel


class Least(NamedTuple):
    """From where on patches pay: of so many weights for each place, and so many in all."""

    a_place: int
    weights: int = 1


# Before a product oneDNN writes a kernel in an order of its own, which costs more than the product where there are few
# places for so many weights; gradients of heavy kernels are slow with all kernels, and transposes of them under XLA.
# A direction that is missing takes no patches for this reason.
ONEDNN = {
    "AVX-512": {"convolve": Least(2**13), "kernel_gradient": Least(2**14), "spread": Least(2**15)},
    "AVX2": {"convolve": Least(2**15), "kernel_gradient": Least(2**10, 2**20), "spread": Least(2**15)},
}
OWN = {"AVX-512": {}, "AVX2": {"kernel_gradient": Least(2**14), "spread": Least(2**15)}}
XLA = {"AVX-512": {}, "AVX2": {"spread": Least(2**12)}}
STRIPS = {"AVX-512": 2 * HEAVY, "AVX2": HEAVY // 2}  # weights from which on one image pays in strips


def wins(places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether any direction takes another form than TensorFlow's."""
    return any(taken(direction, places, kernel, stride) != PLAIN for direction in DIRECTIONS)


def taken(direction: str, places: Sequence[Any], kernel: Tensor, stride: int) -> str:
    """Return the form that a direction takes: `"patches"`, `"blocks"`, `"strips"`, `"phases"` or `PLAIN`."""
    if platform.keeps_plain_forms():
        return PLAIN
    if _takes_patches(direction, places, kernel, stride):
        return "patches"
    if direction == "spread":
        return "phases" if _takes_phases(places, kernel, stride) else PLAIN
    if block_of(places, kernel, stride) and not (direction == "kernel_gradient" and platform.under_xla()):
        return "blocks"
    return "strips" if direction == "convolve" and takes_strips(places, kernel) else PLAIN


def block_of(places: Sequence[Any], kernel: Tensor, stride: int) -> int:
    """Return the side of the blocks of a convolution, if not patches, and of its gradient but under XLA; 0 for none."""
    # Of small kernels the windows of neighbours overlap little, so that blocks do much more work: with b = 4 a size of
    # 5 takes 2.6 times as much, a size of 3 four times.
    size, _, inputs, outputs = kernel.shape
    known = [side or 0 for side in places[1:]]
    if stride > 1 or size < 5 or outputs > FEW or min(inputs, *known) < ENOUGH:
        return 0
    return next((block for block in (4, 2) if all(side % block == 0 for side in known)), 0)


def takes_strips(places: Sequence[Any], kernel: Tensor) -> bool:
    """Return whether the convolution of one image pays in strips: with oneDNN a heavy kernel is slow there."""
    if None in places or places[0] != 1 or places[1] < 2 * SMALL or platform.keeps_plain_forms():
        return False
    heavy = kernel.shape.num_elements() >= _of_this(STRIPS)
    return bool(heavy) and platform.has_onednn() and not platform.under_xla()


def _takes_phases(places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    size, _, outputs, _ = kernel.shape
    if stride == 1 or size % stride:
        return False
    if platform.under_xla():
        return outputs > FEW and None not in places[1:]
    return (outputs <= FEW) == platform.has_onednn()


def _takes_patches(direction: str, places: Sequence[Any], kernel: Tensor, stride: int) -> bool:
    """Return whether a direction takes patches.

    One place is a product as it is. Where there are few, a product loads heavy weights but once; and XLA's convolutions
    fall back to plain loops where the kernel is larger than the image, in both directions here.
    """
    (rows, *sides), (size, _, outputs, _) = places, kernel.shape
    if None in sides or 0 in sides or size % stride:
        return False
    side, weights = max(sides), kernel.shape.num_elements()
    if side == 1:
        return True
    least = _of_this(XLA if platform.under_xla() else ONEDNN if platform.has_onednn() else OWN).get(direction)
    if least and rows is not None and weights >= max(least.a_place * rows * math.prod(sides), least.weights):
        return True
    if platform.under_xla():
        if direction == "spread":
            return side <= SMALL or (stride > 1 and outputs <= FEW)
        return direction == "convolve" and side * stride < size
    if side > SMALL:
        return False
    if platform.has_onednn():
        return platform.instruction_set() != "AVX2" and weights >= 2 * side * HEAVY
    if direction == "spread":
        return stride == 1 and weights >= HEAVY
    return direction == "kernel_gradient" and weights >= 4 * HEAVY


def _of_this(rules: dict[str, Any]) -> Any:
    """Return what holds for the CPU's instruction set."""
    return rules.get(platform.instruction_set(), rules["AVX-512"])
