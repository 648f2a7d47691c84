import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.exploration import Points, ZSpace, lerp, slerp


@pytest.mark.parametrize("name", ["plain", "classes", "vectors"])
def test_points_are_those_of_the_samples(name, request):
    gan = request.getfixturevalue(name)
    space = ZSpace(gan)
    assert_allclose(space.images(space.points([3, 17, 4])), gan.sample(seed=[3, 17, 4]), atol=1e-6)
    assert_allclose(space.images(space.points([3], truncation=0.5)), gan.sample(seed=[3], truncation=0.5), atol=1e-6)


def test_points_of_labels(classes, vectors):
    points = ZSpace(classes).points([3, 4], labels=2)
    assert_array_equal(points.conditions, [[0, 0, 1], [0, 0, 1]])
    assert_allclose(ZSpace(classes).images(points), classes.sample(seed=[3, 4], labels=2), atol=1e-6)
    turns = vectors.signature.condition.asked(5, None)[3:]
    assert_array_equal(ZSpace(vectors).points([3, 4]).conditions, turns)


def test_half_way_between_two_classes(classes):
    space, points = ZSpace(classes), ZSpace(classes).points([3, 3], labels=[0, 2])
    half = Points(points.values[:1], np.array([[0.5, 0.0, 0.5]], np.float32))
    network = classes.sampling_generator
    hidden = network.get_layer("hidden_0")
    given = np.concatenate([half.values, half.conditions], axis=1)
    expected = network.get_layer("samples")(hidden(given))
    assert_allclose(space.images(half)[0, ..., 0], np.reshape(expected, (8, 8)), atol=1e-6)


def test_the_way_is_that_of_the_prior(plain):
    assert ZSpace(plain).path is slerp
    assert ZSpace(keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3), prior="uniform")).path is lerp


def test_a_mapping_network_is_truncated_in_w(styled):
    with pytest.raises(InputError, match="`truncation` of a generator with a mapping network is in W"):
        ZSpace(styled).points([1], truncation=0.5)


def test_the_first_weights_of_an_mlp_are_the_rows_of_the_latents(classes):
    kernel = classes.sampling_generator.get_layer("hidden_0").kernel
    assert kernel.shape == (9, 16)
    assert_allclose(ZSpace(classes).first_weights(), kernel[:6], atol=1e-6)


def test_the_first_weights_of_a_mapping_network(styled):
    mapping = styled.sampling_generator.get_layer("mapping")
    assert_array_equal(ZSpace(styled).first_weights(), np.asarray(mapping.dense[0].kernel)[:6])


@pytest.mark.some(2)
@pytest.mark.parametrize("name", ["dcgan", "sngan", "r3gan", "biggan", "fastgan"])
def test_the_first_weights_say_what_moves_the_first_maps(name):
    options = {"r3gan": {"width": 32}, "dcgan": {"width": 4}, "sngan": {"width": 4}, "biggan": {"width": 2}}
    build, size = getattr(keras_gan.models, name), (32, 32, 3)
    networks = build(size, latent_dim=12, **options.get(name, {"width": 2}))
    weights = ZSpace(keras_gan.GAN(*networks)).first_weights()
    assert weights.shape[0] == 12
    assert np.abs(weights).max() > 0


def test_a_network_without_a_dense_layer():
    latents = keras.Input((4,))
    generator = keras.Model(latents, keras.layers.Reshape((2, 2, 1))(keras.layers.Activation("tanh")(latents)))
    images = keras.Input((2, 2, 1))
    judge = keras.Model(images, keras.layers.Dense(1)(keras.layers.Flatten()(images)))
    with pytest.raises(InputError, match="`gan` must have a dense layer behind its latents"):
        ZSpace(keras_gan.GAN(generator, judge)).first_weights()
