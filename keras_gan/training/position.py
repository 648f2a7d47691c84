"""Where training stands in its data."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.types import Config
from keras_gan.utils.validation import warn

_BATCH_SIZE = 32  # Keras's, for arrays


def batches_per_epoch(x: Any, options: Config) -> int | None:
    """Return how many batches an epoch has; `None` if only its end will tell.

    Args:
        x: the data of `fit`.
        options: its other arguments.
    """
    if options.get("steps_per_epoch"):
        return int(options["steps_per_epoch"])
    if isinstance(x, tf.data.Dataset):
        cardinality = int(x.cardinality().numpy())
        return cardinality if cardinality >= 0 else None
    if hasattr(x, "num_batches"):
        return int(x.num_batches)
    if hasattr(x, "shape"):
        rows = int(np.floor(len(x) * (1.0 - (options.get("validation_split") or 0.0))))
        return -(-rows // (options.get("batch_size") or _BATCH_SIZE))
    return None


def from_position(x: Any, step: int, skip: int) -> Any:
    """Return the data from a position on.

    Args:
        x: the data of `fit`.
        step: of the model: where an `ArrayData` goes on.
        skip: the batches that other data have given since they began: in this epoch; in this `fit`, where
            `steps_per_epoch` divides an endless stream into epochs.
    """
    if isinstance(x, ArrayData):
        return x.dataset(step)
    if not skip:
        return x
    if isinstance(x, tf.data.Dataset):
        return x.skip(skip)
    if isinstance(x, Iterator):
        for _ in range(skip):
            next(x, None)
    return x


def warn_of_order(x: Any) -> None:
    """Warn unless the data surely go on as they would have."""
    if isinstance(x, ArrayData):
        return
    if isinstance(x, (tf.data.Dataset, Iterator)):
        what = "are read again up to the position: exact if they give the same batches each time"
    else:
        what = "begin anew, in an order of their own: use keras_gan.data for an exact continuation"
    warn(f"Training goes on, but data of the type {type(x).__name__} {what}.")
