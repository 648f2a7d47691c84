"""What the tests of metrics over features share."""

import numpy as np
from numpy.testing import assert_allclose


def features(count, seed=0, dimension=12):
    """Features of two populations that overlap partly."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0.3 * seed, 1.0 - 0.2 * seed, (count, dimension))).astype(np.float32)


def check_feeding(make, rtol=1e-6, order=True, sizes=(1, 7, 64), part=32):
    """Batch size, order and replicas do not change what the metric that `make()` gives says."""
    real, fake = features(96, 0), features(80, 1)
    expected = make()(real, fake)
    rng = np.random.default_rng(0)
    for size in sizes:
        metric, shuffled = make(), rng.permutation(80) if order else np.arange(80)
        for first in range(0, 96, size):
            metric.update_real(real[first : first + size])
            metric.update_fake(fake[shuffled][first : first + size])
        check_equal(metric.result(), expected, rtol)
    replicas = [make(), make()]
    for replica, rows in zip(replicas, (slice(0, part), slice(part, None)), strict=True):
        replica.update_real(real[rows])
        replica.update_fake(fake[rows])
    replicas[0].merge_state(replicas[1:])
    check_equal(replicas[0].result(), expected, rtol)


def check_equal(value, expected, rtol=1e-6):
    if isinstance(expected, dict):
        assert sorted(value) == sorted(expected)
        for name, number in expected.items():
            assert_allclose(value[name], number, rtol=rtol, err_msg=name)
    else:
        assert_allclose(value, expected, rtol=rtol)
