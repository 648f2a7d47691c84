"""Points as they lie along random directions."""

from collections.abc import Iterator

import numpy as np

_CHUNK = 16  # directions at a time
_ROWS = 8192


def unit_directions(random: np.random.Generator, dimension: int, count: int) -> np.ndarray:
    """Return directions that are uniform on the sphere, float64 `(dimension, count)`."""
    directions = random.normal(size=(dimension, count))
    return directions / np.linalg.norm(directions, axis=0)


def slices(left: np.ndarray, right: np.ndarray, directions: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the projections of `(n, d)` and `(m, d)` on some of the directions, `(d, k)`, after others.

    Each is float64, `(few, n)` and `(few, m)`, with every row in ascending order.
    """
    for first in range(0, directions.shape[1], _CHUNK):
        chunk = directions[:, first : first + _CHUNK]
        a, b = (np.sort(_projected(side, chunk), axis=1) for side in (left, right))
        yield a, b


def _projected(rows: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return float64 projections, `(k, n)`, without a float64 copy of all rows."""
    blocks = [directions.T @ rows[first : first + _ROWS].T for first in range(0, len(rows), _ROWS)]
    return np.concatenate(blocks, axis=1)
