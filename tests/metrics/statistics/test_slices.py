import numpy as np
from numpy.testing import assert_allclose

from keras_gan.metrics.statistics import slices as module
from keras_gan.metrics.statistics.slices import slices, unit_directions


def test_directions_are_uniform_on_the_sphere():
    directions = unit_directions(np.random.default_rng(0), 3, 20_000)
    assert directions.shape == (3, 20_000)
    assert_allclose(np.linalg.norm(directions, axis=0), 1.0, rtol=1e-12)
    assert_allclose(directions.mean(axis=1), 0.0, atol=0.02)
    assert_allclose(directions @ directions.T / 20_000, np.eye(3) / 3, atol=0.01)
    assert_allclose(np.histogram(directions[0], 10, (-1, 1))[0], 2000, rtol=0.1, err_msg="Archimedes: flat, of 3")


def test_slices_are_the_sorted_projections_of_both_sides(monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 3)
    monkeypatch.setattr(module, "_ROWS", 4)
    rng = np.random.default_rng(0)
    left, right, directions = rng.normal(size=(10, 5)), rng.normal(size=(7, 5)), unit_directions(rng, 5, 8)
    parts = list(slices(left.astype(np.float32), right, directions))
    assert [a.shape[0] for a, _ in parts] == [3, 3, 2]
    a, b = (np.concatenate(side) for side in zip(*parts, strict=True))
    assert a.dtype == b.dtype == np.float64
    assert_allclose(a, np.sort((left.astype(np.float32).astype(float) @ directions).T, axis=1), rtol=1e-12)
    assert_allclose(b, np.sort((right @ directions).T, axis=1), rtol=1e-12)
