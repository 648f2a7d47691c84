import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.exploration import Points, WSpace, lerp


def test_points_are_those_of_the_samples(styled):
    space = WSpace(styled)
    points = space.points([3, 17, 4])
    assert points.values.shape == (3, 1, 8)
    assert points.conditions is None
    assert_allclose(space.images(points), styled.sample(seed=[3, 17, 4]), atol=1e-5)
    assert_allclose(space.images(space.points([3], labels=2)), styled.sample(seed=[3], labels=2), atol=1e-5)
    half = space.points([3], truncation=0.5)
    assert_allclose(space.images(half), styled.sample(seed=[3], truncation=0.5), atol=1e-5)
    assert space.path is lerp


def test_truncation_goes_to_the_mean(styled):
    space, mapping = WSpace(styled), styled.sampling_generator.get_layer("mapping")
    none, whole = space.points([3, 4], truncation=0.0), space.points([3, 4], truncation=1.0)
    assert_allclose(none.values, np.broadcast_to(mapping.average, (2, 1, 8)))
    assert_array_equal(whole.values, space.points([3, 4]).values)


def test_styles_are_mixed_at_places(styled):
    space = WSpace(styled)
    own, other = space.points([1]), space.points([2])
    mixed = space.mixed(own, other, places=[0, 3])
    assert mixed.values.shape == (1, space.places, 8)
    for place in range(space.places):
        assert_array_equal(mixed.values[0, place], (other if place in (0, 3) else own).values[0, 0])
    everywhere = space.mixed(own, other, places=range(space.places))
    assert_allclose(space.images(everywhere), space.images(other), atol=1e-6)
    assert_allclose(space.images(space.mixed(own, other, places=[])), space.images(own), atol=1e-6)
    assert np.abs(space.images(mixed) - space.images(own)).max() > 1e-3
    with pytest.raises(InputError, match=r"`places` must be in 0..3. Received: \[4\]"):
        space.mixed(own, other, places=[1, 4])


def test_looking_around_changes_nothing(styled, tmp_path):
    before = styled.sample(2, seed=0)
    space = WSpace(styled)
    space.images(Points(np.zeros((1, 1, 8), np.float32)))
    assert_array_equal(styled.sample(2, seed=0), before)
    styled.save(tmp_path / "gan.keras")


def test_the_first_weights_are_those_of_all_styles(styled):
    weights = WSpace(styled).first_weights()
    layers = [layer for layer in styled.sampling_generator.layers if hasattr(layer, "affine")]
    assert weights.shape == (8, sum(layer.affine.units for layer in layers))
    assert_array_equal(weights[:, : layers[0].affine.units], layers[0].affine.kernel)


def test_generators_without_styles(plain):
    with pytest.raises(InputError, match="`gan` must have one MappingNetwork among its generator's layers"):
        WSpace(plain)
