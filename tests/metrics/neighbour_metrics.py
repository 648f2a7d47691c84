"""What the tests of metrics over features share."""

import numpy as np
from numpy.testing import assert_allclose


def features(count, seed=0, dimension=12):
    """Features of two populations that overlap partly."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0.3 * seed, 1.0 - 0.2 * seed, (count, dimension))).astype(np.float32)


def pictures(count, seed=0, side=32, channels=1):
    """Noise on pictures of few grey levels, half of which are there twice."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 40 + 10 * seed, (count // 2, side, side, channels), dtype=np.uint8)
    ground = rng.integers(0, 4, (count // 2, 1, 1, 1), dtype=np.uint8) * np.uint8(40)
    return np.concatenate([noise + ground, noise[: count - count // 2] + ground[: count - count // 2]])


def check_feeding(make, rtol=1e-6, order=True, sides=None, labels=None):
    """Batch size and order do not change what the metric that `make()` gives says.

    Args:
        make: gives a new metric.
        rtol: how near.
        order: whether the order must not matter either.
        sides: real and generated samples; features by default.
        labels: of the generated ones.
    """
    sides = (features(96, 0), features(80, 1)) if sides is None else sides
    expected = fed(make(), sides, labels, size=1000).result()
    rng = np.random.default_rng(0)
    for size in (1, 7, 64):
        orders = [rng.permutation(len(side)) if order else np.arange(len(side)) for side in sides]
        shuffled = [side[rows] for side, rows in zip(sides, orders, strict=True)]
        asked = None if labels is None else labels[orders[1]]
        check_equal(fed(make(), shuffled, asked, size).result(), expected, rtol)


def fed(metric, sides, labels, size):
    """Return the metric after both sides, batch by batch."""
    for side, samples in zip(("real", "fake"), sides, strict=True):
        for first in range(0, len(samples), size):
            rows = slice(first, first + size)
            asked = None if labels is None or side == "real" else labels[rows]
            getattr(metric, f"update_{side}")(samples[rows], asked)
    return metric


def check_equal(value, expected, rtol=1e-6):
    if isinstance(expected, dict):
        assert sorted(value) == sorted(expected)
        for name, number in expected.items():
            assert_allclose(value[name], number, rtol=rtol, err_msg=name)
    else:
        assert_allclose(value, expected, rtol=rtol)
