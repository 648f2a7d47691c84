import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.exploration import WSpace, ZSpace, directions


def linear(kernel):
    """Return a GAN whose generator multiplies its latents by a matrix."""
    latents = keras.Input((len(kernel),))
    dense = keras.layers.Dense(4, use_bias=False)
    generator = keras.Model(latents, keras.layers.Reshape((2, 2, 1))(dense(latents)))
    dense.set_weights([kernel])
    images = keras.Input((2, 2, 1))
    return keras_gan.GAN(generator, keras.Model(images, keras.layers.Dense(1)(keras.layers.Flatten()(images))))


def test_they_are_the_singular_vectors_of_the_first_matrix():
    random = np.random.default_rng(0)
    left, _ = np.linalg.qr(random.normal(size=(3, 3)))
    right, _ = np.linalg.qr(random.normal(size=(4, 4)))
    gains = np.array([5.0, 2.0, 0.5])
    kernel = (left * gains) @ right[:3]
    found = directions(ZSpace(linear(kernel.astype("float32"))), count=3)
    assert_allclose(found.gains, gains, rtol=1e-5)
    assert_allclose(np.abs(found.vectors @ left), np.eye(3), atol=1e-5)
    assert (found.vectors[range(3), np.abs(found.vectors).argmax(axis=1)] > 0).all()
    assert len(found) == 3


def test_the_strongest_moves_the_image_most():
    kernel = np.diag([1.0, 4.0, 2.0, 0.5]).astype("float32")
    space = ZSpace(linear(kernel))
    found = directions(space, count=4)
    assert_allclose(found.vectors, np.eye(4)[[1, 2, 0, 3]], atol=1e-6)
    point = space.points([0])
    moves = [np.linalg.norm(space.images(point.moved(v, 1.0)) - space.images(point)) for v in found.vectors]
    assert_allclose(moves, [4.0, 2.0, 1.0, 0.5], rtol=1e-5)


@pytest.mark.parametrize("space", [ZSpace, WSpace])
def test_of_styles_and_of_what_they_come_from(space, styled):
    found = directions(space(styled), count=3)
    assert found.vectors.shape == (3, 6 if space is ZSpace else 8)
    assert_allclose(found.vectors @ found.vectors.T, np.eye(3), atol=1e-5)
    assert (np.diff(found.gains) <= 0).all()
    assert found.deviation == pytest.approx(space(styled).spread[1])


def test_too_many(plain):
    with pytest.raises(InputError, match="`count` must be an integer from 1 to 6"):
        directions(ZSpace(plain), count=7)
