import math

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.augmentation import geometry
from tests.reference import augmentation as reference

SHAPES = [(5, 7, 2), (6, 4, 1), (1, 4, 1), (4, 1, 3), (1, 1, 3), (2, 2, 1)]


def row(*pixels):
    return tf.constant(pixels, tf.float32)[None, None, :, None]


def one(*numbers):
    return [tf.constant([number], tf.float32) for number in numbers]


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def affine(count, seed=0):
    """Maps with any linear part, which look up to several images beyond the edges."""
    random = np.random.default_rng(seed)
    maps = np.tile(np.eye(3), (count, 1, 1))
    maps[:, :2, :2] = random.normal(size=(count, 2, 2))
    maps[:, :2, 2] = random.uniform(-12, 12, (count, 2))
    return maps.astype("float32")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_identity_changes_nothing(shape):
    images = noise(3, *shape)
    assert_allclose(geometry.warp(images, tf.eye(3, batch_shape=[3])), images, atol=1e-6)


def test_shifts_by_hand():
    image = row(1, 2, 3, 4)
    for right, expected in [(1, [2, 3, 4, 3]), (-1, [2, 1, 2, 3]), (2, [3, 4, 3, 2]), (0.25, [1.25, 2.25, 3.25, 3.75])]:
        warped = geometry.warp(image, geometry.translation(*one(right, 0)))
        assert_allclose(tf.squeeze(warped), expected, atol=1e-6)
    column = tf.transpose(image, [0, 2, 1, 3])
    assert_allclose(tf.squeeze(geometry.warp(column, geometry.translation(*one(0, 1)))), [2, 3, 4, 3])


def test_the_reflection_goes_on_and_on():
    warped = geometry.warp(row(1, 2, 3), geometry.translation(*one(-400, 0)))  # four pixels a period
    assert_allclose(tf.squeeze(warped), [1, 2, 3])
    warped = geometry.warp(row(1, 2, 3), geometry.translation(*one(403, 0)))
    assert_allclose(tf.squeeze(warped), [2, 1, 2])


def test_mirrors_and_scales_by_hand():
    image = row(1, 2, 3, 4)
    assert_allclose(tf.squeeze(geometry.warp(image, geometry.scaling(*one(-1, 1)))), [4, 3, 2, 1])
    assert_allclose(tf.squeeze(geometry.warp(image, geometry.scaling(*one(1, -1)))), [1, 2, 3, 4])
    # Half the scale to the source shows the middle half, at -0.75, -0.25, 0.25, 0.75 from the centre.
    assert_allclose(tf.squeeze(geometry.warp(image, geometry.scaling(*one(0.5, 1)))), [1.75, 2.25, 2.75, 3.25])


def test_a_quarter_turn_by_hand():
    image = tf.constant([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    warped = geometry.warp(image, geometry.rotation(*one(math.pi / 2)))
    assert_allclose(warped[0, :, :, 0], [[2, 4], [1, 3]], atol=1e-6)
    images = noise(2, 5, 5, 3)
    warped = geometry.warp(images, geometry.rotation(tf.constant([math.pi / 2, -math.pi / 2])))
    assert_allclose(warped[0], np.rot90(images[0]), atol=1e-5)
    assert_allclose(warped[1], np.rot90(images[1], -1), atol=1e-5)


def test_maps_are_the_reference():
    assert_allclose(geometry.translation(*one(2, 3))[0], reference.translation(2, 3))
    assert_allclose(geometry.scaling(*one(2, 3))[0], reference.scaling(2, 3))
    assert_allclose(geometry.rotation(*one(0.7))[0], reference.rotation(0.7), rtol=1e-6)


def test_matrices_from_numbers_and_tensors():
    matrices = geometry.matrix((1.0, tf.constant([2.0, 3.0])), (4.0, 5.0))
    assert_allclose(matrices, [[[1, 2], [4, 5]], [[1, 3], [4, 5]]])


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_any_affine_map_is_the_reference(shape, jit_compile):
    images, maps = noise(8, *shape), affine(8)
    warped = tf.function(geometry.warp, jit_compile=jit_compile)(tf.constant(images), tf.constant(maps))
    expected = [reference.warp(image, to_source) for image, to_source in zip(images, maps, strict=True)]
    assert_allclose(warped, expected, atol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize("jit_compile", [False, True])
def test_both_derivatives_are_exact(jit_compile):
    """With y = Ax the gradient of w.y is A'w, and that of |A'w|^2 with respect to w is 2AA'w."""
    maps = tf.constant(affine(6))
    images, w, v = (tf.constant(noise(6, 5, 4, 2, seed=seed)) for seed in range(3))

    @tf.function(jit_compile=jit_compile)
    def derivatives():
        with tf.GradientTape() as outer:
            outer.watch(w)
            with tf.GradientTape() as inner:
                inner.watch(images)
                value = tf.reduce_sum(w * geometry.warp(images, maps))
            gradient = inner.gradient(value, images)
            norm = tf.reduce_sum(gradient**2)
        return gradient, outer.gradient(norm, w)

    first, second = derivatives()
    assert_allclose(
        tf.reduce_sum(w * geometry.warp(v, maps), axis=(1, 2, 3)), tf.reduce_sum(first * v, axis=(1, 2, 3)), atol=1e-4
    )
    assert_allclose(second, 2 * geometry.warp(first, maps), atol=1e-4)


def test_extremes_are_finite():
    maps = tf.concat([geometry.scaling(*one(1e6, 1e-6)), geometry.translation(*one(1e7, -1e7))], axis=0)
    images = noise(2, 4, 6, 1)
    warped = geometry.warp(images, maps).numpy()
    assert np.isfinite(warped).all()
    assert np.abs(warped).max() <= 1
