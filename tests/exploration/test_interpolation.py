import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.exploration import Points, WSpace, ZSpace, along, between, lerp, slerp


def test_slerp_keeps_the_norm_and_turns_at_a_constant_speed():
    random = np.random.default_rng(0)
    start, end = (5 * x / np.linalg.norm(x, axis=1, keepdims=True) for x in random.normal(size=(2, 40, 7)))
    fractions = np.linspace(0, 1, 11)
    way = np.stack([slerp(start, end, fraction) for fraction in fractions])
    assert_allclose(np.linalg.norm(way, axis=-1), 5.0, rtol=1e-12)
    assert_allclose(way[0], start, atol=1e-12)
    assert_allclose(way[-1], end, atol=1e-12)
    turned = np.arccos((way[1:] * way[:-1]).sum(axis=-1) / 25)
    whole = np.arccos((start * end).sum(axis=-1) / 25)
    assert_allclose(turned, np.broadcast_to(whole / 10, turned.shape), rtol=1e-6)


def test_the_norm_goes_straight_from_one_to_the_other():
    start, end = np.array([[3.0, 0.0]]), np.array([[0.0, 1.0]])
    assert_allclose(slerp(start, end, 0.5), [[2**0.5, 2**0.5]])
    assert np.linalg.norm(slerp(start, end, 0.25)) == pytest.approx(2.5)


@pytest.mark.parametrize("end", [[2.0, 0.0], [-2.0, 0.0], [0.0, 0.0], [2.0, 1e-7]])
def test_directions_without_a_great_circle_are_straight(end):
    start = np.array([[2.0, 0.0]])
    assert_allclose(slerp(start, np.array([end]), 0.25), 0.75 * start + 0.25 * np.array([end]), atol=1e-6)


def test_lerp():
    assert_array_equal(lerp(np.zeros((2, 3)), np.ones((2, 3)), np.array([[0.25], [0.5]])), [[0.25] * 3, [0.5] * 3])


@pytest.mark.parametrize("loop", [True, False])
def test_a_way_goes_through_its_points(loop, classes):
    space, points = ZSpace(classes), ZSpace(classes).points([3, 17, 25], labels=[0, 1, 2])
    way = between(space, points, 9 if loop else 7, loop=loop)
    assert_allclose(way.values[::3], points.values, atol=1e-6)
    assert_array_equal(way.conditions[::3], np.eye(3))
    assert_allclose(way.values[1], slerp(points.values[0], points.values[1], 1 / 3), atol=1e-6)
    assert_allclose(way.conditions[1], [2 / 3, 1 / 3, 0], atol=1e-6)
    if loop:
        assert_allclose(way.values[7], slerp(points.values[2], points.values[0], 1 / 3), atol=1e-6)
    straight = between(space, points, 7, path=lerp)
    assert_allclose(straight.values[1], lerp(points.values[0], points.values[1], 1 / 3), atol=1e-6)


def test_a_way_in_w_is_straight(styled):
    space, points = WSpace(styled), WSpace(styled).points([3, 17])
    way = between(space, points, 3)
    assert_allclose(way.values[1], points.values.mean(axis=0), atol=1e-6)
    assert way.conditions is None


def test_along():
    ends = Points(np.zeros((2, 3)), np.zeros((2, 1))), Points(np.ones((2, 3)), np.ones((2, 1)))
    found = along(None, *ends, np.array([0.25, 1.0]), path=lerp)
    assert_array_equal(found.values, [[0.25] * 3, [1.0] * 3])
    assert_array_equal(found.conditions, [[0.25], [1.0]])


def test_ways_that_are_none(plain):
    space = ZSpace(plain)
    with pytest.raises(InputError, match=r"`points` must be 2 or more\. Received: 1"):
        between(space, space.points([1]), 5)
    with pytest.raises(InputError, match="`steps` must be an integer >= 2"):
        between(space, space.points([1, 2]), 1)
