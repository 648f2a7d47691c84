import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan.data.stores.derived_store import DerivedStore
from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.utils.validation import InputError

ROWS = np.arange(24, dtype=np.uint8).reshape(6, 4)


def test_rows_are_made_when_they_are_asked_for():
    asked = []
    store = DerivedStore(MemoryStore(ROWS), lambda row, random: asked.append(row) or row[:2])
    assert store.shape == (6, 2)
    asked.clear()
    assert_array_equal(store[[4, 1]], ROWS[[4, 1], :2])
    assert len(asked) == 2


def test_a_row_has_random_numbers_of_its_own():
    def noisy(row, random):
        return row + random.integers(0, 100, 4).astype(np.uint8)

    store, other = (DerivedStore(MemoryStore(0 * ROWS), noisy, seed) for seed in (1, 2))
    assert_array_equal(store[[3, 0]], store[:][[3, 0]])
    assert len(np.unique(store[:], axis=0)) == 6
    assert not np.array_equal(store[:], other[:])


@pytest.mark.parametrize(
    ("function", "match"),
    [
        (
            lambda row, random: row / 255.0,
            r"uint8 of shape \(4,\), .* Received: float64 of shape \(4,\) of row 0",
        ),
        (lambda row, random: row.tolist(), r"Received: \[0, 1, 2, 3\] of row 0"),
        (
            lambda row, random: row[: 1 if row[0] > 8 else 4],
            r"must be uint8 .* uint8 of shape \(1,\) of row 3",
        ),
    ],
)
def test_nothing_is_cast_or_repeated(function, match):
    with pytest.raises(InputError, match=match):
        DerivedStore(MemoryStore(ROWS), function).read(np.array([1, 3]))
