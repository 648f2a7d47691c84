"""What is fed to `fit` and `evaluate`: the forms that data come in, and checks before the first step."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from keras_gan.conditions import Vectors
from keras_gan.data import ArrayData, ImageData
from keras_gan.training.game.signature import DataSignature
from keras_gan.training.inputs import stream_position
from keras_gan.training.inputs.batches import check_batch, check_habits, looked_at, samples_and_labels
from keras_gan.training.inputs.ignored_arguments import refuse_ignored
from keras_gan.training.inputs.monitors import check_monitors
from keras_gan.training.inputs.reader_errors import Check, anything, reading, told
from keras_gan.training.inputs.reference_data import ReferenceData
from keras_gan.training.inputs.sharding import Divided, Sharing
from keras_gan.training.inputs.sources import as_data
from keras_gan.types import Batch, Config, Data, Tensor
from keras_gan.utils.validation import InputError, check_integer, check_number

_FEW = 16  # samples


class ComparesSamples(Protocol):
    """What is asked of the metrics of an evaluation, which are further up."""

    @property
    def directions(self) -> Mapping[str, str]:
        """Which way is better, by logged name."""
        ...

    def prepare(
        self, signature: DataSignature, x: Data, y: Data = None, batch_size: int | None = None, steps: int | None = None
    ) -> ReferenceData | None:
        """Return the real side, after all checks."""
        ...


class TakesData(Divided, Protocol):
    """What is asked of a model to check what its `fit` and `evaluate` are given."""

    signature: DataSignature
    evaluator: ComparesSamples

    def epoch_log_names(self, validated: bool) -> list[str]:
        """Return the names of what the epochs of a `fit` log."""
        ...


def separate(x: Data, y: Data) -> tuple[Data, Data]:
    """Return samples and labels: those of a pair, and tables or foreign arrays as NumPy's.

    Raises:
        InputError: there are labels beside a pair, or weights; or an array is sparse or ragged.
    """
    if isinstance(x, tuple) and len(x) in (1, 2, 3):
        if y is not None:
            raise InputError("Labels must come once: `fit((images, labels))` or `fit(images, labels)`. Received: both")
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(x)
        refuse_weights({"sample_weight": sample_weight})
    return _as_array(x), _as_array(y)


def _as_array(x: Data) -> Data:
    """Return a table of pandas's, or an array of another library's, as NumPy's; others as they are."""
    if hasattr(x, "shape") and not hasattr(x, "__array__") and not isinstance(x, ArrayData):
        raise InputError(f"Samples and labels must be dense arrays. Received: {type(x).__name__}")
    if hasattr(x, "to_numpy"):
        return x.to_numpy()
    foreign = hasattr(x, "shape") and hasattr(x, "__array__") and not isinstance(x, (np.ndarray, tf.Tensor))
    return np.asarray(x) if foreign else x


def prepare(x: Data, y: Data, signature: DataSignature, check: Check = anything) -> tuple[Data, Data, Tensor | None]:
    """Return data as Keras takes them, and the labels of their first batch; an `ArrayData` as one pass in order.

    Later batches of `tf.data`, of a `PyDataset` and of a generator are looked at when they come.

    Args:
        x: samples, an `ArrayData`, a `tf.data.Dataset`, a `keras.utils.PyDataset` or a Python generator.
        y: labels of samples that are an array; `None` where `x` holds them.
        signature: what the networks take.
        check: of each batch of a reader in Python.

    Raises:
        InputError: a wrong type, shape, range or label, a missing label, or no data at all; a reader that fails.
    """
    if isinstance(x, ArrayData):
        return x.in_order(), y, _check_array_data(x, signature)
    if isinstance(x, tf.distribute.DistributedDataset):
        raise InputError("Data must not be distributed yet: give the `tf.data.Dataset` itself.")

    def look(batch: Data) -> None:
        check(batch)
        check_batch(batch, signature)

    # A generator gives each batch once: the first one is looked at, and put in front of the others again.
    x = told(x, look)
    if isinstance(x, Iterator):
        first = next(x, None)
        seen = check_first_batch(first, signature)
        return _rejoined(first, x), None, seen
    if hasattr(x, "shape"):  # an array: labels that nobody takes go no further, lists become arrays
        y = None if y is None or signature.condition is None else np.asarray(y)
    seen = check_first_batch(x if y is None else (x, y), signature)
    return (looked_at(x, signature) if isinstance(x, tf.data.Dataset) else x), y, seen


def checked(x: Data, y: Data, signature: DataSignature, first: bool = False) -> tuple[Tensor, np.ndarray | None]:
    """Return one batch, of samples and labels or `None` as Keras takes them.

    Args:
        x: samples, or a pair.
        y: labels.
        signature: what the networks take.
        first: whether it is the first one; see `check_habits`.

    Raises:
        InputError: as `prepare`.
    """
    x, y = separate(x, y)
    y = None if y is None or signature.condition is None else np.asarray(y)
    check_batch(x if y is None else (x, y), signature)
    if first:
        check_habits(x, signature)
    return x, y


def _rejoined(first: Batch, rest: Iterator[Batch]) -> Iterator[Batch]:
    """Yield `first` and then `rest`, as Keras wants it: a generator (`itertools.chain` is none) of tuples."""
    for batch in itertools.chain([first], rest):
        yield batch if isinstance(batch, tuple) else (batch,)


