import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import GAN, InputError, RandomStream, Round
from keras_gan.layers import Conv2D, PatchProjector
from keras_gan.models import mlp
from keras_gan.terms import PatchContrast
from keras_gan.terms.patch_contrast import _places
from tests.reference import patch_contrast as reference

SOURCES, TARGETS = np.random.default_rng(0).uniform(-1, 1, (2, 3, 4, 6, 2)).astype("float32")


def generator(channels=2, projectors=2):
    """Of which the source and its maps are compared."""
    x = keras.Input((None, None, 2))
    y = PatchProjector(32, seed=1, name="first")(x) if projectors else x
    y = Conv2D(5, 3, padding="same", kernel_initializer=keras.initializers.GlorotUniform(seed=1), name="conv")(y)
    y = PatchProjector(32, seed=3, name="second")(y) if projectors > 1 else y
    end = keras.initializers.GlorotUniform(seed=2)
    model = keras.Model(x, Conv2D(channels, 3, padding="same", activation="tanh", kernel_initializer=end)(y))
    for layer in model.layers:
        if isinstance(layer, PatchProjector):  # of the size of trained ones
            layer.set_weights([30 * weight for weight in layer.get_weights()])
    return model


def round_of(network, made=None, samples=TARGETS, first=0, step=0, sources=SOURCES):
    sources = tf.constant(sources)
    made = network(sources) if made is None else tf.constant(made)
    fake = type("Judged", (), {"images": made})
    stream = RandomStream(0, step, first)
    return Round(
        *(None, None, fake, None, None, lambda x: network(x, training=True)),
        *(tf.constant(step, tf.int64), stream, None, sources, None, network, None if samples is None else samples),
    )


def expected(network, given, made, temperature=0.07):
    """Of all pixels, in both layers."""
    values = []
    for name in ("first", "second"):
        layer = network.get_layer(name)
        maps = keras.Model(network.inputs, layer.output)
        keys, queries = (
            np.asarray(maps(x), np.float64).reshape(len(x), -1, layer.output.shape[-1]) for x in (given, made)
        )
        keys, queries = (reference.projected(x, layer.get_weights()) for x in (keys, queries))
        values.append(reference.contrast(queries, keys, temperature))
    return np.mean(values, axis=0)


def test_it_is_the_equation():
    network = generator()
    there = expected(network, SOURCES, network(SOURCES))
    value = PatchContrast(identity=False).generator_term(round_of(network))
    assert value.dtype == tf.float32
    assert_allclose(value, there, rtol=1e-3)
    assert np.ptp(there) > 0.01
    stays = expected(network, TARGETS, network(TARGETS))
    assert_allclose(PatchContrast().generator_term(round_of(network)), (there + stays) / 2, rtol=1e-3)
    warm = PatchContrast(identity=False, temperature=1.0).generator_term(round_of(network))
    assert_allclose(warm, expected(network, SOURCES, network(SOURCES), 1.0), rtol=1e-3)


def test_what_is_kept_is_found():
    """The source itself is found; another picture is not; of equal vectors each is as likely."""
    network, term = generator(projectors=1), PatchContrast(identity=False, temperature=0.01)
    assert np.max(term.generator_term(round_of(network, SOURCES))) < 1.0
    assert np.min(term.generator_term(round_of(network, SOURCES[:, ::-1, ::-1]))) > 5.0
    flat = np.zeros_like(SOURCES)
    assert_allclose(term.generator_term(round_of(network, flat, sources=flat)), np.full(3, np.log(24)), rtol=1e-4)


def test_pixels_are_drawn_once():
    maps, round = tf.zeros((50, 5, 7, 2)), round_of(generator())
    places = _places(round, "places", maps, 10).numpy()
    assert places.shape == (50, 10)
    assert all(len(set(row)) == 10 for row in places)
    assert set(places.ravel()) == set(range(35)), "they are anywhere"
    assert_array_equal(np.sort(_places(round, "places", maps, 99)), np.tile(np.arange(35), (50, 1)))
    tail = _places(round_of(generator(), first=45), "places", maps[:5], 10)
    assert_array_equal(tail, places[45:])
    assert np.any(_places(round_of(generator(), step=1), "places", maps, 10) != places)


def test_fewer_pixels_are_an_easier_question():
    network = generator()
    few, all_of_them = (PatchContrast(pixels=n).generator_term(round_of(network)) for n in (2, 256))
    assert np.mean(few) < np.mean(all_of_them)


def test_gradients_reach_the_generator_and_the_projectors_but_not_through_the_source():
    network = generator()
    kernels = [network.get_layer("conv").kernel.value, network.get_layer("second").trainable_variables[0].value]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(PatchContrast().generator_term(round_of(network)))
    assert all(np.abs(gradient).max() > 1e-4 for gradient in tape.gradient(loss, kernels))
    source = tf.constant(SOURCES)
    with tf.GradientTape() as tape:
        tape.watch(source)
        round = round_of(network, SOURCES[:, ::-1], sources=source)  # what was made depends on nothing
        loss = tf.reduce_mean(PatchContrast(identity=False).generator_term(round))
    assert tape.gradient(loss, source) is None


def test_what_is_refused():
    round = round_of(generator())
    with pytest.raises(InputError, match="is for generators of images of others"):
        PatchContrast().generator_term(Round(**{**vars(round), "source": None}))
    with pytest.raises(InputError, match=r"needs a generator with `layers\.PatchProjector`"):
        PatchContrast().generator_term(round_of(generator(projectors=0)))
    with pytest.raises(InputError, match=r"channels {'sources': 2, 'what is made': 3, 'targets': 2}"):
        PatchContrast().generator_term(round_of(generator(3)))
    with pytest.raises(InputError, match=r"channels {'sources': 2, 'what is made': 2, 'targets': 3}"):
        PatchContrast().generator_term(round_of(generator(), samples=np.zeros((3, 4, 6, 3), "float32")))
    with pytest.raises(InputError, match=r"must keep the sides of the sources. Received: \(4, 6\), and \(2, 6\) of"):
        PatchContrast().generator_term(round_of(generator(), SOURCES[:, :2]))
    for argument, value in (("pixels", 1), ("temperature", 0.0), ("identity", 2)):
        with pytest.raises(InputError, match=f"`{argument}`.*Received: {argument}="):
            PatchContrast(**{argument: value})


def test_it_is_for_no_gan():
    gan = GAN(*mlp((8, 8, 1), latent_dim=4))
    with pytest.raises(InputError, match="is for generators of images of others"):
        gan.compile("adam", "adam", terms=["patch_contrast"])


def test_config():
    term = PatchContrast(2.0, 3, 64, 0.1, False, "places")
    assert PatchContrast.from_config(term.get_config()).get_config() == term.get_config()
