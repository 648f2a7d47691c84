"""What the networks are told of a sample: one of several classes, or a vector of numbers."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypedDict

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.labels import check_classes, check_vectors, range_of_classes
from keras_gan.utils.samples import as_array
from keras_gan.utils.validation import MAX_CLASSES, InputError, check_integer

MAX_DIM = 2**16
_KEPT = 1024  # conditions of the data
_GOLDEN = (5**0.5 - 1) / 2


class Told(TypedDict):
    """What networks and a GAN are given of it: at most one of both is a number."""

    num_classes: int | None
    condition_dim: int | None


class Condition(ABC):
    """What labels are: their type, the shape of one, which there may be, and which are taken where none are given.

    Attributes:
        label_shape: the shape of one label: `()` of a class, `(condition_dim,)` of a vector.
        dtype: `"int32"` or `"float32"`.
        argument: the argument of `GAN` that says it.
        kind: `"classes"` or `"vectors"`.
        missing: the message about data without any.
    """

    label_shape: tuple[int, ...]
    dtype: str
    argument: str
    kind: str
    missing = "Networks that take labels need data with labels: `fit(images, labels)`. Received: samples without labels"

    @property
    def spec(self) -> tf.TensorSpec:
        """Labels of any number of samples."""
        return tf.TensorSpec((None, *self.label_shape), self.dtype, name="labels")

    @abstractmethod
    def takes(self, shape: Shape) -> bool:
        """Return whether an input of a network, of this shape, is one for such labels."""

    def cast(self, labels: Tensor) -> Tensor:
        """Return a batch of labels as the networks get them, in the graph."""
        return tf.cast(tf.reshape(labels, (-1, *self.label_shape)), self.dtype)

    @abstractmethod
    def check(self, argument: str, labels: ArrayLike, count: int) -> np.ndarray:
        """Return labels of `count` samples as an array, `(count, *label_shape)`.

        Raises:
            InputError: they are others; the message begins with `argument`.
        """

    @abstractmethod
    def judge(self, labels: Tensor) -> tuple[Tensor, str, tuple[str | Tensor, ...]]:
        """Return, in the graph, whether labels are right, how to begin the message if not, and what was received."""

    @abstractmethod
    def at(self, turns: Tensor) -> Tensor:
        """Return the labels of the samples of these numbers, int32 `(n,)`, that were asked for without labels."""

    def in_turn(self, first: int | Tensor, rows: int | Tensor) -> Tensor:
        """Return those of `rows` samples, from number `first`."""
        return self.at(tf.range(rows) + first)

    def spread(self, first: int, rows: int) -> Tensor:
        """Return some from all over those that there are, for `rows` samples from number `first`."""
        return self.in_turn(first, rows)

    def asked(self, n: int, labels: ArrayLike | None, turns: Sequence[int] | None = None) -> np.ndarray:
        """Return the labels of `n` samples: those that are given, one for all, or what `in_turn` says.

        Args:
            n: how many.
            labels: those that are given, if any.
            turns: whose turn it is, a number a sample; `None` for the first `n`.

        Raises:
            InputError: they are no labels of such networks.
        """
        if labels is None and turns is not None:
            return np.array(self.at(tf.constant([*turns], tf.int32)))
        if labels is None:
            return np.array(self.in_turn(0, n))
        given = np.asarray(labels)
        one = given.shape == self.label_shape
        return self.check("`labels`", np.broadcast_to(given, (n, *self.label_shape)) if one else given, n)

    @abstractmethod
    def shown(self, rows: int | None) -> Sequence[np.ndarray]:
        """Return a label for each row of a grid that has so many, or as many as it would have."""


@dataclass(frozen=True)
class Classes(Condition):
    """A class: int32 labels `(batch,)` in `[0, num_classes)`.

    Args:
        num_classes: how many, up to 2^20.

    Example:
    ```python
    classes = keras_gan.conditions.Classes(3)
    print(classes.asked(4, None))  # [0 1 2 0]
    ```
    """

    num_classes: int

    label_shape, dtype, argument, kind = (), "int32", "num_classes", "classes"

    def __post_init__(self) -> None:
        check_integer("num_classes", self.num_classes, bound=MAX_CLASSES)

    def takes(self, shape: Shape) -> bool:
        """Return whether the shape is `(batch,)` or `(batch, 1)`."""
        return shape[1:] in ((), (1,))

    def check(self, argument: str, labels: ArrayLike, count: int) -> np.ndarray:
        """Return labels as int32 `(count,)`; `(count, 1)` will do."""
        given = as_array(argument, labels)
        column = given.shape == (count, 1)
        return check_classes(argument, given.reshape(-1) if column else given, count, self.num_classes)

    def judge(self, labels: Tensor) -> tuple[Tensor, str, tuple[str | Tensor, ...]]:
        """Judge their range."""
        wide = tf.cast(labels, tf.int64)  # the bound may be too large for their own type
        right = tf.reduce_all((wide >= 0) & (wide < self.num_classes))
        return right, range_of_classes("Labels", self.num_classes), (tf.reduce_min(wide), "to", tf.reduce_max(wide))

    def at(self, turns: Tensor) -> Tensor:
        """Return the classes in turn."""
        return turns % self.num_classes

    def spread(self, first: int, rows: int) -> Tensor:
        """Return classes by steps of the golden ratio: however few are taken, they are even over all."""
        return tf.constant(np.arange(first, first + rows) * _GOLDEN % 1.0 * self.num_classes, tf.int32)

    def shown(self, rows: int | None) -> Sequence[np.ndarray]:
        """Return the first classes, or all."""
        return [*np.arange(min(rows or self.num_classes, self.num_classes), dtype=np.int32)]


class Vectors(Condition):
    """A vector: float32 labels `(batch, condition_dim)`, such as several tags, an angle, an age or an embedding.

    Where none are asked for they are taken from those of the training data, of which up to 1024 are kept.

    Args:
        condition_dim: the numbers of one vector, up to 2^16.

    Attributes:
        known: the layer that keeps those of the data, and is saved with the model.

    Example:
    ```python
    angles = keras_gan.conditions.Vectors(1)
    angles.known.note(np.linspace(-1.0, 1.0, 21)[:, None])
    print(angles.asked(3, None).shape)  # (3, 1)
    ```
    """

    dtype, argument, kind = "float32", "condition_dim", "vectors"

    def __init__(self, condition_dim: int) -> None:
        self.condition_dim = check_integer("condition_dim", condition_dim, bound=MAX_DIM)
        self.label_shape = (condition_dim,)
        self.known = KnownVectors(condition_dim, name="known_vectors")

    def takes(self, shape: Shape) -> bool:
        """Return whether the shape is `(batch, condition_dim)`."""
        return tuple(shape[1:]) == self.label_shape

    def check(self, argument: str, labels: ArrayLike, count: int) -> np.ndarray:
        """Return labels as float32 `(count, condition_dim)`."""
        return check_vectors(argument, labels, count, self.condition_dim)

    def judge(self, labels: Tensor) -> tuple[Tensor, str, tuple[str | Tensor, ...]]:
        """Judge whether they are finite."""
        values = tf.cast(labels, tf.float32)
        right = tf.reduce_all(tf.math.is_finite(values))
        received = (tf.reduce_min(values), "to", tf.reduce_max(values))
        return right, "Labels must be finite. Received: labels from", received

    def at(self, turns: Tensor) -> Tensor:
        """Return those of the data in turn; where no data were seen yet, some normal ones."""
        return tf.gather(self.known.rows(), turns % self.known.count())

    def asked(self, n: int, labels: ArrayLike | None, turns: Sequence[int] | None = None) -> np.ndarray:
        """Return the labels of `n` samples; data must have been seen where none are given."""
        if labels is None and not self.known.any:
            raise InputError(
                f"`labels` must be given, ({n}, {self.condition_dim}) or one vector for all, by a GAN that has seen no "
                "data yet. Received: labels=None"
            )
        return super().asked(n, labels, turns)

    def shown(self, rows: int | None) -> Sequence[np.ndarray]:
        """Return as many of the data's as there are rows, or 10."""
        return [*np.asarray(self.in_turn(0, 10 if rows is None else rows))]


