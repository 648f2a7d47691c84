"""Where training stands in its data."""

from collections.abc import Iterator
from typing import TypeGuard

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.data import ArrayData
from keras_gan.types import Config, Data
from keras_gan.utils.keras_private import sources
from keras_gan.utils.validation import InputError, warn

BATCH_SIZE = 32  # Keras's, for arrays


def is_array(x: Data) -> TypeGuard[np.ndarray]:
    """Return whether Keras makes the batches of `x`."""
    return hasattr(x, "shape") and not isinstance(x, ArrayData)


def batches_per_epoch(x: Data, options: Config) -> int | None:
    """Return how many batches an epoch has; `None` if only its end will tell.

    Args:
        x: the data of `fit`.
        options: its other arguments.
    """
    if options.get("steps_per_epoch"):
        return int(options["steps_per_epoch"])
    if isinstance(x, tf.data.Dataset):
        return cardinality(x)
    if isinstance(x, (tuple, list)) and len(x):
        x = x[0]
    if is_array(x):
        return -(-rows(x, options) // (options.get("batch_size") or BATCH_SIZE))
    return getattr(x, "num_batches", None)


def rows_per_batch(x: Data, options: Config) -> int | None:
    """Return how many samples a full batch has; `None` if only reading it will tell."""
    if isinstance(x, ArrayData):
        return x.batch_size
    if isinstance(x, tf.data.Dataset):
        specs = [spec for spec in tf.nest.flatten(x.element_spec) if getattr(spec, "shape", None)]
        return specs[0].shape[0] if specs else None
    if isinstance(x, (tuple, list)) and len(x):
        x = x[0]
    return int(options.get("batch_size") or BATCH_SIZE) if is_array(x) else None


def rows(x: np.ndarray, options: Config) -> int:
    """Return how many rows of an array are trained on."""
    return int(np.floor(len(x) * (1.0 - (options.get("validation_split") or 0.0))))


def cardinality(x: tf.data.Dataset) -> int | None:
    """Return the number of batches of a data set; `None` if it is infinite or unknown."""
    number = int(x.cardinality().numpy())
    return number if number >= 0 else None


def is_endless(x: Data) -> bool:
    """Return whether data are known to have no end."""
    if isinstance(x, tf.data.Dataset):
        length = x.cardinality()
        return bool(length == tf.data.INFINITE_CARDINALITY or (length == tf.data.UNKNOWN_CARDINALITY and _repeats(x)))
    return isinstance(x, keras.utils.PyDataset) and x.num_batches is None


def _repeats(x: tf.data.Dataset) -> bool:
    """Return whether a data set of unknown length is made of one that `repeat()` has made endless."""
    # As far as it can be seen: where not, the data set is taken for finite.
    if "Take" in type(x).__name__:  # which ends it
        return False
    if x.cardinality() == tf.data.INFINITE_CARDINALITY:
        return True
    ends = all if "Zip" in type(x).__name__ else any  # a zip ends with the first of its parts
    return bool(sources(x)) and ends(_repeats(source) for source in sources(x))


def forward(x: Data, batches: int) -> None:
    """Read and drop the batches of a generator that were trained on before: it can't begin anew."""
    if isinstance(x, Iterator):
        for _ in range(batches):
            next(x, None)


def from_position(
    x: Data, step: int, skip: int, again: bool = False, strategy: tf.distribute.Strategy | None = None
) -> Data:
    """Return the data from a position on.

    Args:
        x: the data of `fit`.
        step: of the model: where an `ArrayData` goes on.
        skip: the batches that a data set has given since it began.
        again: whether it begins again where it ends, as Keras lets finite data with `steps_per_epoch`.
        strategy: among whose workers an `ArrayData` is divided; `None` for one process.
    """
    # Ours is a function of the step, and starts anywhere at no cost. Others are read again from the beginning: what an
    # iterator remembers is no way, since Keras makes two an epoch.
    if isinstance(x, ArrayData):
        alone = strategy is None or distribution.num_workers(strategy) == 1
        return x.dataset(step) if alone else _of_worker(x, step, strategy)
    if not isinstance(x, tf.data.Dataset) or not skip:
        return x
    if not again or is_endless(x):
        return x.skip(skip)
    length = cardinality(x) or _length(x, skip)
    # More than what is skipped. Of a length that nobody knows Keras loses an epoch at each end, and warns that the data
    # ran out: a run that goes on does not.
    if length is None:
        return x.skip(skip).concatenate(x.repeat())
    # From the middle of a pass, and then from the beginning again and again. (A `skip` of `repeat()` would read all the
    # passes before.)
    return x.skip(skip % length).concatenate(x.repeat()) if skip % length else x


def _of_worker(data: ArrayData, step: int, strategy: tf.distribute.Strategy) -> tf.distribute.DistributedDataset:
    """Return the stream from a step on, of which this worker reads no more than the rows of its own replicas."""

    # TensorFlow's own sharding would read all rows in each worker, and drop those of the others.
    def stream(context: tf.distribute.InputContext) -> tf.data.Dataset:
        local = context.num_replicas_in_sync // context.num_input_pipelines
        first = local * context.input_pipeline_id
        return data.dataset(step, range(first, first + local), context.num_replicas_in_sync)

    return strategy.distribute_datasets_from_function(stream)


def _length(x: tf.data.Dataset, most: int) -> int | None:
    """Return how many batches a data set has, by reading it; `None` if it has at least so many."""
    count = sum(1 for _ in x.take(most))
    return count if 0 < count < most else None


def check(x: Data, options: Config, skip: int = 0) -> None:
    """Refuse data that can't go on in the middle; warn of data that may not go on as they would have.

    Args:
        x: the data of `fit`.
        options: its other arguments.
        skip: the batches that were trained on before. A data set that does not know its length is read as far, so that
            unequal parts show only if it ended before.

    Raises:
        InputError: finite data of which the epochs take unequal parts.
    """
    if isinstance(x, ArrayData):
        return
    steps = options.get("steps_per_epoch")
    finite = isinstance(x, tf.data.Dataset) and not is_endless(x)
    length = (cardinality(x) or _length(x, skip)) if steps and finite else None
    if steps and length and length % steps:
        raise InputError(
            f"`steps_per_epoch` must divide the {length} batches of the data, or these be endless (`repeat()`), for "
            f"training to go on. Received: steps_per_epoch={steps}"
        )
    if isinstance(x, tf.data.Dataset):
        what = "are read again up to the position: exact if they give the same batches each time"
    elif isinstance(x, Iterator):
        what = "are read up to the position and a little ahead: not exact, use keras_gan.data or tf.data"
    else:
        what = "begin anew, in an order of their own: use keras_gan.data for an exact continuation"
    warn(f"Training goes on, but data of the type {kind(x)} {what}.")


def kind(x: Data) -> str:
    """Return the name of the type of data, as the user gave them."""
    if isinstance(x, tf.data.Dataset):
        return "Dataset"
    return type(getattr(x, "inner", x)).__name__
