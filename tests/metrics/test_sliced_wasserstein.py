import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import wasserstein_distance

from keras_gan.metrics import SlicedWasserstein
from tests.metrics.neighbour_metrics import check_feeding, features, pictures


def images(count, seed=0, side=32, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), dtype=np.uint8)


@pytest.mark.parametrize("counts", [(60, 60), (60, 45)], ids=str)
def test_vectors_against_scipy(counts):
    real, fake = features(counts[0]), features(counts[1], 1)
    directions = np.random.default_rng(0).normal(size=(12, 20))
    directions /= np.linalg.norm(directions, axis=0)
    expected = [wasserstein_distance(real.astype(float) @ d, fake.astype(float) @ d) for d in directions.T]
    assert_allclose(SlicedWasserstein(directions=20)(real, fake), np.mean(expected), rtol=1e-9)


def test_a_shift_has_the_closed_form():
    """Along a direction d a shift by m moves everything by |m.d|, on average |m| 2 / pi in the plane."""
    points = np.random.default_rng(0).normal(size=(1000, 2))
    value = SlicedWasserstein(directions=20_000)(points, points + np.array([3.0, 4.0]))
    assert_allclose(value, 5 * 2 / np.pi, rtol=0.01)


@pytest.mark.parametrize("samples", [features(50), images(20)], ids=["vectors", "images"])
def test_identical_sets_are_at_0(samples):
    assert SlicedWasserstein(directions=10)(samples, samples) == 0
    assert_allclose(SlicedWasserstein(directions=10)(samples, samples[::-1]), 0, atol=1e-7)


def test_levels_of_images():
    metric = SlicedWasserstein(directions=10, patches=4)
    metric.update_real(images(10))
    metric.update_fake(images(10, 1))
    levels = metric.details()["levels"]
    assert list(levels) == ["32x32", "16x16"]
    assert_allclose(metric.result(), np.mean(list(levels.values())))
    state = metric._state("real")
    patches = state.vectors("32x32").reshape(40, 3, 49)
    assert_allclose(patches.mean(axis=(0, 2)), 0, atol=1e-5)
    assert_allclose(patches.std(axis=(0, 2)), 1, rtol=1e-5)


def test_each_level_sees_structures_of_its_size():
    """Brightness is scaled away; checkers of one pixel are of the finest level; soft blots of 16 pixels are not."""
    rng = np.random.default_rng(0)
    soft = rng.normal(128, 30, (200, 2, 2, 1)).repeat(16, axis=1).repeat(16, axis=2) + rng.normal(
        0, 5, (200, 32, 32, 1)
    )
    checkers = 20 * (-1.0) ** np.add.outer(np.arange(32), np.arange(32))[None, :, :, None]

    def levels(fake):
        metric = SlicedWasserstein(directions=50)
        metric.update_real(np.clip(soft, 0, 255).astype(np.uint8))
        metric.update_fake(np.clip(fake, 0, 255).astype(np.uint8))
        return metric.details()["levels"]

    seen = levels(soft + checkers)
    assert seen["32x32"] > 10 * seen["16x16"]
    assert levels(soft + 10)["16x16"] < 0.1


@pytest.mark.parametrize("sides", [None, (pictures(40), pictures(30, 1))], ids=["vectors", "images"])
def test_feeding_does_not_show(sides):
    check_feeding(lambda: SlicedWasserstein(directions=10), sides=sides)


def test_patches_are_those_of_all_batches():
    metric = SlicedWasserstein(directions=10)
    for seed in (0, 1):
        metric.update_state(images(10, seed), images(10, seed + 2))
    assert metric.details()["num_fake"] == 20
    assert metric._state("fake").vectors("16x16").shape == (20 * 16, 147)


def test_the_real_side_comes_back_from_the_disk(tmp_path):
    values = []
    for fresh in (True, False):
        metric = SlicedWasserstein(directions=10, cache_dir=tmp_path)
        assert metric.start_real("data") is fresh
        if fresh:
            metric.update_real(images(10))
            metric.finish_real()
        metric.update_fake(images(10, 1))
        values.append(metric.result())
    assert values[0] == values[1]
