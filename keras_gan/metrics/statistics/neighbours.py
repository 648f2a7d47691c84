"""Nearest neighbours among many rows, in blocks, so that the memory is bounded whatever their number.

Squared distances are compared as if each were `((a - b) ** 2).sum()` in float64: a copy is at distance 0, and a tie is
a tie. Products of matrices give all of them about a common centre, `|a|^2 + |b|^2 - 2 a.b`, less the most that rounding
can have added, which grows with the two norms; the few pairs that this bound leaves in doubt are computed directly.
"""

from collections.abc import Iterator

import numpy as np

from keras_gan.metrics.statistics.accumulators import Rows

_BLOCK = 2048  # rows and columns of one matrix of distances: 32 MiB
_DIRECT = 2**21  # numbers of the pairs that are computed directly at a time: 16 MiB


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


def kth_nearest(points: np.ndarray, k: int, others: np.ndarray | None = None) -> np.ndarray:
    """Return the squared distance from each point to the `k`-th nearest other, `(n,)`.

    Args:
        points: `(n, d)`.
        k: from 1 to the number of others.
        others: `(m, d)`; `None` for the points themselves, of which none is its own neighbour.
    """
    alone = others is None
    others = points if others is None else others
    pair = _Pair(points, others)
    result = np.empty(len(points))
    for rows in _blocks(len(points)):
        known = np.full((rows.stop - rows.start, k), np.inf)
        for columns in _blocks(len(others)):
            bounds = pair.bounds(rows, columns)
            if alone and rows == columns:
                np.fill_diagonal(bounds, np.inf)
            if columns.start == 0:  # its nearest go first, so that few of the rest are nearer than what is known
                known = _with(known, *pair.distances(rows, columns, _taken(bounds, k)))
            reach = np.where(known[:, -1:] > 0, known[:, -1:], -np.inf)  # nothing is nearer than a copy
            known = _with(known, *pair.distances(rows, columns, bounds < reach))
        result[rows] = known[:, -1]
    return result


def _taken(bounds: np.ndarray, k: int) -> np.ndarray:
    """Return a mask of the `k` lowest of each row, `(n, m)`, which become infinite."""
    lowest = bounds.argpartition(min(k, bounds.shape[1]) - 1, axis=1)[:, :k]
    mask = np.zeros(bounds.shape, bool)
    np.put_along_axis(mask, lowest, True, axis=1)
    mask &= np.isfinite(bounds)
    bounds[mask] = np.inf
    return mask