def prepare_fit(x: Data, y: Data, options: Config, model: TakesData) -> tuple[Data, Data, ReferenceData | None]:
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
    size = options.get("batch_size") or stream_position.BATCH_SIZE
    validation = as_data(options.pop("validation_data", None), options, "validation_batch_size", size)
    options["validation_data"] = validation
    x, y = separate(as_data(x, options), y)
    refuse_ignored(x, y, options)
    sharing = Sharing.of(model)
    check_has_end("steps_per_epoch", x, options.get("steps_per_epoch"))
    # Shared before they are checked: of several workers each looks at its own rows, which are all that it reads.
    x = sharing.share(x, options, training=True)
    # It stays what it is, since only `FitLoop` knows at which step its stream goes on; it has no end by itself.
    if isinstance(x, ArrayData):
        whole = x.steps_per_epoch
        options["steps_per_epoch"] = options.get("steps_per_epoch") or whole
        seen = _check_array_data(x, model.signature)
    else:
        x, y, seen = prepare(x, y, model.signature, check=sharing.check(training=True))
    if isinstance(model.signature.condition, Vectors):
        model.signature.condition.known.note(np.asarray(seen))
    if isinstance(x, (ArrayData, tf.data.Dataset, Iterator)):
        options.setdefault("shuffle", False)  # whoever made it has shuffled it; Keras would warn that it can't
    if validation is not None:
        size = options.get("validation_batch_size") or options.get("batch_size")
        given = {"batch_size": size, "validation_steps": options.get("validation_steps")}
        options["validation_data"] = prepare_validation(validation, given, model)
    validated = validation is not None or bool(options.get("validation_split"))
    # Now, and not when the callback looks for it: that is after an epoch, which may be a day.
    check_monitors(options.get("callbacks"), model.epoch_log_names(validated), model.evaluator.directions)
    size, steps = options.get("validation_batch_size") or options.get("batch_size"), options.get("validation_steps")
    real = model.evaluator.prepare(model.signature, validation, None, size, steps) if validated else None
    return x, y, real


def prepare_evaluation(x: Data, y: Data, options: Config, model: TakesData) -> tuple[Data, Data]:
    """Return the data of `evaluate` as Keras takes them, after all checks; `options` are its other arguments."""
    refuse_ignored(x, y, options)
    return _prepare_evaluation(x, y, options, model)


def _prepare_evaluation(x: Data, y: Data, options: Config, model: TakesData) -> tuple[Data, Data]:
    sharing = Sharing.of(model)
    name = "validation_steps" if "validation_steps" in options else "steps"
    check_has_end(name, x, options.get(name))
    x, y, _ = prepare(x, y, model.signature, check=sharing.check(training=False))
    return sharing.share(x, options, training=False), y


def prepare_validation(data: Data, options: Config, model: TakesData) -> Data:
    """Return `validation_data`, a tuple or list of arrays or anything that `evaluate` takes, checked likewise."""
    if not isinstance(data, (tuple, list)):
        return _prepare_evaluation(*separate(data, None), options, model)[0]
    x, y = _prepare_evaluation(*separate(tuple(data), None), options, model)
    return (x,) if y is None else (x, y)


def check_has_end(argument: str, x: Data, steps: int | None) -> None:
    """Raise for data without an end, such as those of `repeat()`, where no number of steps is given.

    Raises:
        InputError: `steps` is `None`, and the data say that they have no end.
    """
    if steps is None and stream_position.is_endless(x):
        raise InputError(f"`{argument}` must be given for data without an end. Received: {argument}=None")


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


def _check_array_data(data: ArrayData, signature: DataSignature) -> Tensor | None:
    """Check some examples; return all labels."""
    if data.domains is not None and data.domains not in signature.domains:
        fit = {"paired": "ImageToImage, CycleGAN or CUT", "unpaired": "CycleGAN or CUT"}[data.domains]
        raise InputError(f"Data of this kind are for {fit}. Received: {type(data).__name__}")
    if signature.num_classes is not None and (data.num_classes or 0) > signature.num_classes:
        raise InputError(
            f"The data must have at most the classes that the networks know, num_classes={signature.num_classes}. "
            f"Received: {data.num_classes} classes"
        )
    # Not a batch of its stream, which takes a tenth of a second to make.
    some = np.unique(np.linspace(0, len(data) - 1, data.batch_size, dtype=np.int64))
    samples, targets = data.some(some)
    check_batch(samples if targets is None else (samples, targets), signature)
    if not isinstance(data, ImageData):  # which has looked at all of its images
        check_habits(samples, signature)
    return data.targets


def check_first_batch(data: Data, signature: DataSignature) -> Tensor | None:
    """Check the first batch of what `fit` or `evaluate` was given, and return its labels; arrays whole.

    Args:
        data: samples, `(samples, labels)`, a `tf.data.Dataset` or a `keras.utils.PyDataset`.
        signature: what the networks take.

    Raises:
        InputError: a wrong type, shape, range or label, a missing label, or no data at all.
    """
    batches = [data]
    if isinstance(data, tf.data.Dataset):
        with reading():
            batches = _first_batches(data)
        if not batches:
            raise InputError("The data set must not be empty. Received: a data set without a batch")
    elif isinstance(data, keras.utils.PyDataset):
        batches = [None if data.num_batches == 0 else data[0]]
    if batches[0] is None:
        raise InputError("The data set must not be empty. Received: no data")
    check_batch(batches[0], signature)
    samples, labels = zip(*(samples_and_labels(batch) for batch in batches), strict=True)
    alike = [each for each in samples if each.shape[1:] == samples[0].shape[1:]]
    check_habits(samples[0] if len(alike) == 1 else np.concatenate(alike), signature)
    return None if labels[0] is None else np.concatenate(labels)


def _first_batches(data: tf.data.Dataset) -> list[Batch]:
    """Return the first batch of a data set, or so many small ones that something can be said of their samples."""
    found: list[Batch] = []
    for batch in data.take(_FEW):
        found.append(batch)
        leading = tf.nest.flatten(batch)[0]
        if not isinstance(leading, tf.Tensor) or not leading.shape.rank or len(leading) * len(found) >= _FEW:
            break
    return found
