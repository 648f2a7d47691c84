"""Readers of data that fail midway: whose error it is, in one sentence."""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator

import keras
import tensorflow as tf

from keras_gan.types import Batch, Data
from keras_gan.utils.validation import InputError

Check = Callable[[Data], None]
"""Raises for a batch that won't do."""

_READING = "IteratorGetNext"  # the operation that hands a batch from tf.data to the step
_ERRORS = (tf.errors.UnknownError, tf.errors.InvalidArgumentError, tf.errors.DataLossError, tf.errors.NotFoundError)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turn an error in reading the data into an `InputError`; leave errors of the networks as they are."""
    try:
        yield
    except _ERRORS as error:
        if _READING not in str(error):
            raise
        raise _error(str(error)) from error


def anything(batch: Data) -> None:
    """Find nothing wrong with a batch."""


def told(x: Data, check: Check = anything) -> Data:
    """Return `x` with a check of each batch, and with the errors of its Python code as `InputError`s."""
    if isinstance(x, keras.utils.PyDataset):
        return _Told(x, check)
    return _each(x, check) if isinstance(x, Iterator) else x


def _each(batches: Iterator[Batch], check: Check) -> Iterator[Batch]:
    for number in itertools.count():
        try:
            batch = next(batches)
        except StopIteration:
            return
        except InputError:
            raise
        except Exception as error:
            raise _failed(f"{type(error).__name__}: {error}") from error
        _check(check, batch, number)
        yield batch


def _check(check: Check, batch: Data, number: int) -> None:
    """Check a batch; an error names it."""
    try:
        check(batch)
    except InputError as error:
        raise InputError(f"{error}, in batch {number}") from error


class _Told(keras.utils.PyDataset):
    """A `PyDataset` around another."""

    def __init__(self, inner: keras.utils.PyDataset, check: Check) -> None:
        super().__init__(inner.workers, inner.use_multiprocessing, inner.max_queue_size)
        self.inner = inner
        self.check = check

    @property
    def num_batches(self) -> int | None:
        return self.inner.num_batches

    def __len__(self) -> int:
        return len(self.inner)

    def __getitem__(self, index: int) -> Batch:
        try:
            batch = self.inner[index]
        except Exception as error:
            raise _failed(f"{type(error).__name__}: {error}, at batch {index}") from error
        _check(self.check, batch, index)
        return batch

    def on_epoch_begin(self) -> None:
        self.inner.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.inner.on_epoch_end()


def _error(message: str) -> InputError:
    """Return an error with what TensorFlow's message says of the data: in our own words, where we have raised it."""
    # TensorFlow hands on no exception of Python, but its text: between its own lines, with the name of the class.
    asserted = re.search(r"assertion failed: \[(.*)\]", message)
    if asserted is not None:
        return InputError(" ".join(asserted[1].split("] [")))
    _, ours, said = _cause(message).partition(f"{InputError.__module__}.{InputError.__name__}: ")
    return InputError(said) if ours else _failed(_cause(message))


def _failed(what: str) -> InputError:
    return InputError(f"The data must be readable to their end. Received: {' '.join(what.split())[:500]}")


def _cause(message: str) -> str:
    """Return the line of TensorFlow's message that says what Python code raised, or its first one."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    errors = [
        line for line in lines if line.split(":")[0].split(".")[-1].endswith(("Error", "Exception")) and ": " in line
    ]
    found = [line for line in errors if not line.startswith(("Graph execution error", "Detected at"))]
    return found[-1] if found else lines[0]
