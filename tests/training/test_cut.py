"""The one-sided game: one step against plain TensorFlow in float64, and what every game has to do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import CUT, InputError
from keras_gan.data import PairedData, UnpairedData
from keras_gan.layers import PatchProjector
from keras_gan.models import patch_discriminator
from keras_gan.terms import PatchContrast, Reconstruction
from tests.training.test_cycle_gan import convolution, same_weights
from tests.training.test_cycle_gan import discriminator as judge


def discriminator(channels=1):
    return judge(5, channels)


def generator(channels=1, seed=1):
    x = keras.Input((None, None, 1))
    y = keras.layers.LeakyReLU(0.2)(PatchProjector(6, seed=seed + 2)(convolution(4, 3, seed=seed)(x)))
    network = keras.Model(x, convolution(channels, 3, seed=seed + 1, activation="tanh", dtype="float32")(y))
    (projector,) = (layer for layer in network.layers if isinstance(layer, PatchProjector))
    projector.set_weights([30 * weight for weight in projector.get_weights()])
    return network


def made(optimizer=lambda: keras.optimizers.Adam(1e-2), ema=None, **rules):
    game = CUT(generator(), discriminator(), ema=ema)
    game.compile(
        optimizer(), optimizer(), **{"loss": "least_squares", "terms": [PatchContrast(0.5, pixels=16)], **rules}
    )
    return game


def test_one_step_is_that_of_plain_tensorflow(domains):
    """The paper's equation 6, with all pixels, and weights of one half where least squares have one half."""
    rules = {"terms": [PatchContrast(0.5)]}
    game = made(optimizer=lambda: keras.optimizers.SGD(0.1), **rules)
    g, d = (
        [tf.Variable(np.asarray(w), dtype=tf.float64) for w in network.weights]
        for network in (game.generator, game.discriminator)
    )
    x, y = (tf.constant(images[:6] / 127.5 - 1.0, tf.float64) for images in domains)
    maps = lambda images: tf.nn.conv2d(images, g[0], 1, "SAME") + g[1]  # noqa: E731
    square = lambda a: tf.reduce_mean(tf.square(a))  # noqa: E731

    def generate(images):
        return tf.tanh(tf.nn.conv2d(tf.nn.leaky_relu(maps(images), 0.2), g[6], 1, "SAME") + g[7])

    def judge(images):
        return tf.nn.conv2d(tf.nn.leaky_relu(tf.nn.conv2d(images, d[0], 2, "SAME") + d[1], 0.2), d[2], 1, "SAME") + d[3]

    def contrast(given, images):
        vectors = []
        for seen in (given, images):
            pixels = tf.reshape(maps(seen), (6, 64, 4))
            vectors.append(tf.math.l2_normalize(tf.nn.relu(pixels @ g[2] + g[3]) @ g[4] + g[5], axis=-1))
        likeness = vectors[1] @ tf.transpose(tf.stop_gradient(vectors[0]), (0, 2, 1)) / 0.07
        return tf.reduce_mean(-tf.linalg.diag_part(tf.nn.log_softmax(likeness)))

    with tf.GradientTape() as tape:
        d_loss = 0.5 * (square(judge(y) - 1) + square(judge(generate(x))))
    for weight, gradient in zip(d, tape.gradient(d_loss, d), strict=True):
        weight.assign_sub(0.1 * gradient)
    with tf.GradientTape() as tape:
        g_loss, term = 0.5 * square(judge(generate(x)) - 1), 0.5 * (contrast(x, generate(x)) + contrast(y, generate(y)))
        g_total = g_loss + 0.5 * term
    for weight, gradient in zip(g, tape.gradient(g_total, g), strict=True):
        weight.assign_sub(0.1 * gradient)

    logs = game.train_on_batch(*(images[:6] for images in domains), return_dict=True)
    for network, expected in ((game.generator, g), (game.discriminator, d)):
        for ours, theirs in zip(network.weights, expected, strict=True):
            assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    expected = {"g_loss": g_loss, "d_loss": d_loss, "patch_contrast": term, "g_total": g_total}
    assert_allclose([logs[name] for name in expected], [float(value) for value in expected.values()], rtol=1e-4)


# What every game does.


def test_it_trains_in_one_trace(domains, monkeypatch):
    traces, step = [], CUT.train_step
    monkeypatch.setattr(CUT, "train_step", lambda game, data: traces.append(1) or step(game, data))
    game, data = made(), UnpairedData(*domains, batch_size=4)
    history = game.fit(data, validation_data=data, epochs=4, verbose=0).history
    assert len(traces) == 1
    assert int(game.step) == 24
    assert history["patch_contrast"][-1] < 0.9 * history["patch_contrast"][0]
    assert set(game.log_names) <= set(history)
    assert np.isfinite([value[-1] for value in history.values()]).all()


