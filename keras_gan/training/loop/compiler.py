"""Whether XLA compiles the step."""

import math
from collections.abc import Sequence

import keras

from keras_gan import distribution
from keras_gan.ops import platform
from keras_gan.types import Config
from keras_gan.utils.keras_private import is_deterministic
from keras_gan.utils.networks import walk

# On a CPU it depends on whose kernels TensorFlow has. By `examples/benchmarks/train_step.py` and `networks_step.py` on
# two cores of Intel Sapphire Rapids, 2026-11-28, images a second of a step under XLA by those without:
#
#                                          DCGAN 28  DCGAN 64  512 channels  R3GAN  StyleGAN2  pix2pix
#   oneDNN's, AVX-512                      0.74      0.93      1.03          0.67   0.49       0.65
#   oneDNN's, ONEDNN_MAX_CPU_ISA=AVX2      0.85      0.95      1.21
#   TF_ENABLE_ONEDNN_OPTS=0                1.24      1.21
#   the same, AVX2                         1.25      1.22      1.45          1.19   0.92       0.89
#
# AVX2 is this machine's, by ONEDNN_MAX_CPU_ISA=AVX2 and XLA_FLAGS=--xla_cpu_max_isa=AVX2. The last three of that row
# ran beside other work: R3GAN from 0.78 to 1.22. The first three have five convolutions a network at most, the others
# 14 and more, which XLA also compiles for much longer; nothing was measured between them, nor on Arm.
SMALL = 28 * 28  # pixels: of fewer XLA saves too little for the seconds that it compiles
DEEP = 6  # convolutions of a network: those of a DCGAN of 256 pixels


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
    if platform.has_onednn() or is_deterministic() or platform.instruction_set() not in ("AVX2", "AVX-512"):
        return False
    # XLA would compute the parts of a batch together, which are there to save memory.
    whole = arguments.get("accumulation_steps", 1) == 1
    convolutions = [_convolutions(network) for network in networks]
    return whole and 0 < max(convolutions) <= DEEP and any(map(_is_large, networks)) and all(map(_can_be, networks))


def _convolutions(network: keras.Model) -> int:
    return sum(len(weight.shape) == 4 for weight in network.trainable_weights)


def _is_large(network: keras.Model) -> bool:
    """Return whether a network takes or makes images that are large enough; a subclassed one does not tell."""
    tensors = [*(getattr(network, "inputs", None) or []), *(getattr(network, "outputs", None) or [])]
    return any(
        len(tensor.shape) == 4 and math.prod(side or 0 for side in tensor.shape[1:3]) >= SMALL for tensor in tensors
    )


def _can_be(network: keras.Model) -> bool:
    """Return whether XLA knows a network's layers, and has float32, in which it was measured."""
    return network.compute_dtype == "float32" and all(layer.supports_jit for layer in walk(network))
