import numpy as np
import pytest

from keras_gan.utils import layout as layout_lib
from keras_gan.utils.images import grid
from keras_gan.utils.layout import Layout, default_scale


@pytest.mark.parametrize(("rows", "columns", "scale"), [(1, 1, 1), (3, 2, 1), (2, 5, 4)])
def test_the_size_is_that_of_the_grid(rows, columns, scale):
    layout = Layout((6, 4, 3), rows, columns, scale)
    images = np.zeros((rows * columns, 6, 4, 3), np.uint8)
    assert grid(images, columns, layout.gap, scale).shape == (*layout.size, 3)


@pytest.mark.parametrize(
    ("asked", "side", "expected"),
    [
        (Layout((8, 8, 1), 2, 2, 4), 100, Layout((8, 8, 1), 2, 2, 4)),
        (Layout((8, 8, 1), 2, 2, 4), 60, Layout((8, 8, 1), 2, 2, 3)),
        (Layout((8, 8, 1), 20, 2, 4), 60, Layout((8, 8, 1), 6, 2, 1)),
        (Layout((8, 8, 1), 20, 20, 4), 62, Layout((8, 8, 1), 7, 7, 1)),
        (Layout((100, 8, 1), 20, 20, 1), 62, Layout((100, 8, 1), 1, 7, 1)),  # nothing smaller is left
        (Layout((64, 64, 3), 1935, 10, 1), 65_535, Layout((64, 64, 3), 1008, 10, 1)),
        (Layout((64, 64, 3), 1935, 10, 1), 16_383, Layout((64, 64, 3), 252, 10, 1)),
        (Layout((1024, 1024, 3), 10, 10, 1), 65_535, Layout((1024, 1024, 3), 8, 10, 1)),  # of what Pillow opens
        (Layout((8, 8, 1), 2, 2, 4, 40), 108, Layout((8, 8, 1), 2, 2, 4, 40)),
        (Layout((8, 8, 1), 2, 20, 4, 40), 85, Layout((8, 8, 1), 2, 5, 1, 40)),
        (Layout((8, 8, 3), 1, 1, 10_000), 65_535, Layout((8, 8, 3), 1, 1, 1182)),
    ],
)
def test_what_fits_is_the_largest(asked, side, expected):
    assert asked.within(side) == expected


def test_a_picture_of_any_size_fits_where_pillow_has_no_limit(monkeypatch):
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", None)
    asked = Layout((1024, 1024, 3), 10, 10, 1)
    assert asked.within(65_535) == asked


def test_an_animation_fits_into_memory(monkeypatch):
    layout = Layout((64, 64, 3), 10, 10, 1)
    assert layout.frames(3) == [0, 1, 2]
    monkeypatch.setattr(layout_lib, "_MOST_ANIMATED", 5 * 649 * 649)
    assert layout.frames(9) == [0, 2, 4, 6, 8]
    assert layout.frames(1) == [0]


@pytest.mark.parametrize(
    ("shape", "scale"), [((8, 8, 1), 4), ((1, 1000, 1), 1), ((1000, 1, 1), 1), ((1, 1, 3), 32), ((20, 30, 3), 2)]
)
def test_small_images_are_made_large_enough_to_be_seen(shape, scale):
    assert default_scale(shape) == scale
