"""The private names of Keras and TensorFlow that the package can't do without, each with its purpose; here alone.

Where one is gone that decides what is computed, the import or the first use says that this version is not supported,
rather than that something else is done in silence. Of those that only decide how fast it is, no XLA and
oneDNN's kernels are assumed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import keras
import tensorflow as tf

from keras_gan.types import Tensor, Variable

try:
    from tensorflow.python.framework.config import is_op_determinism_enabled
    from tensorflow.python.ops import control_flow_util
    from tensorflow.python.util import _pywrap_util_port
except ImportError:  # pragma: no cover
    control_flow_util = _pywrap_util_port = is_op_determinism_enabled = None

SUM_OF_REPLICAS = "_all_reduce_sum_gradients"
"""The method by which an optimizer sums what each replica gives: a step has summed, clipped and judged before."""


class UnsupportedVersionError(RuntimeError):
    """A version of Keras or TensorFlow that the package was not tried with lacks what it needs."""


def _read(holder: object, name: str) -> Any:
    try:
        return getattr(holder, name)
    except AttributeError as error:
        raise UnsupportedVersionError(
            f"Keras {keras.__version__} with TensorFlow {tf.__version__} is not supported: "
            f"{holder.__name__ if isinstance(holder, type) else type(holder).__name__} has no {name!r}. pyproject.toml "
            "has the versions that were tried"
        ) from error


# TensorFlow: which of two equal forms is the faster one. Where it does not say, no XLA and oneDNN's kernels.


def is_compiled_by_xla() -> bool:
    """Return whether what is traced now will be compiled by XLA, which has no public name."""
    if tf.executing_eagerly() or control_flow_util is None:
        return False
    compiled: bool = control_flow_util.GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph())
    return compiled


def has_onednn_kernels() -> bool:
    """Return whether TensorFlow takes oneDNN's kernels: it says so itself, and heeds `TF_ENABLE_ONEDNN_OPTS`."""
    enabled: bool = _pywrap_util_port is None or _pywrap_util_port.IsMklEnabled()
    return enabled


def is_deterministic() -> bool:
    """Return whether TensorFlow was asked for deterministic operations, of which XLA lacks some."""
    return is_op_determinism_enabled is None or bool(is_op_determinism_enabled())


# Tensors and layers.


def origin(tensor: keras.KerasTensor) -> tuple[keras.Operation, int] | None:
    """Return the operation that made a symbolic tensor, and which of its outputs it is; `None` if nobody knows."""
    history = getattr(tensor, "_keras_history", None)
    return None if history is None else (history[0], history[2])


class OpenBatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization, whose statistics a subclass computes."""

    @property
    def reduction_axes(self) -> list[int]:
        """All axes but that of the channels."""
        axes: list[int] = _read(self, "_reduction_axes")
        return axes

    def moments(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the mean and the variance of each channel."""
        raise NotImplementedError

    def _moments(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        return self.moments(inputs, mask)


def set_direction(metric: keras.metrics.Metric, direction: str) -> None:
    """Say which way is better, `"down"` or `"up"`, which Keras's callbacks with `mode="auto"` ask a metric."""
    metric._direction = direction


# Data sets.


def sources(data: tf.data.Dataset) -> list[tf.data.Dataset]:
    """Return the data sets that a data set is made of; none where it does not tell."""
    made_of: list[tf.data.Dataset] = getattr(data, "_inputs", list)()
    return made_of


# Optimizers.


def built_for(optimizer: keras.optimizers.Optimizer) -> list[Variable]:
    """Return the variables that an optimizer was built for."""
    variables: list[Variable] = _read(optimizer, "_trainable_variables")
    return variables


def moments_of_adam(optimizer: keras.optimizers.Adam, variable: Variable) -> tuple[Variable, Variable]:
    """Return the two moments that Adam keeps of a variable."""
    index = _read(optimizer, "_get_variable_index")(variable)
    return _read(optimizer, "_momentums")[index], _read(optimizer, "_velocities")[index]


def spares_weights_decay(optimizer: keras.optimizers.Optimizer) -> bool:
    """Return whether some weights were excluded from weight decay, which `get_config` does not tell."""
    names = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")  # Keras has no others
    return any(getattr(optimizer, name, None) for name in names)


# The trainer.

OF_FIT = "_use_cached_eval_dataset"
"""The argument by which Keras's `fit` tells `evaluate` who calls."""


class StepsOfEpoch:
    """Keras's iterator over the steps of an epoch, with its counts.

    Args:
        iterator: that of Keras.
    """

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        """Yield the first and the last step of each call, and the iterator of their data."""
        steps: Iterator[tuple[int, int, Any]] = _read(type(self._iterator), "_enumerate_iterator")(self._iterator)
        return steps

    def left(self, first: int) -> list[int]:
        """Return how many steps the epoch and the data have after step `first`, where that is known.

        An epoch may begin within the data, as where `steps_per_epoch` is less than they have.
        """
        own = (_read(self._iterator, "_num_batches"), _read(self._iterator, "_steps_seen"))
        return [max(0, number - seen) for number, seen in ((self._iterator.num_batches, first + 1), own) if number]

    def uncount(self, steps: int) -> None:
        """Take back steps that were counted and had no data."""
        self._iterator._steps_seen -= steps


class OpenModel(keras.Model):
    """A `keras.Model` with a say in what Keras and TensorFlow ask it in private."""

    def regroup(self, iterator: Any, epoch: Callable[[], Iterator[Any]]) -> None:
        """Let an iterator over the steps of an epoch yield what `epoch()` does: several steps to a call."""
        if "_enumerate_iterator" not in vars(iterator):
            _read(type(iterator), "_enumerate_iterator")
            iterator.steps_per_execution, iterator._enumerate_iterator = 1, epoch

    def on_epochs(self, iterator: Any) -> None:
        """Hear, before the first epoch of a `fit` or an `evaluate`, of the iterator over its steps."""

    def refuse_tracking(self) -> NoReturn:
        """Answer `tf.train.Checkpoint` and `tf.saved_model.save`, which ask for what to write."""
        raise NotImplementedError

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        # Keras's own of this method fails with several workers (keras issue 20585), and all is built here.
        if iterator is not None:
            self.on_epochs(iterator)

    def _trackable_children(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        self.refuse_tracking()


# What is overridden or lent here, Keras has to call: else each replica would count its gradients again, or have
# statistics of its own.
for _holder, _names in {
    keras.Model: ("_maybe_symbolic_build", "_trackable_children"),
    keras.layers.BatchNormalization: ("_moments",),
    keras.optimizers.Optimizer: (SUM_OF_REPLICAS,),
}.items():
    for _name in _names:
        _read(_holder, _name)
_read(keras.Input(()), "_keras_history")
_read(tf.data.Dataset, "_inputs")
