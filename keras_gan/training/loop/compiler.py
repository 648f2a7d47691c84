"""Whether XLA compiles the step."""

import math
from collections.abc import Sequence

import keras

from keras_gan import distribution
from keras_gan.ops import platform
from keras_gan.types import Config
from keras_gan.utils.keras_private import is_deterministic
from keras_gan.utils.networks import walk

# On a CPU it depends on whose kernels TensorFlow has. By `examples/benchmarks/train_step.py` and `networks_step.py`,
# images a second of a step under XLA by those without:
#
#                        DCGAN 8  16    28    32    64    128   512 channels  R3GAN  StyleGAN2  pix2pix
#   oneDNN's, AVX-512                  0.74        0.93        1.03          0.67   0.49       0.65
#   oneDNN's, AVX2       1.53     1.16  0.97  1.12  1.00        1.12          1.03   1.06
#   own, AVX2                     1.15  1.19  1.16  1.18  1.22  1.07          (1.19) (0.92)     (0.89)
#   own, AVX-512                        1.24        1.21
#
# AVX-512 is Intel Sapphire Rapids and AVX2 AMD Zen 3, both of two cores, 2026-11-28 (the first row of the last three
# 2026-11-27), with TF_ENABLE_ONEDNN_OPTS=1 and =0; in parentheses what Sapphire Rapids gives for AVX2
# (ONEDNN_MAX_CPU_ISA=AVX2 and XLA_FLAGS=--xla_cpu_max_isa=AVX2). "512 channels" are images of 16 pixels. These DCGANs
# have five convolutions a network at most, the last three 14 and more, which XLA also compiles for much longer; nothing
# was measured between them, nor on Arm. Smaller images it makes faster, too, but saves too little for the seconds that
# it compiles.
SMALLEST = 16 * 16  # pixels
# Where AVX2 has oneDNN's kernels XLA won at 16 and 32 pixels, and not at 28, nor beyond. Why was not looked into:
# DCGANs of the former go down to maps of 4x4, that of 28 to 7x7.
SIDES = {16, 32}
DEEP = 5  # convolutions of a network: those of a DCGAN of 128 pixels


def by_xla(
    jit_compile: bool | str, networks: Sequence[keras.Model], run_eagerly: bool, replicas: int, arguments: Config
) -> bool | str:
    """Return what Keras is told about XLA: what was asked for, but for what `"auto"` is on CPUs.

    Args:
        jit_compile: as `GAN.compile` takes it.
        networks: of all players.
        run_eagerly: whether nothing is compiled.
        replicas: how many share a step.
        arguments: what else `compile` was called with, by name.

    Raises:
        InputError: XLA is asked for with several replicas.
    """
    if replicas > 1:
        distribution.check_compiler(jit_compile)
        return jit_compile
    if jit_compile != "auto" or run_eagerly or platform.has_gpu():
        return jit_compile  # of "auto" Keras makes what is best on GPUs, and no XLA on CPUs
    # XLA would compute the parts of a batch together, which are there to save memory.
    if is_deterministic() or arguments.get("accumulation_steps", 1) != 1:
        return False
    images = [sides for network in networks for sides in _images(network)]
    if not images or 0 in map(math.prod, images) or not pays(*max(images, key=math.prod)):
        return False
    return 0 < max(map(_convolutions, networks)) <= DEEP and all(map(_can_be, networks))


def pays(height: int, width: int) -> bool:
    """Return whether `"auto"` compiles DCGANs of images of these sides: where XLA was faster, by enough to pay."""
    instructions, pixels = platform.instruction_set(), height * width
    if instructions not in ("AVX2", "AVX-512") or pixels < SMALLEST:
        return False
    if platform.has_onednn():
        return instructions == "AVX2" and {height, width} <= SIDES
    return True


def _convolutions(network: keras.Model) -> int:
    return sum(len(weight.shape) == 4 for weight in network.trainable_weights)


def _images(network: keras.Model) -> list[tuple[int, int]]:
    """Return the sides of the images that a network takes or makes, 0 for any; a subclassed one does not tell."""
    tensors = [*(getattr(network, "inputs", None) or []), *(getattr(network, "outputs", None) or [])]
    return [(tensor.shape[1] or 0, tensor.shape[2] or 0) for tensor in tensors if len(tensor.shape) == 4]


def _can_be(network: keras.Model) -> bool:
    """Return whether XLA knows a network's layers, and has float32, in which it was measured."""
    return network.compute_dtype == "float32" and all(layer.supports_jit for layer in walk(network))
