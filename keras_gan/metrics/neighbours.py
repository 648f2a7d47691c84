"""Nearest neighbours among many rows, in blocks, so that the memory is bounded whatever their number.

Distances are squared and float64, by `|a|^2 + |b|^2 - 2 a.b` about the rows' common centre. What blocks of different
shapes make of the same pair can differ in the last digits, so distances within `ROUNDING` of the largest squared norm
are taken to be equal: a copy is at distance 0, and a tie is a tie.
"""

from collections.abc import Iterator

import numpy as np

from keras_gan.metrics.state import Rows

ROUNDING = 1e-12
_BLOCK = 2048  # rows and columns of one matrix of distances: 32 MiB


class Neighbourhoods(Rows):
    """Rows, and the squared distance from each to its k-th nearest other row, computed once."""

    def __init__(self, expected: int | None = None) -> None:
        super().__init__(expected)
        self._radii: dict[tuple[int, int], np.ndarray] = {}

    @property
    def points(self) -> np.ndarray:
        """The rows, flat: `(count, d)`."""
        return self.rows.reshape(self.count, -1)

    def radii(self, k: int) -> np.ndarray:
        """Return the squared distances to the `k`-th nearest others, float64 `(count,)`."""
        key = (self.count, k)
        if key not in self._radii:
            self._radii = {key: kth_nearest(self.points, k)}
        return self._radii[key]


def kth_nearest(points: np.ndarray, k: int) -> np.ndarray:
    """Return the squared distance from each point to the `k`-th nearest of the others, `(n,)`; `k` is below `n`."""
    pair = _Pair(points, points)
    result = np.empty(len(points))
    for rows in _blocks(len(points)):
        nearest = np.full((rows.stop - rows.start, k), np.inf)
        for columns in _blocks(len(points)):
            distances = pair.block(rows, columns)
            if rows == columns:
                np.fill_diagonal(distances, np.inf)
            nearest = _smallest(nearest, distances, first=columns.start == 0)
        result[rows] = nearest[:, -1]
    return pair.settled(result)


def _smallest(known: np.ndarray, more: np.ndarray, first: bool) -> np.ndarray:
    """Return the `k` smallest of each row of `known`, `(n, k)`, sorted, and `more`, `(n, m)`; sorted, `(n, k)`."""
    count, k = known.shape
    if first:
        candidates = np.concatenate([known, more], axis=1)
        candidates.partition(k - 1, axis=1)
        return np.sort(candidates[:, :k], axis=1)
    # After the first block few are smaller than what is known: sorting these costs less than looking at all again.
    rows, columns = np.nonzero(more < known[:, -1:])
    rows, values = (
        np.concatenate([np.arange(count).repeat(k), rows]),
        np.concatenate([known.ravel(), more[rows, columns]]),
    )
    order = np.lexsort((values, rows))
    starts = np.searchsorted(rows[order], np.arange(count))
    return values[order][starts[:, None] + np.arange(k)]


def nearest(points: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each point the squared distance to the nearest of the others, `(n,)`, and which that is, `(n,)`."""
    pair = _Pair(points, others)
    distance, index = np.full(len(points), np.inf), np.zeros(len(points), np.int64)
    for rows in _blocks(len(points)):
        for columns in _blocks(len(others)):
            block = pair.block(rows, columns)
            best = block.argmin(axis=1)
            value = block[np.arange(len(best)), best]
            closer = value < distance[rows]
            distance[rows] = np.where(closer, value, distance[rows])
            index[rows] = np.where(closer, best + columns.start, index[rows])
    return pair.settled(distance), index


def balls_around(points: np.ndarray, centres: np.ndarray, radii: np.ndarray, closed: bool) -> np.ndarray:
    """Return how many balls each point lies in, int64 `(n,)`.

    Args:
        points: `(n, d)`.
        centres: of the balls, `(m, d)`.
        radii: their squared radii, `(m,)`.
        closed: whether a point on the surface lies in the ball.
    """
    pair = _Pair(points, centres)
    reach = radii + (pair.margin if closed else -pair.margin)
    counts = np.zeros(len(points), np.int64)
    for rows in _blocks(len(points)):
        for columns in _blocks(len(centres)):
            counts[rows] += np.count_nonzero(pair.block(rows, columns) <= reach[columns], axis=1)
    return counts


def below(distances: np.ndarray, bounds: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return where squared distances are smaller than the bounds, by more than rounding, of these points."""
    return distances < bounds - _Pair(points, points[:1]).margin


class _Pair:
    """Two sets of rows, and blocks of the matrix of their squared distances."""

    def __init__(self, left: np.ndarray, right: np.ndarray) -> None:
        self.left, self.right = left, right
        self.centre = left[:_BLOCK].mean(axis=0, dtype=np.float64)
        norms = [_norms(side, self.centre) for side in (left, right)]
        self.left_norms, self.right_norms = norms
        self.margin = ROUNDING * max(norm.max() for norm in norms)
        self._rows: tuple[slice | None, np.ndarray] = (None, np.zeros(0))

    def block(self, rows: slice, columns: slice) -> np.ndarray:
        """Return squared distances, float64 `(rows, columns)`, give or take the margin."""
        if self._rows[0] != rows:
            left, norms = self.left[rows] - self.centre, self.left_norms[rows, None]
            self._rows = rows, np.concatenate([-2.0 * left, norms, np.ones_like(norms)], axis=1)
        right, norms = self.right[columns] - self.centre, self.right_norms[columns, None]
        # The norms ride along as two more columns: adding them later would take longer than the product.
        return self._rows[1] @ np.concatenate([right, np.ones_like(norms), norms], axis=1).T

    def settled(self, distances: np.ndarray) -> np.ndarray:
        """Return squared distances of which those within the margin of 0 are 0."""
        return np.where(distances < self.margin, 0.0, distances)


def _norms(rows: np.ndarray, centre: np.ndarray) -> np.ndarray:
    return np.concatenate([((rows[block] - centre) ** 2).sum(axis=1) for block in _blocks(len(rows))])


def _blocks(count: int) -> Iterator[slice]:
    return (slice(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK))