class KnownVectors(keras.layers.Layer):
    """Up to 1024 of the vectors that a model was trained with, saved as its weights.

    Args:
        dim: the numbers of a vector.
        name: of the layer.
    """

    def __init__(self, dim: int, name: str | None = None) -> None:
        super().__init__(name=name, dtype="float32", trainable=False)
        self.dim = dim
        # Normal ones stand in until there are data: for rehearsals, and for statistics of an average.
        stand_ins = np.random.default_rng(0).normal(size=(_KEPT, dim)).astype(np.float32)
        self._rows = self.add_weight(
            shape=stand_ins.shape, initializer=lambda *_, **__: stand_ins, trainable=False, name="rows"
        )
        self._noted = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="noted")
        self.built = True

    @property
    def any(self) -> bool:
        """Whether data were seen."""
        return int(self._noted.numpy()) > 0

    def rows(self) -> Tensor:
        """Return all rows, `(1024, dim)`, of which the first `count` are to be used."""
        return tf.convert_to_tensor(self._rows)

    def count(self) -> Tensor:
        """Return how many rows are to be used, int32: those of the data, or all stand-ins."""
        noted = tf.convert_to_tensor(self._noted)
        return tf.where(noted > 0, noted, _KEPT)

    def note(self, vectors: np.ndarray) -> Self:
        """Keep some of the vectors of the data, `(n, dim)`, n >= 1: those at equal distances, in a random order."""
        order = np.random.default_rng(0).permutation(min(len(vectors), _KEPT))
        chosen = np.linspace(0, len(vectors) - 1, len(order)).round().astype(np.int64)[order]
        kept = np.zeros((_KEPT, self.dim), np.float32)
        kept[: len(chosen)] = vectors[chosen]
        self._rows.assign(kept)
        self._noted.assign(len(chosen))
        return self

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"dim": self.dim, "name": self.name}


def check(num_classes: int | None, condition_dim: int | None) -> None:
    """Check that at most one of the two is given, and in range.

    Raises:
        InputError: both are given, or one is out of range.
    """
    if num_classes is not None and condition_dim is not None:
        raise InputError(
            "`num_classes` and `condition_dim` must not both be given: a class among tags is one more column. "
            f"Received: num_classes={num_classes}, condition_dim={condition_dim}"
        )
    if num_classes is not None:
        check_integer("num_classes", num_classes, bound=MAX_CLASSES)
    if condition_dim is not None:
        check_integer("condition_dim", condition_dim, bound=MAX_DIM)


def condition(num_classes: int | None, condition_dim: int | None) -> Condition | None:
    """Return what stands for one of the two; `None` for none.

    Raises:
        InputError: both are given, or one is out of range.
    """
    check(num_classes, condition_dim)
    if condition_dim is not None:
        return Vectors(condition_dim)
    return None if num_classes is None else Classes(num_classes)
