"""What TensorFlow runs on, as far as it decides which of two equal forms is the faster one."""

import contextlib
import functools
from collections.abc import Iterator
from contextvars import ContextVar

import tensorflow as tf

from keras_gan.utils import keras_private

_elsewhere = ContextVar("elsewhere", default=False)


@contextlib.contextmanager
def elsewhere() -> Iterator[None]:
    """Trace for other machines and programs, of which not all have kernels for what other forms are made of."""
    token = _elsewhere.set(True)
    try:
        yield
    finally:
        _elsewhere.reset(token)


def keeps_plain_forms() -> bool:
    """Return whether convolutions stay as TensorFlow has them: on a GPU, where no other was measured, and elsewhere."""
    return _elsewhere.get() or has_gpu()


def under_xla() -> bool:
    """Return whether what is traced now will be compiled by XLA."""
    return keras_private.is_compiled_by_xla()


@functools.cache
def has_onednn() -> bool:
    """Return whether TensorFlow's own kernels are oneDNN's: it says so itself, and heeds `TF_ENABLE_ONEDNN_OPTS`."""
    return keras_private.has_onednn_kernels()


@functools.cache
def has_gpu() -> bool:
    """Return whether there is a GPU, on which everything runs then."""
    return bool(tf.config.get_visible_devices("GPU"))
