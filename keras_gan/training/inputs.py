"""What is fed to `fit` and `evaluate`: checks before the first step, and how a batch reads inside it."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.training.networks import Signature
from keras_gan.training.options import refuse_ignored
from keras_gan.training.readers import Check, anything, reading, told
from keras_gan.training.real_data import RealData
from keras_gan.training.shares import Sharing
from keras_gan.types import Tensor
from keras_gan.utils.images import normalize
from keras_gan.utils.validation import InputError, check_integer, check_number, nearest, warn

_PART = 1024  # samples that are looked at together


def unpack(data: Any, signature: Signature) -> tuple[Tensor, Tensor | None]:
    """Return a batch as the networks see it: float32 samples (images in [-1, 1]) and int32 labels or `None`.

    Labels that the networks do not take are dropped.
    """
    samples, labels, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    if isinstance(samples, (tuple, list)) and len(samples) == 1:
        (samples,) = samples
    if isinstance(samples, (dict, tuple, list)) or isinstance(labels, (dict, tuple, list)):
        raise InputError(
            f"Data must be samples or (samples, labels), not dictionaries or nested. Received: {type(samples).__name__}"
        )
    if sample_weight is not None:
        raise InputError("`sample_weight` is not supported: a GAN's loss has no meaning for single weighted samples.")
    samples = normalize(samples) if signature.is_image else tf.cast(samples, tf.float32)
    if signature.num_classes is None:
        return samples, None
    if labels is None:
        raise InputError("Networks that take labels need data with labels. Received: samples without labels")
    return samples, tf.cast(tf.reshape(labels, [-1]), tf.int32)


def divisible(by: int, samples: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return a batch that `by` divides: another one (the ragged last of an epoch) is filled up by repetition."""
    if by == 1 or (samples.shape[0] is not None and samples.shape[0] % by == 0):
        return samples, labels
    size = tf.shape(samples)[0]
    index = tf.range(-(-size // by) * by) % size
    return tf.gather(samples, index), None if labels is None else tf.gather(labels, index)


def prepare(x: Any, y: Any, signature: Signature, check: Check = anything) -> tuple[Any, Any]:
    """Return data as Keras takes them, after a look at their first batch; an `ArrayData` as one pass in order.

    Args:
        x: samples, an `ArrayData`, a `tf.data.Dataset`, a `keras.utils.PyDataset` or a Python generator.
        y: labels of samples that are an array; `None` where `x` holds them.
        signature: what the networks take.
        check: of each batch of a reader in Python.

    Raises:
        InputError: a wrong type, shape, range or label, a missing label, or no data at all; a reader that fails.
    """
    if isinstance(x, ArrayData):
        _check_array_data(x, signature)
        return x.in_order(), y
    if isinstance(x, tf.distribute.DistributedDataset):
        raise InputError("Data must not be distributed yet: give the `tf.data.Dataset` itself.")
    x = told(x, check)
    if isinstance(x, Iterator):
        first = next(x, None)
        check_first_batch(first, signature)
        return _rejoined(first, x), None
    if hasattr(x, "shape"):  # an array: labels that nobody takes go no further, lists become arrays
        y = None if y is None or signature.num_classes is None else np.asarray(y)
    check_first_batch(x if y is None else (x, y), signature)
    return x, y


def _rejoined(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    """Yield `first` and then `rest`, as Keras wants it: a generator (`itertools.chain` is none) of tuples."""
    for batch in itertools.chain([first], rest):
        yield batch if isinstance(batch, tuple) else (batch,)


def prepare_fit(x: Any, y: Any, options: dict[str, Any], model: Any) -> tuple[Any, Any, RealData | None]:
    """Return the data of `fit`, and those of its metrics, after all checks; complete `options` to match.

    An `ArrayData` stays one.

    Args:
        x: what `prepare` takes.
        y: labels of an array.
        options: the other arguments of `fit`.
        model: the GAN.

    Raises:
        InputError: as `prepare`; counts out of range; a callback monitors a name that is not logged; a metric can't be
            computed of the validation data.
    """
    refuse_weights(options)
    check_counts(options)
    refuse_ignored(x, y, options)
    sharing = Sharing.of(model)
    x = sharing.share(x, options, training=True)
    if isinstance(x, ArrayData):
        whole = x.steps_per_epoch
        options["steps_per_epoch"] = options.get("steps_per_epoch") or whole
        _check_array_data(x, model.signature)
    else:
        x, y = prepare(x, y, model.signature, check=sharing.check(training=True))
    if isinstance(x, (ArrayData, tf.data.Dataset, Iterator)):
        options.setdefault("shuffle", False)  # whoever made it has shuffled it; Keras would warn that it can't
    validation = options.get("validation_data")
    if validation is not None:
        size = options.get("validation_batch_size") or options.get("batch_size")
        options["validation_data"] = prepare_validation(validation, {"batch_size": size}, model)
    validated = validation is not None or bool(options.get("validation_split"))
    names = [*model.log_names, *(f"val_{name}" for name in model.evaluation_names if validated)]
    check_monitors(options.get("callbacks"), names, model.measures.directions)
    size, steps = options.get("validation_batch_size") or options.get("batch_size"), options.get("validation_steps")
    real = model.measures.prepare(model.signature, validation, None, size, steps) if validated else None
    return x, y, real


def prepare_evaluation(x: Any, y: Any, options: dict[str, Any], model: Any) -> tuple[Any, Any]:
    """Return the data of `evaluate` as Keras takes them, after all checks; `options` are its other arguments."""
    refuse_ignored(x, y, options)
    return _prepare_evaluation(x, y, options, model)


def _prepare_evaluation(x: Any, y: Any, options: dict[str, Any], model: Any) -> tuple[Any, Any]:
    sharing = Sharing.of(model)
    x, y = prepare(x, y, model.signature, check=sharing.check(training=False))
    return sharing.share(x, options, training=False), y


def prepare_validation(data: Any, options: dict[str, Any], model: Any) -> Any:
    """Return `validation_data`, a tuple or list of arrays or anything that `evaluate` takes, checked likewise."""
    if not isinstance(data, (tuple, list)):
        return _prepare_evaluation(data, None, options, model)[0]
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tuple(data))
    refuse_weights({"sample_weight": sample_weight})
    x, y = _prepare_evaluation(x, y, options, model)
    return (x,) if y is None else (x, y)


def check_counts(arguments: Mapping[str, Any]) -> None:
    """Check the numbers among the arguments of `fit`, `evaluate` or `discriminate`."""
    for name in ("epochs", "batch_size", "steps_per_epoch", "steps", "validation_steps", "validation_batch_size"):
        if arguments.get(name) is not None:
            check_integer(name, arguments[name])
    check_integer("initial_epoch", arguments.get("initial_epoch", 0), minimum=0)
    check_number("validation_split", arguments.get("validation_split", 0.0), 0.0, 1.0, open_maximum=True)


def refuse_weights(arguments: Mapping[str, Any]) -> None:
    """Raise for the weights that Keras's `fit` and `evaluate` take."""
    for name in ("class_weight", "sample_weight"):
        if arguments.get(name) is not None:
            raise InputError(f"`{name}` is not supported: an adversarial loss compares two sets of samples.")


def _check_array_data(data: ArrayData, signature: Signature) -> None:
    if signature.num_classes is not None and (data.num_classes or 0) > signature.num_classes:
        raise InputError(
            f"The data must have at most the classes that the networks know, num_classes={signature.num_classes}. "
            f"Received: {data.num_classes} classes"
        )
    # Not a batch of its stream, which takes a tenth of a second to make.
    some = np.unique(np.linspace(0, len(data) - 1, data.batch_size, dtype=np.int64))
    samples, labels = data.examples[some], data.labels
    check_first_batch(samples if labels is None else (samples, np.asarray(labels)[some]), signature)


def check_first_batch(data: Any, signature: Signature) -> None:
    """Check the first batch of what `fit` or `evaluate` was given; arrays whole for their length and labels.

    Args:
        data: samples, `(samples, labels)`, a `tf.data.Dataset` or a `keras.utils.PyDataset`.
        signature: what the networks take.

    Raises:
        InputError: a wrong type, shape, range or label, a missing label, or no data at all.
    """
    if isinstance(data, tf.data.Dataset):
        with reading():
            data = next(iter(data.take(1)), None)
        if data is None:
            raise InputError("The data set must not be empty. Received: a data set without a batch")
    elif isinstance(data, keras.utils.PyDataset):
        data = None if data.num_batches == 0 else data[0]
    if data is None:
        raise InputError("The data set must not be empty. Received: no data")
    x, y = (data, None) if isinstance(data, list) else keras.utils.unpack_x_y_sample_weight(data)[:2]
    if isinstance(x, (dict, tuple, list)) or not hasattr(x, "shape"):
        raise InputError(
            f"Data must be samples or (samples, labels), not dictionaries or nested. Received: {type(x).__name__}"
        )
    _check_samples(x, signature)
    _warn_of_constants(x, signature)
    if signature.num_classes is not None:
        _check_labels(y, len(x), signature.num_classes)


def _check_samples(samples: Any, signature: Signature) -> None:
    if tuple(samples.shape[1:]) != signature.sample_shape:
        raise InputError(
            f"Samples must have the shape that the discriminator takes, (batch, {_commas(signature.sample_shape)}). "
            f"Received: shape {tuple(samples.shape)}"
        )
    if not len(samples):
        raise InputError("The data set must not be empty. Received: 0 samples")
    dtype = np.dtype(tf.as_dtype(samples.dtype).as_numpy_dtype)
    if dtype == np.uint8 and signature.is_image:
        return
    if not (np.issubdtype(dtype, np.floating) or dtype == tf.bfloat16.as_numpy_dtype):
        wanted = "uint8 in 0..255 or floating point in [-1, 1]" if signature.is_image else "floating point"
        raise InputError(f"Samples must be {wanted}. Received: dtype {dtype}")
    low, high = _range(samples)
    if not np.isfinite([low, high]).all():
        raise InputError("Samples must be finite. Received: NaN or infinity among the values")
    if signature.is_image and max(-low, high) > 1.0 + 1e-3:
        raise InputError(
            "Floating-point images must be in [-1, 1] (or hand over uint8, which is rescaled for you). "
            f"Received: values from {low:g} to {high:g}"
        )


def _range(samples: Any) -> tuple[float, float]:
    """Return the smallest and the largest value, NaN if there is one; an array is gone through in parts."""
    parts = (np.asarray(samples[first : first + _PART], dtype=np.float64) for first in range(0, len(samples), _PART))
    ranges = np.array([(part.min(), part.max()) for part in parts])
    return float(ranges[:, 0].min()), float(ranges[:, 1].max())


def _warn_of_constants(samples: Any, signature: Signature) -> None:
    first = np.asarray(samples[:_PART])
    if signature.is_image and first.size and (first == first.flat[0]).all():
        warn(f"All pixels of the first images are {first.flat[0]}: there is nothing to learn from them")


def _check_labels(labels: Any, count: int, num_classes: int) -> None:
    if labels is None:
        raise InputError(
            "Networks that take labels need data with labels: `fit(images, labels)`. Received: samples without labels"
        )
    labels = np.asarray(labels)
    if labels.shape not in ((count,), (count, 1)) or not np.issubdtype(labels.dtype, np.integer):
        raise InputError(
            f"Labels must be integers of shape ({count},), one a sample. "
            f"Received: dtype {labels.dtype} and shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise InputError(
            f"Labels must be in 0..{num_classes - 1}, because num_classes={num_classes}. "
            f"Received: labels from {labels.min()} to {labels.max()}"
        )


def check_monitors(callbacks: Any, names: Sequence[str], directions: Mapping[str, str] | None = None) -> None:
    """Check that what each callback monitors will be in the logs; give a `mode="auto"` the metric's direction.

    Args:
        callbacks: as `fit` takes them: `None`, one, a list or a `CallbackList`.
        names: what will be logged.
        directions: of metrics that know which way is better, `"down"` or `"up"`.

    Raises:
        InputError: it will not; the message lists what will. Or the mode is auto, and nobody knows.
    """
    for callback in tf.nest.flatten(getattr(callbacks, "callbacks", callbacks)):
        if callback is None:
            continue
        if not isinstance(callback, keras.callbacks.Callback):
            raise InputError(f"`callbacks` must be Keras callbacks. Received: {callback!r}")
        monitor = getattr(callback, "monitor", None)
        compares = True
        if isinstance(callback, keras.callbacks.ModelCheckpoint):
            compares = callback.save_best_only
            monitor = None if monitor == "val_loss" and not compares else monitor  # the default, which goes unread
        if isinstance(monitor, str) and monitor not in names:
            raise InputError(
                f"`monitor` of {type(callback).__name__} must be one of the logged names {list(names)}."
                f"{nearest(monitor, names)} Received: monitor={monitor!r}"
            )
        if isinstance(monitor, str) and compares and getattr(callback, "mode", None) == "auto":
            direction = (directions or {}).get(monitor.removeprefix("val_"))
            if direction is not None:  # which Keras looks for among metrics of its own alone
                callback.mode = {"down": "min", "up": "max"}[direction]
                continue
            raise InputError(
                f"`mode` of {type(callback).__name__} must be 'min' or 'max': Keras can't tell for {monitor!r}. "
                "Received: mode='auto'"
            )


def _commas(shape: Sequence[int]) -> str:
    return ", ".join(str(side) for side in shape)
