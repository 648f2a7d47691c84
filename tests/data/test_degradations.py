import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.data import Downsampled, Grey, Masked, Noisy

EVERY = [Grey(), Downsampled(2), Masked(0.5), Noisy(0.3)]


def image(dtype="uint8", side=16):
    drawn = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return drawn if dtype == "uint8" else (drawn / 127.5 - 1).astype("float32")


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("degradation", EVERY, ids=str)
def test_they_are_pure_functions(degradation, dtype):
    given = image(dtype)
    kept = given.copy()
    one, same = (degradation(given, np.random.default_rng(3)) for _ in range(2))
    assert_array_equal(one, same)
    assert_array_equal(given, kept)
    assert one.dtype == dtype
    assert np.abs(one.astype("float64")).max() <= (255 if dtype == "uint8" else 1.0)
    if dtype == "float32":  # the same picture in another depth
        eight = degradation(image(), np.random.default_rng(3))
        assert_allclose(one, eight / 127.5 - 1.0, atol=0.02)


def test_grey_is_the_lightness():
    grey = Grey()(np.full((2, 2, 3), [255, 0, 0], np.uint8), None)
    assert grey.shape == (2, 2, 1)
    assert_allclose(grey, round(0.299 * 255), atol=1)


def test_downsampling_leaves_no_aliases():
    """Columns of black and white become grey; every second pixel would be black."""
    columns = np.tile(np.array([0, 255], np.uint8)[None, :, None], (16, 8, 3))
    small = Downsampled(4)(columns, None)
    assert small.shape == (4, 4, 3)
    assert_allclose(small, 127.5, atol=12)
    with pytest.raises(InputError, match=r"must divide the sides.*scale=5 and 16x16"):
        Downsampled(5)(columns, None)


def test_a_mask_hides_a_rectangle():
    white = np.full((20, 30, 3), 255, np.uint8)
    shapes = set()
    for seed in range(20):
        rows, columns = np.nonzero((Masked(0.5)(white, np.random.default_rng(seed)) == 127).all(-1))
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert len(rows) == height * width
        assert 5 <= height <= 10
        assert 7 <= width <= 15
        shapes.add((rows[0], columns[0]))
    assert len(shapes) > 10


def test_noise_has_its_deviation():
    noise = Noisy(0.1)(np.zeros((64, 64, 3), "float32"), np.random.default_rng(0))
    assert_allclose(noise.std(), 0.1, rtol=0.03)
    eight = Noisy(0.1)(np.full((64, 64, 3), 128, np.uint8), np.random.default_rng(0))
    assert_allclose(eight.std() / 127.5, 0.1, rtol=0.03)


@pytest.mark.parametrize(
    ("make", "message"),
    [(lambda: Downsampled(1), "`scale`"), (lambda: Masked(0.0), "`share`"), (lambda: Noisy(-1.0), "`deviation`")],
)
def test_bounds(make, message):
    with pytest.raises(InputError, match=message):
        make()