@pytest.mark.long
def test_micro_batches_are_the_whole_batch(domains):
    """All pixels are compared: which are drawn follows the position in the batch, but not the sums."""
    rules = {"optimizer": lambda: keras.optimizers.SGD(0.1), "terms": [PatchContrast(0.5, pixels=64)]}
    whole, parts = made(**rules), made(**rules, accumulation_steps=2)
    for game in (whole, parts):
        game.train_on_batch(*(images[:8] for images in domains))
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.long
def test_a_saved_game_goes_on(domains, tmp_path):
    data = UnpairedData(*domains, batch_size=4)
    game = made(ema=0.9, run_eagerly=True)
    game.fit(data, epochs=1, steps_per_epoch=3, verbose=0)
    game.save(tmp_path / "game.keras")
    loaded = keras.models.load_model(tmp_path / "game.keras")
    assert type(loaded) is CUT
    assert loaded.signature.made is None
    assert_array_equal(loaded.translate(domains[0]), game.translate(domains[0]))
    for each in (game, loaded):
        each.fit(data, epochs=1, steps_per_epoch=2, verbose=0)
    same_weights(game, loaded)


@pytest.mark.long
@pytest.mark.full
def test_a_resumed_run_is_the_run(domains, tmp_path):
    data = UnpairedData(*domains, crop=6, flip=True, batch_size=4)
    whole, first, second = made(ema=0.9), made(ema=0.9), made(ema=0.9)
    whole.fit(data, epochs=2, verbose=0)
    first.fit(data, epochs=1, verbose=0, callbacks=[keras_gan.callbacks.Checkpoint(tmp_path)])
    second.fit(data, epochs=2, verbose=0, resume=tmp_path)
    same_weights(whole, second)


@pytest.mark.long
def test_two_replicas_are_one(domains, two_replicas):
    batches = tf.data.Dataset.from_tensor_slices(tuple(images[:18] for images in domains)).batch(6)
    sgd = lambda: keras.optimizers.SGD(0.01)  # noqa: E731  (of which no step is one of rounding)
    one = made(sgd, ema=0.9)
    with two_replicas.scope():
        two = made(sgd, ema=0.9)
    for game in (one, two):
        game.fit(batches, epochs=2, verbose=0)
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        assert_allclose(a, b, rtol=1e-3, atol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize(
    ("policy", "jit_compile"), [("mixed_bfloat16", False), pytest.param("mixed_float16", True, marks=pytest.mark.full)]
)
def test_precision_and_compilers(domains, policy, jit_compile):
    keras.mixed_precision.set_global_policy(policy)
    game = made(jit_compile=jit_compile)
    history = game.fit(UnpairedData(*domains, batch_size=4), epochs=1, verbose=0).history
    assert np.isfinite([value[-1] for value in history.values()]).all()


def test_a_step_that_is_not_finite_changes_nothing(domains):
    game = made(ema=0.9, terms=[PatchContrast(3e38, name="too_much")], run_eagerly=True)
    before = [np.array(weight) for weight in game.state]
    with pytest.raises(keras_gan.NonFiniteError, match="generator"):
        game.fit(*(images[:12] for images in domains), batch_size=12, verbose=0)
    means = {id(variable) for variable in game._training_means.variables}
    for weight, old in zip(game.state, before, strict=True):
        assert id(weight) in means or np.array_equal(weight, old), weight.path


def test_translate_is_the_average_and_goes_one_way(domains):
    game = made(ema=0.5)
    x = domains[0] / np.float32(127.5) - 1.0
    assert_allclose(game.translate(domains[0], batch_size=7), game.averages["generator"][0](x), atol=1e-5)
    assert [column.shape for column in game.side_by_side(domains[0][:2], domains[1][:2])] == [(2, 8, 8, 1)] * 3
    with pytest.raises(InputError, match="`reverse` is for games that go both ways"):
        game.translate(x, reverse=True)


def test_domains_of_other_channels_have_other_terms():
    game = CUT(generator(3), discriminator(3))
    game.compile("adam", "adam", run_eagerly=True)
    logs = game.train_on_batch(np.zeros((2, 8, 8, 1), "uint8"), np.zeros((2, 8, 8, 3), "uint8"), return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    with pytest.raises(InputError, match="must have as many channels as the sources"):
        game.compile("adam", "adam", terms=[PatchContrast()])


def test_what_is_refused(domains):
    with pytest.raises(InputError, match="must judge single images, as there are no pairs"):
        CUT(generator(), patch_discriminator(1, 1, 16, 2))
    with pytest.raises(InputError, match="is for games of pairs"):
        made(terms=[Reconstruction()])
    with pytest.raises(InputError, match=r"`metrics` must be None: .*Received: metrics=\['l1'\]"):
        made(metrics=["l1"])
    with pytest.raises(InputError, match="domains must have the same sides"):
        made(run_eagerly=True).fit(domains[0], np.zeros((24, 12, 12, 1), "uint8"), verbose=0)


def test_pairs_are_taken_apart(domains):
    game = made(run_eagerly=True)
    game.fit(PairedData(domains[0], 255 - domains[0], batch_size=8), steps_per_epoch=1, verbose=0)
    assert int(game.step) == 1
