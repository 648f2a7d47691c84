"""What a metric remembers of one side, the real or the generated: sums, or rows, in host memory."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import scipy.linalg
import tensorflow as tf

from keras_gan.utils.validation import InputError

MAX_ROWS = 100_000
_CHUNK = 4096  # rows that are float64 at a time


class State(ABC):
    """Samples seen one batch after another; two states add up to that of all their samples.

    Attributes:
        count: the samples seen.
    """

    count: int = 0

    @abstractmethod
    def add(self, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Take in the features of `n` samples, `(n, ...)`, and their labels, `(n,)`."""

    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything that is remembered."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what `arrays` returned."""


def inner_products(rows: np.ndarray) -> np.ndarray:
    """Return the products of the columns of rows, `(n, d)`, with each other, `(d, d)`."""
    # Not by NumPy's BLAS, whose threads spin on when they are done and take the extractor's time.
    with tf.device("CPU"):
        products: np.ndarray = tf.linalg.matmul(rows, rows, transpose_a=True).numpy()
    return products


class Moments(State):
    """The mean and the covariance of rows, from float64 sums about a shift, which is the mean of the first rows.

    About the origin the sums of features far from it would lose the digits of the variance. The shift never moves once
    there are rows.

    What a `GenerativeMetric` of your own remembers of a side, if it needs no more.

    Example:
    ```python
    moments = keras_gan.metrics.Moments()
    moments.add(np.ones((10, 3)))
    print(moments.count, moments.mean)  # 10 [1. 1. 1.]
    ```
    """

    def __init__(self) -> None:
        self.shift = self.sum = np.zeros(0)  # (d,)
        self.products = np.zeros((0, 0))  # (d, d)
        self._root: np.ndarray | None = None

    @classmethod
    def of(cls, mean: np.ndarray, covariance: np.ndarray) -> Self:
        """Return the moments whose mean `(d,)` and covariance `(d, d)` are known, and of how many rows is not."""
        moments = cls()
        moments._begin(mean.astype(np.float64))
        moments.products, moments.count = covariance.astype(np.float64), 2  # whose products are n - 1 = 1 times it
        return moments

    def add(self, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Add the sums of the rows, `(n, d)`."""
        self._root = None
        for first in range(0, len(rows), _CHUNK):
            chunk = rows[first : first + _CHUNK].astype(np.float64)
            if self.count == 0:
                self._begin(chunk.mean(axis=0))
            chunk -= self.shift
            self.sum += chunk.sum(axis=0)
            self.products += inner_products(chunk)
            self.count += len(chunk)

    def _begin(self, shift: np.ndarray) -> None:
        self.shift = shift
        self.sum = np.zeros_like(shift)
        self.products = np.zeros((len(shift), len(shift)))

    @property
    def mean(self) -> np.ndarray:
        """The mean, float64 `(d,)`."""
        return self.shift + self.sum / self.count

    @property
    def covariance(self) -> np.ndarray:
        """The covariance, `n - 1` in the denominator, float64 `(d, d)`."""
        return (self.products - np.outer(self.sum, self.sum) / self.count) / (self.count - 1)

    @property
    def root(self) -> np.ndarray:
        """R of the fewest columns with `R R^T` the covariance; kept, since one real side meets many generated ones.

        What rounding left of dimensions that the rows do not span is dropped.
        """
        if self._root is None:
            # MRRR, which takes half the time of NumPy's divide and conquer.
            values, vectors = scipy.linalg.eigh(self.covariance, driver="evr", check_finite=False)
            kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
            self._root = vectors[:, kept] * np.sqrt(values[kept])
        return self._root

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the sums and their shift."""
        return {"count": np.array(self.count), "shift": self.shift, "sum": self.sum, "products": self.products}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the sums and their shift."""
        self._root = None
        self.count = int(arrays["count"])
        self.shift, self.sum, self.products = (arrays[name] for name in ("shift", "sum", "products"))


class Rows(State):
    """The rows themselves, in their order, in one array that is allocated for the number that is expected.

    Args:
        expected: how many rows will come; `None` if that is not known: the array then grows by doubling.
    """

    def __init__(self, expected: int | None = None) -> None:
        self._expected = expected
        self._rows = np.zeros(0)
        self._labels: np.ndarray | None = None

    @property
    def rows(self) -> np.ndarray:
        """What was added, `(count, ...)`."""
        return self._rows[: self.count]

    @property
    def labels(self) -> np.ndarray | None:
        """The labels, int32 `(count,)`, or `None` if there were none."""
        return None if self._labels is None else self._labels[: self.count]

    def add(self, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Copy the rows, and the labels, which must always come or never."""
        total = self.count + len(rows)
        if total > MAX_ROWS:
            raise InputError(
                f"`num_real` and `num_fake` must be {MAX_ROWS:,} at most for a metric that keeps all features: "
                f"set them, and further samples are passed over. Received: {total:,} samples"
            )
        if self.count and (labels is None) != (self._labels is None):
            raise InputError("`labels` must come with every batch or with none. Received: both kinds")
        if self._rows.ndim != rows.ndim or total > len(self._rows) or not np.can_cast(rows.dtype, self._rows.dtype):
            self._grow(rows, total)
        self._rows[self.count : total] = rows
        if labels is not None:
            self._labels = np.zeros(len(self._rows), np.int32) if self._labels is None else self._labels
            self._labels[self.count : total] = labels
        self.count = total

    def _grow(self, like: np.ndarray, total: int) -> None:
        size = max(self._expected or 0, total) if self.count == 0 else max(2 * self.count, total)
        dtype = np.promote_types(like.dtype, self._rows.dtype) if self.count else like.dtype
        grown = np.empty((min(size, MAX_ROWS), *like.shape[1:]), dtype)
        if self.count:
            grown[: self.count] = self.rows
        if self._labels is not None:
            self._labels = np.concatenate([self._labels, np.zeros(len(grown) - len(self._labels), np.int32)])
        self._rows = grown

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the rows, and the labels where there are any."""
        labels = self.labels
        return {"rows": self.rows} if labels is None else {"rows": self.rows, "labels": labels}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back rows and labels."""
        self._rows, self._labels = arrays["rows"], arrays.get("labels")
        self.count = len(self._rows)


class Sums(State):
    """Named float64 sums; a subclass says of what."""

    def __init__(self) -> None:
        self.totals: dict[str, Any] = {}

    @abstractmethod
    def terms(self, rows: np.ndarray, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return what the rows add to each sum."""

    def add(self, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Add the terms of the rows."""
        if len(rows):
            self._increase(self.terms(rows, labels), len(rows))

    def _increase(self, terms: Mapping[str, np.ndarray], count: int) -> None:
        self.totals = {name: self.totals.get(name, 0.0) + term for name, term in terms.items()}
        self.count += count

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the sums and the count."""
        return {**{name: np.asarray(total) for name, total in self.totals.items()}, "count": np.array(self.count)}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the sums and the count."""
        self.count = int(arrays["count"])
        self.totals = {name: array for name, array in arrays.items() if name != "count"}