def _with(known: np.ndarray, rows: np.ndarray, columns: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Return the `k` smallest of each row of `known`, `(n, k)`, and of `more` in these rows; sorted, `(n, k)`."""
    count, k = known.shape
    values = np.concatenate([known.ravel(), more])
    return values[_first(np.concatenate([np.arange(count).repeat(k), rows]), k, values)]


def _first(rows: np.ndarray, k: int, *keys: np.ndarray) -> np.ndarray:
    """Return where the `k` lowest of each row are, sorted by the keys, `(n, k)`; each row has that many."""
    order = np.lexsort((*keys[::-1], rows))
    starts = np.searchsorted(rows[order], np.arange(rows.max() + 1))
    return order[starts[:, None] + np.arange(k)]


def nearest(points: np.ndarray, others: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each point the squared distance to the nearest of the others, `(n,)`, and that one's radius, `(n,)`.

    Args:
        points: `(n, d)`.
        others: `(m, d)`.
        radii: of the others, `(m,)`; where several are equally near, the largest of theirs counts.
    """
    pair = _Pair(points, others)
    found = np.full((2, len(points)), np.inf)  # distances, radii
    for rows in _blocks(len(points)):
        for columns in _blocks(len(others)):
            bounds = pair.bounds(rows, columns)
            here = np.arange(len(bounds))
            near = pair.direct(rows, columns, here, bounds.argmin(axis=1))
            reach = np.minimum(found[0, rows], near)
            i, j, distances = pair.distances(rows, columns, bounds <= reach[:, None])
            values = np.concatenate([found[:, rows], [distances, radii[columns][j]]], axis=1)
            found[:, rows] = values[:, _first(np.concatenate([here, i]), 1, values[0], -values[1])[:, 0]]
    return found[0], found[1]


def balls_around(points: np.ndarray, centres: np.ndarray, radii: np.ndarray, closed: bool) -> np.ndarray:
    """Return how many balls each point lies in, int64 `(n,)`.

    Args:
        points: `(n, d)`.
        centres: of the balls, `(m, d)`.
        radii: their squared radii, `(m,)`.
        closed: whether a point on the surface lies in the ball.
    """
    pair = _Pair(points, centres)
    counts = np.zeros(len(points), np.int64)
    for rows in _blocks(len(points)):
        for columns in _blocks(len(centres)):
            bounds, reach = pair.bounds(rows, columns), radii[columns]
            inside = bounds <= reach
            counts[rows] += np.count_nonzero(inside, axis=1)
            i, j, distances = pair.distances(rows, columns, inside & (bounds >= reach - pair.slack(rows, columns)))
            outside = distances > reach[j] if closed else distances >= reach[j]
            counts[rows] -= np.bincount(i[outside], minlength=len(bounds))
    return counts


class _Pair:
    """Two sets of rows, `(n, d)` and `(m, d)`, and blocks of the matrix of their squared distances."""

    def __init__(self, left: np.ndarray, right: np.ndarray) -> None:
        self.left, self.right = left, right
        self.centre = left[:_BLOCK].mean(axis=0, dtype=np.float64)
        self.left_norms, self.right_norms = (_norms(side, self.centre) for side in (left, right))
        # Of norms and products of d numbers, each rounded, and of the direct sums that they stand for.
        self.rounding = 4 * (left.shape[1] + 4) * np.finfo(np.float64).eps
        self._rows: tuple[slice | None, np.ndarray] = (None, np.zeros(0))

    def bounds(self, rows: slice, columns: slice) -> np.ndarray:
        """Return what squared distances are at least, float64 `(rows, columns)`, and at most by `slack` more."""
        if self._rows[0] != rows:
            left, norms = self.left[rows] - self.centre, (1 - self.rounding) * self.left_norms[rows, None]
            self._rows = rows, np.concatenate([-2.0 * left, norms, np.ones_like(norms)], axis=1)
        right, norms = self.right[columns] - self.centre, (1 - self.rounding) * self.right_norms[columns, None]
        # The norms ride along as two more columns: adding them later would take longer than the product.
        return self._rows[1] @ np.concatenate([right, np.ones_like(norms), norms], axis=1).T

    def slack(self, rows: slice, columns: slice) -> np.ndarray:
        """Return how far above the bounds of each column the distances can be, `(columns,)`."""
        return 2 * self.rounding * (self.left_norms[rows].max() + self.right_norms[columns])

    def distances(self, rows: slice, columns: slice, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return row, column and squared distance of the pairs of a block that a mask has, `(p,)` each."""
        i, j = np.divmod(np.flatnonzero(mask), mask.shape[1])  # `nonzero` itself is slow where few are
        return i, j, self.direct(rows, columns, i, j)

    def direct(self, rows: slice, columns: slice, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Return squared distances of pairs of a block, given by row and column, `(p,)`."""
        left, right = self.left[rows], self.right[columns]
        result, step = np.empty(len(i)), max(_DIRECT // left.shape[1], 1)
        for first in range(0, len(i), step):
            part = slice(first, first + step)
            result[part] = ((left[i[part]].astype(np.float64) - right[j[part]]) ** 2).sum(axis=1)
        return result


def _norms(rows: np.ndarray, centre: np.ndarray) -> np.ndarray:
    return np.concatenate([((rows[block] - centre) ** 2).sum(axis=1) for block in _blocks(len(rows))])


def _blocks(count: int) -> Iterator[slice]:
    return (slice(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK))
