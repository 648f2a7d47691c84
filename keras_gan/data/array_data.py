"""Examples, wherever they are kept, and the stream of training batches that can start at any step."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from typing import SupportsInt

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.data.shuffle import Classes, shuffled
from keras_gan.data.stores.mapped_store import MappedStore
from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.data.stores.store import Store
from keras_gan.types import Labels, Tensor
from keras_gan.utils.labels import check_classes, check_vectors
from keras_gan.utils.samples import check_finite
from keras_gan.utils.validation import InputError, check_integer, check_seed


class ArrayData:
    """Examples in memory or on disk: with labels, with conditions, or with neither.

    The order of the training stream is a pure function of `seed` and of the position in the stream: each
    epoch is a permutation of the examples of which the remainder that doesn't fill a batch is dropped, and
    the stream starts at any step at no cost. Equal seeds give equal batches, wherever they start, and wherever the
    examples are kept.

    Args:
        examples: uint8 or float, of shape `(n, ...)`, rank 2 or more, finite. Floats are given out as
            float32. An array that is mapped from a file (`numpy.load(file, mmap_mode="r")`) stays there, and its rows
            are read as they are needed. `keras_gan.data.load` hands over other stores.
        labels: integers of shape `(n,)` in `[0, num_classes)`, given out as int32; `None` for unlabelled
            examples.
        conditions: numbers of shape `(n, k)`, finite, given out as float32, in place of labels: tags as 0 and 1, an
            angle, an age. `None` for none.
        batch_size: examples a batch, 1 or more.
        seed: of the order of the examples, 0 to 2^31 - 1.
        class_names: one name a class, which says how many there are; by default `max(labels) + 1`.
        condition_names: one name a column of the conditions.
        balanced: whether the training stream gives every class that has examples equally often, whatever their
            numbers: its examples come in rounds of one a class, in a random order, and each class goes through its own
            permutations. An epoch has as many batches as without.
        name: of the data, for messages and logs.

    Attributes:
        num_classes: how many classes the labels have, `None` without labels.
        condition_dim: how many columns the conditions have, `None` without conditions.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    import numpy as np
    from keras_gan.data import ArrayData

    points = np.random.default_rng(0).normal(size=(1000, 2))
    data = ArrayData(points, batch_size=50)
    for batch in data.dataset(start_step=30).take(1):
        print(batch.shape)  # (50, 2): the eleventh batch of the second epoch
    ```
    """

    domains: str | None = None  # `"paired"` or `"unpaired"` of what gives out images of two domains

    def __init__(
        self,
        examples: np.ndarray | Store,
        labels: Labels | None = None,
        *,
        conditions: np.ndarray | None = None,
        batch_size: int = 64,
        seed: int = 0,
        class_names: Sequence[str] | None = None,
        condition_names: Sequence[str] | None = None,
        balanced: bool = False,
        name: str = "array_data",
    ) -> None:
        if balanced and labels is None:
            raise InputError("`balanced` needs labels. Received: balanced=True and labels=None")
        check_integer("batch_size", batch_size)
        check_seed("seed", seed)
        self.examples = examples
        self.labels = labels
        self.conditions = conditions
        self.batch_size = batch_size
        self.seed = seed
        self.class_names = class_names
        self.condition_names = condition_names
        self.balanced = balanced
        self.name = name
        self._check_examples()
        if labels is not None and conditions is not None:
            raise InputError("`labels` must be None where there are `conditions`. Received: both")
        self.num_classes = _count_classes(labels, class_names, len(examples))
        self.condition_dim = _count_conditions(conditions, condition_names, len(examples))

    def _check_examples(self) -> None:
        """Raise unless the examples are as the class describes; a subclass adds what it asks for."""
        examples = self.examples
        if not isinstance(examples, np.ndarray | Store) or not (
            examples.dtype == np.uint8 or np.issubdtype(examples.dtype, np.floating)
        ):
            kind = f"an array of {examples.dtype}" if isinstance(examples, np.ndarray) else repr(type(examples))
            raise InputError(f"`examples` must be a NumPy array of uint8 or float. Received: examples is {kind}")
        if examples.ndim < 2 or 0 in examples.shape:
            raise InputError(
                "`examples` must have the shape (n, ...), of rank 2 or more and nowhere empty. "
                f"Received: examples of shape {examples.shape}"
            )
        if examples.dtype != np.uint8 and not np.isfinite(self.store.bounds).all():
            for rows in self.store.blocks():
                check_finite("`examples`", self.store[rows], rows.start)

    def __len__(self) -> int:
        return len(self.examples)

    def __repr__(self) -> str:
        told = "unlabelled" if self.num_classes is None else f"{self.num_classes} classes"
        told = told if self.condition_dim is None else f"{self.condition_dim} conditions"
        return (
            f"<{type(self).__name__} {self.name!r}: {len(self)} examples of {self.sample_shape} "
            f"{self.examples.dtype}, {told}, batch_size={self.batch_size}, seed={self.seed}>"
        )

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one example, without the batch."""
        return tuple(self.examples.shape[1:])

    @property
    def target_shape(self) -> tuple[int, ...] | None:
        """The shape of what an example is to become, where there are two domains; else `None`."""
        return None

    @property
    def targets(self) -> np.ndarray | None:
        """What goes with the examples: int32 labels `(n,)` or float32 conditions `(n, k)`; `None` for neither."""
        if self.conditions is not None:
            return np.asarray(self.conditions, np.float32)
        return None if self.labels is None else np.asarray(self.labels, np.int32)

    @property
    def steps_per_epoch(self) -> int:
        """The number of full batches of one epoch.

        Raises:
            InputError: there are fewer examples than one batch takes.
        """
        if len(self) < self.batch_size:
            raise InputError(
                f"`batch_size` must be at most the number of examples, {len(self)}. "
                f"Received: batch_size={self.batch_size}"
            )
        return len(self) // self.batch_size

    @functools.cached_property
    def store(self) -> Store:
        """What keeps the examples, and gives them out as uint8 or float32."""
        if isinstance(self.examples, Store):
            return self.examples
        return MappedStore(self.examples) if isinstance(self.examples, np.memmap) else MemoryStore(self.examples)

    @functools.cached_property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of what is given out: examples, labels or conditions, their types and shapes."""
        digest = hashlib.sha256(self.store.digest.encode())
        if self.targets is not None:
            digest.update(f"{self.targets.dtype.str}{self.targets.shape}".encode())
            digest.update(np.ascontiguousarray(self.targets).data)
        return digest.hexdigest()

    def dataset(self, start_step: SupportsInt = 0, replicas: range = range(1), of: int = 1) -> tf.data.Dataset:
        """Return the infinite training stream: full, shuffled batches.

        They are of `examples`, `(examples, labels)` or `(examples, conditions)`.

        Args:
            start_step: the step whose batch comes first: an integer >= 0, or what `int` makes one of.
            replicas: those whose shares of each batch are given out, one after another: of several workers each reads
                the rows of its own alone.
            of: how many replicas there are, which divides `batch_size`.

        Returns:
            A dataset of batches of the static shape `(batch_size / of, ...)`.
        """
        start = check_integer("start_step", int(start_step), minimum=0, bound=2**62)
        size, local = self.batch_size // of, len(replicas)
        training_batch = self._training_batch()

        def batch(number: Tensor) -> Tensor:
            step, replica = number // local, replicas.start + number % local
            return training_batch(step, replica * size + tf.range(size, dtype=tf.int64))

        return _streamed(tf.data.Dataset.counter(start * local).map(batch))

    def some(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return examples and what goes with them as they are given out in order, by their rows."""
        return self.examples[rows], None if self.targets is None else self.targets[rows]

    def _training_batch(self) -> Callable[[Tensor, Tensor], Tensor]:
        """Return what gives, in a graph, the rows at some places of the batch of a step."""
        steps_per_epoch, gather = self.steps_per_epoch, self._gather
        classes = Classes(self.labels, self.seed) if self.balanced and self.labels is not None else None

        def batch(step: Tensor, places: Tensor) -> Tensor:
            if classes is None:
                epoch, position = step // steps_per_epoch, step % steps_per_epoch * self.batch_size + places
                return gather(shuffled(position, len(self), self.seed, epoch))
            return gather(classes.rows(step * self.batch_size + places))

        return batch

    def in_order(self, batch_size: int | None = None) -> tf.data.Dataset:
        """Return one pass over all examples in their own order; the last batch may be smaller.

        Args:
            batch_size: examples a batch; by default that of the training stream.
        """
        size = self.batch_size if batch_size is None else check_integer("batch_size", batch_size)
        count, gather = len(self), self._gather

        def batch(start: Tensor) -> Tensor:
            return gather(tf.range(start, tf.minimum(start + size, count)))

        return _streamed(tf.data.Dataset.range(0, len(self), size).map(batch))

    @functools.cached_property
    def _gather(self) -> Callable[[Tensor], Tensor]:
        """What returns a batch in a graph, by the indices of its rows."""
        store = self.store
        if self.targets is None:
            return store.gather
        with tf.init_scope(), tf.device("CPU:0"):  # once, and not into each graph: see `MemoryStore`
            targets = tf.constant(self.targets)
        return lambda rows: (store.gather(rows), tf.gather(targets, rows))


def _streamed(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Return batches that are made while others are in use.

    There is nothing to tune in them; and TensorFlow's thread for it sleeps for up to a minute, at times through the
    end of the stream, for which the end of `fit` would wait.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.prefetch(2).with_options(options)


def _count_classes(labels: Labels | None, class_names: Sequence[str] | None, count: int) -> int | None:
    """Check labels and names against each other; return how many classes there are, `None` without labels."""
    if labels is None:
        if class_names is not None:
            raise InputError(f"`class_names` must be None without labels. Received: class_names={class_names!r}")
        return None
    named = None if class_names is None else _check_names("class_names", "class", class_names)
    last = check_classes("`labels`", labels, count, named).max()
    return named or int(last) + 1


def _count_conditions(conditions: ArrayLike | None, names: Sequence[str] | None, count: int) -> int | None:
    """Check conditions and names against each other; return how many columns there are, `None` without conditions."""
    if conditions is None:
        if names is not None:
            raise InputError(f"`condition_names` must be None without conditions. Received: condition_names={names!r}")
        return None
    array = check_vectors("`conditions`", conditions, count)
    if names is not None and _check_names("condition_names", "column", names) != array.shape[1]:
        raise InputError(
            f"`condition_names` must have a name for each of {array.shape[1]} columns. "
            f"Received: condition_names={names!r}"
        )
    return int(array.shape[1])


def _check_names(argument: str, of: str, given: Sequence[str]) -> int:
    names = [] if isinstance(given, str) else list(given)
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise InputError(
            f"`{argument}` must be a sequence of distinct strings, one a {of}. Received: {argument}={given!r}"
        )
    return len(names)
