"""A batch: what it has to be, and how it reads inside a step."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from keras_gan.training.game.signature import DataSignature
from keras_gan.types import Batch, Data, Shape, Tensor
from keras_gan.utils.samples import check_samples, extent, fits, wanted
from keras_gan.utils.uint8 import MOST, check_signed, normalize
from keras_gan.utils.validation import InputError, warn

_PART = 1024  # samples that are looked at together
_WHOSE = "the networks take"
_MANY, _DARK = 16, 8  # samples; of 255


# In a step.


def unpack(data: Batch, signature: DataSignature) -> tuple[Tensor, Tensor | None]:
    """Return a batch as the networks see it: float32 samples (images in [-1, 1]) and labels or `None`.

    Labels that the networks do not take are dropped.
    """
    samples, labels, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    if isinstance(samples, (tuple, list)) and len(samples) == 1:
        (samples,) = samples
    if isinstance(samples, (dict, tuple, list)) or isinstance(labels, (dict, tuple, list)):
        raise not_samples(samples)
    if sample_weight is not None:
        raise InputError("`sample_weight` is not supported: a GAN's loss has no meaning for single weighted samples.")
    samples = normalize(samples) if signature.is_image else tf.cast(samples, tf.float32)
    if signature.condition is None:
        return samples, None
    if labels is None:
        raise InputError(signature.condition.missing)
    return samples, signature.condition.cast(labels)


def divisible(by: int, samples: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return a batch that `by` divides: another one (the ragged last of an epoch) is filled up by repetition."""
    if by == 1 or (samples.shape[0] is not None and samples.shape[0] % by == 0):
        return samples, labels
    # Keras gives arrays to their last row, and a share without rows would have a mean of NaN.
    size = tf.shape(samples)[0]
    index = tf.range(-(-size // by) * by) % size
    return tf.gather(samples, index), None if labels is None else tf.gather(labels, index)


# Before the step: in Python.


def check_batch(data: Data, signature: DataSignature) -> None:
    """Check a batch, or whole arrays.

    Args:
        data: samples or `(samples, labels)`.
        signature: what the networks take.

    Raises:
        InputError: a wrong type, shape, range or label, a missing label, no samples at all.
    """
    x, y = samples_and_labels(data)
    check_samples("Samples", x, signature.data_shape, signature.is_image, _WHOSE)
    if signature.condition is not None:
        if y is None:
            raise InputError(signature.condition.missing)
        signature.condition.check("Labels", y, len(x))
        signature.check_together(tuple(x.shape), tuple(np.shape(y)))


def samples_and_labels(data: Data) -> tuple[Tensor, Tensor | None]:
    """Return the samples and the labels of a batch, or raise where it is none."""
    x, y = (data, None) if isinstance(data, list) else keras.utils.unpack_x_y_sample_weight(data)[:2]
    x = x[0] if isinstance(x, (tuple, list)) and len(x) == 1 and not isinstance(data, list) else x
    if isinstance(x, (dict, tuple, list)) or not hasattr(x, "shape"):
        raise not_samples(x)
    return x, y


def check_habits(samples: Tensor, signature: DataSignature) -> None:
    """Look for images in another range than ours, such as [0, 1] or masks of 0 and 1.

    Args:
        samples: of which `check_batch` found nothing wrong. Of a few samples little can be said.
        signature: what the networks take.

    Raises:
        InputError: floats that seem to be in [0, 1].
    """
    if not signature.is_image:
        return
    some = np.asarray(samples[:_PART])
    if (some == some.flat[0]).all():
        warn(f"All pixels of the first images are {some.flat[0]}: there is nothing to learn from them")
    elif some.dtype == np.uint8:
        if len(some) >= _MANY and some.max() <= _DARK:
            warn(
                f"The first images are uint8, and none of their pixels is above {some.max()} of 255: all but black. "
                "Masks of 0 and 1 are `255 * x`"
            )
    else:
        check_signed("Images", *extent(samples), len(samples))


def not_samples(x: object) -> InputError:
    """Return the error for what can't be data, with the form to use."""
    kind = type(x).__name__
    hint = {
        "list": ": `np.stack` makes an array of equal ones",
        "str": ": `keras_gan.data.load` reads a folder or a data set",
    }.get(kind, "")
    return InputError(
        "Data must be samples or (samples, labels), arrays or a data set of such, not dictionaries or nested. "
        f"Received: {kind}{hint}"
    )


# Before the step: in the graph of a data set.


def looked_at(data: tf.data.Dataset, signature: DataSignature) -> tf.data.Dataset:
    """Return a data set that raises at the first batch that will not do, and whose samples have a known shape.

    The message names the batch. In a step it would be too late: XLA takes a label that is too large for another one,
    and a NaN looks like a fault of the learning rate.

    Args:
        data: batches of samples or `(samples, labels)`, of which the first one was checked.
        signature: what the networks take.
    """

    def look(number: Tensor, batch: Batch) -> Batch:
        parts = tf.nest.flatten(batch)
        with tf.control_dependencies(_assertions(parts, signature, ("in batch", number))):
            parts = [part if part is None else tf.identity(part) for part in parts]
        parts[0] = tf.ensure_shape(parts[0], (None, *signature.data_shape))
        return tf.nest.pack_sequence_as(batch, parts)

    # In threads of the pipeline, while other batches are trained on.
    return data.enumerate().map(look).prefetch(2)


def _assertions(
    parts: Sequence[Tensor], signature: DataSignature, where: tuple[str | Tensor, ...]
) -> list[tf.Operation | None]:
    samples = parts[0]
    told = []
    if samples.shape.rank is None or not fits(tuple(samples.shape[1:]), signature.data_shape):
        message = wanted("Samples", signature.data_shape, _WHOSE)
        told.append(_assert(_has_shape(samples, signature.data_shape), message, tf.shape(samples)))
    if samples.dtype.is_floating:
        with tf.control_dependencies(told):  # the shape is told of first: a wrong one explains a wrong range
            low, high = tf.reduce_min(samples), tf.reduce_max(samples)
        if signature.is_image:
            right, message = tf.abs(samples) <= tf.cast(MOST, samples.dtype), "Images must be finite and in [-1, 1]."
        else:
            right, message = tf.math.is_finite(samples), "Samples must be finite."
        told.append(_assert(tf.reduce_all(right), f"{message} Received: values from", low, "to", high, *where))
    if signature.condition is not None and len(parts) > 1 and parts[1] is not None:
        right, message, received = signature.condition.judge(parts[1])
        told.append(_assert(right, message, *received, *where))
    return told


def _has_shape(samples: Tensor, shape: Shape) -> Tensor:
    same_rank = tf.equal(tf.rank(samples), len(shape) + 1)
    any_side, wanted = [side is None for side in shape], [side or 0 for side in shape]

    def same() -> Tensor:
        return tf.reduce_all(tf.constant(any_side) | tf.equal(tf.shape(samples)[1:], wanted))

    return tf.cond(same_rank, same, lambda: tf.constant(False))


def _assert(condition: Tensor, *said: str | Tensor) -> tf.Operation | None:
    return tf.debugging.Assert(condition, list(said), summarize=8)
