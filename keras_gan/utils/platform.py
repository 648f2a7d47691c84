"""What TensorFlow runs on, as far as it decides which of two equal forms is the faster one.

TensorFlow has no public way to ask for either: the private names are touched here alone. Should they move, its own
kernels are taken, as without this.
"""

import functools

import tensorflow as tf

try:
    from tensorflow.python.ops import control_flow_util
    from tensorflow.python.util import _pywrap_util_port
except ImportError:  # pragma: no cover
    control_flow_util = _pywrap_util_port = None


def under_xla() -> bool:
    """Return whether what is traced now will be compiled by XLA."""
    if tf.executing_eagerly() or control_flow_util is None:
        return False
    compiled: bool = control_flow_util.GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph())
    return compiled


@functools.cache
def has_onednn() -> bool:
    """Return whether TensorFlow's own kernels are oneDNN's: it says so itself, and heeds `TF_ENABLE_ONEDNN_OPTS`."""
    enabled: bool = _pywrap_util_port is None or _pywrap_util_port.IsMklEnabled()
    return enabled


@functools.cache
def has_gpu() -> bool:
    """Return whether there is a GPU, on which everything runs then."""
    return bool(tf.config.get_visible_devices("GPU"))
