"""What TensorFlow runs on, as far as it decides which of two equal forms is the faster one."""

import contextlib
import functools
import os
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np
import tensorflow as tf

from keras_gan.utils import keras_private

_elsewhere = ContextVar("elsewhere", default=False)
_on_a_gpu = ContextVar("on_a_gpu", default=False)


@contextlib.contextmanager
def _true(word: ContextVar[bool]) -> Iterator[None]:
    token = word.set(True)
    try:
        yield
    finally:
        word.reset(token)


def elsewhere() -> contextlib.AbstractContextManager[None]:
    """Trace for other machines and programs, of which not all have kernels for what other forms are made of."""
    return _true(_elsewhere)


def as_on_a_gpu() -> contextlib.AbstractContextManager[None]:
    """Trace the forms of a GPU, which are those as written: to count their operations alike on all machines."""
    return _true(_on_a_gpu)


def keeps_plain_forms() -> bool:
    """Return whether convolutions stay as TensorFlow has them: on a GPU, where no other was measured, and elsewhere."""
    return _elsewhere.get() or has_gpu()


def under_xla() -> bool:
    """Return whether what is traced now will be compiled by XLA."""
    return keras_private.is_compiled_by_xla()


@functools.cache
def has_onednn() -> bool:
    """Return whether TensorFlow takes oneDNN's kernels: it says so itself, and heeds `TF_ENABLE_ONEDNN_OPTS`."""
    return keras_private.has_onednn_kernels()


def kernels() -> str:
    """Return whose kernels compute: `"the GPU's"`, `"oneDNN's"` or `"TensorFlow's own"`."""
    if has_gpu():
        return "the GPU's"
    return "oneDNN's" if has_onednn() else "TensorFlow's own"


def has_gpu() -> bool:
    """Return whether there is a GPU, on which everything runs then."""
    return _on_a_gpu.get() or _finds_gpu()


@functools.cache
def _finds_gpu() -> bool:
    return bool(tf.config.get_visible_devices("GPU"))


@functools.cache
def instruction_set() -> str:
    """Return the vectors that the CPU computes with: `"AVX-512"`, `"AVX2"`, `"Arm"` or `"other"`.

    Of a CPU with AVX-512 it is AVX2 where `ONEDNN_MAX_CPU_ISA`, oneDNN's own switch, allows no more.
    """
    found = np.show_config(mode="dicts").get("SIMD Extensions", {})
    names = {*found.get("baseline", ()), *found.get("found", ())}
    allowed = os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()
    less = allowed in ("SSE41", "AVX") or allowed.startswith("AVX2")
    if not less and any(name.startswith(("AVX512", "X86_V4")) for name in names):
        return "AVX-512"
    if names & {"AVX2", "X86_V3"}:
        return "AVX2"
    return "Arm" if any(name.startswith(("NEON", "ASIMD")) for name in names) else "other"
