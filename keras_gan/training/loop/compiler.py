"""Whether XLA compiles the step."""

import math
from collections.abc import Sequence

import keras

from keras_gan import distribution
from keras_gan.layers import ModulatedConv2D
from keras_gan.ops import platform
from keras_gan.utils.networks import walk

# On a CPU it depends on whose kernels TensorFlow has. By `examples/benchmarks/train_step.py` and `networks_step.py` on
# two cores of Intel Sapphire Rapids, 2026-11-28, images a second of a step under XLA by those without:
#
#                                          DCGAN 28  DCGAN 64  512 channels  R3GAN  StyleGAN2  pix2pix
#   oneDNN's, AVX-512                      0.74      0.93      1.03          0.67   0.49       0.65
#   oneDNN's, ONEDNN_MAX_CPU_ISA=AVX2      0.85      0.95      1.21
#   TF_ENABLE_ONEDNN_OPTS=0                1.24      1.21
#   the same, AVX2 (as where there is no   1.25      1.22      1.45          1.19   0.92       0.89
#   other: AMD's Zen 2 and 3)
#
# AVX2 is this machine's, by ONEDNN_MAX_CPU_ISA=AVX2 and XLA_FLAGS=--xla_cpu_max_isa=AVX2. TensorFlow takes oneDNN's
# kernels where a CPU has AVX-512's or AVX's instructions for neural networks.
SMALL = 28 * 28  # pixels: of fewer XLA saves too little for the seconds that it compiles


def by_xla(
    jit_compile: bool | str, networks: Sequence[keras.Model], run_eagerly: bool, replicas: int = 1
) -> bool | str:
    """Return what Keras is told about XLA: what was asked for, but for what `"auto"` is on CPUs.

    Args:
        jit_compile: as `GAN.compile` takes it.
        networks: of all players.
        run_eagerly: whether nothing is compiled.
        replicas: how many share a step.

    Raises:
        InputError: XLA is asked for with several replicas.
    """
    if replicas > 1:
        distribution.check_compiler(jit_compile)
        return jit_compile
    if jit_compile != "auto" or run_eagerly or platform.has_gpu() or platform.has_onednn():
        return jit_compile  # of "auto" Keras makes what is best on GPUs, and no XLA on CPUs
    return any(map(_convolves, networks)) and not any(map(_is_slower, networks))


def _convolves(network: keras.Model) -> bool:
    """Return whether a network convolves images that are large enough, in float32, in which it was measured."""
    sides = [*_sides(network, "inputs"), *_sides(network, "outputs")]
    large = any(math.prod(side or 0 for side in each) >= SMALL for each in sides)
    kernels = any(len(weight.shape) == 4 for weight in network.trainable_weights)
    return large and kernels and network.compute_dtype == "float32"


def _is_slower(network: keras.Model) -> bool:
    """Return whether a network makes images of images, or modulates its kernels."""
    translates = bool(_sides(network, "inputs") and _sides(network, "outputs"))
    return translates or any(isinstance(layer, ModulatedConv2D) for layer in walk(network))


def _sides(network: keras.Model, end: str) -> list[tuple[int | None, ...]]:
    """Return the sides of the images among a network's inputs or outputs, which a subclassed one does not tell."""
    return [tensor.shape[1:-1] for tensor in getattr(network, end, None) or [] if len(tensor.shape) == 4]
