import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.exploration import (
    WSpace,
    ZSpace,
    direction_grid,
    directions,
    interpolation_grid,
    mixing_grid,
    sheet,
    slerp,
    truncation_grid,
)
from keras_gan.utils.depth import Depth


def test_the_corners_of_an_interpolation_are_the_points(classes):
    space, corners = ZSpace(classes), ZSpace(classes).points([1, 2, 3, 4])
    images = interpolation_grid(space, corners, rows=3, columns=5)
    assert images.shape == (3, 5, 8, 8, 1)
    own = space.images(corners)
    for corner, place in enumerate([(0, 0), (0, -1), (-1, 0), (-1, -1)]):
        assert_allclose(images[place], own[corner], atol=1e-5)
    plain = ZSpace(classes).points([1, 2, 3, 4], labels=0)
    top, bottom = (slerp(plain.values[i : i + 1], plain.values[i + 1 : i + 2], 0.5) for i in (0, 2))
    middle = classes.sample(latents=slerp(top, bottom, 0.5), labels=0)[0]
    assert_allclose(interpolation_grid(space, plain, 3, 3)[1, 1], middle, atol=1e-5)
    with pytest.raises(InputError, match=r"`corners` must be 4 points\. Received: 2"):
        interpolation_grid(space, corners[:2])


@pytest.mark.parametrize(("gan", "space"), [("plain", ZSpace), ("styled", WSpace)])
def test_columns_are_truncated(gan, space, request):
    gan = request.getfixturevalue(gan)
    images = truncation_grid(space(gan), [3, 4], [0.5, 2.0])
    assert images.shape == (2, 2, 8, 8, 1)
    for column, truncation in enumerate([0.5, 2.0]):
        assert_allclose(images[:, column], gan.sample(seed=[3, 4], truncation=truncation), atol=1e-5)


def test_mixtures_stand_between_what_is_mixed(styled):
    space = WSpace(styled)
    rows, columns = space.points([1, 2]), space.points([3, 4, 5])
    images = mixing_grid(space, rows, columns, places=[0, 1])
    assert images.shape == (3, 4, 8, 8, 1)
    assert (images[0, 0] == -1).all()
    assert_allclose(images[1:, 0], space.images(rows), atol=1e-6)
    assert_allclose(images[0, 1:], space.images(columns), atol=1e-6)
    mixed = space.mixed(rows[[1]], columns[[2]], [0, 1])
    assert_allclose(images[2, 3], space.images(mixed)[0], atol=1e-6)
    assert_allclose(mixing_grid(space, rows, columns, range(4))[1:, 1:], [space.images(columns)] * 2, atol=1e-6)


@pytest.mark.parametrize(("gan", "space"), [("classes", ZSpace), ("styled", WSpace)])
def test_the_middle_of_a_direction_is_the_point(gan, space, request):
    space = space(request.getfixturevalue(gan))
    point, found = space.points([3]), directions(space, 2)
    images = direction_grid(space, point, found, most=2.0, columns=3)
    assert images.shape == (2, 3, 8, 8, 1)
    assert_allclose(images[:, 1], [space.images(point)[0]] * 2, atol=1e-6)
    moved = point.moved(found.vectors[1], 2.0 * found.deviation)
    assert_allclose(images[1, 2], space.images(moved)[0], atol=1e-6)


def test_a_sheet():
    images = np.linspace(-1, 1, 6).astype("float32").reshape(2, 3, 1, 1, 1)
    picture = sheet(images, scale=2)
    assert_array_equal(picture[..., 0][::3, ::3], [[0, 51, 102], [153, 204, 255]])
    assert picture.shape == (5, 8, 1)
    assert sheet(images).shape == (2 * 32 + 16, 3 * 32 + 2 * 16, 1)
    deep = sheet(images, scale=1, depth=Depth("uint16", 0, 4095))
    assert deep.dtype == np.uint16
    assert deep.max() == 4095
    with pytest.raises(InputError, match="`images` must be of shape"):
        sheet(images[0])
