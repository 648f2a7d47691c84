"""The game without pairs: one step against plain TensorFlow in float64, and what every game has to do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import CycleGAN, InputError
from keras_gan.data import UnpairedData
from keras_gan.layers import Conv2D
from keras_gan.models import patch_discriminator

SIDE = 8


def convolution(filters, size, stride=1, seed=0, **options):
    initializer = keras.initializers.GlorotUniform(seed=seed)
    return Conv2D(filters, size, stride, "same", kernel_initializer=initializer, **options)


def generator(seed, channels=(1, 1)):
    x = keras.Input((None, None, channels[0]))
    y = keras.layers.LeakyReLU(0.2)(convolution(4, 3, seed=seed)(x))
    return keras.Model(x, convolution(channels[1], 3, seed=seed + 1, activation="tanh", dtype="float32")(y))


def discriminator(seed, channels=1):
    x = keras.Input((None, None, channels))
    y = keras.layers.LeakyReLU(0.2)(convolution(4, 4, 2, seed=seed)(x))
    return keras.Model(x, convolution(1, 3, seed=seed + 1)(y))


def made(optimizer=lambda: keras.optimizers.Adam(1e-2), ema=None, pool_size=5, image_size=SIDE, **rules):
    networks = generator(1), generator(3), discriminator(5), discriminator(7)
    game = CycleGAN(*networks, ema=ema, pool_size=pool_size, image_size=image_size)
    game.compile(optimizer(), optimizer(), **rules)
    return game


def images_of(*sides):
    return [np.random.default_rng(0).integers(0, 256, (8, side, side, 1), dtype=np.uint8) for side in sides]


def same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(a, b)


# By hand.


def plain(game):
    """All networks in float64, of plain operations, and their weights."""
    weights = [[tf.Variable(np.asarray(w), dtype=tf.float64) for w in network.weights] for network in game.networks]

    def generate(w, x):
        y = tf.nn.leaky_relu(tf.nn.conv2d(x, w[0], 1, "SAME") + w[1], 0.2)
        return tf.tanh(tf.nn.conv2d(y, w[2], 1, "SAME") + w[3])

    def judge(w, x):
        y = tf.nn.leaky_relu(tf.nn.conv2d(x, w[0], 2, "SAME") + w[1], 0.2)
        return tf.nn.conv2d(y, w[2], 1, "SAME") + w[3]

    return weights, generate, judge


def descend(loss, tape, weights):
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign_sub(0.1 * gradient)


def test_one_step_is_that_of_plain_tensorflow(domains):
    """The paper's equations, with weights 10 and 5 where least squares have one half."""
    game = made(optimizer=lambda: keras.optimizers.SGD(0.1), pool_size=50)
    (g, f, dx, dy), generate, judge = plain(game)
    x, y = (tf.constant(images[:6] / 127.5 - 1.0, tf.float64) for images in domains)
    l1 = lambda a, b: tf.reduce_mean(tf.abs(a - b))  # noqa: E731
    square = lambda a: tf.reduce_mean(tf.square(a))  # noqa: E731
    with tf.GradientTape() as tape:
        fake_y, fake_x = generate(g, x), generate(f, y)
        g_loss = 0.5 * square(judge(dy, fake_y) - 1) + 0.5 * square(judge(dx, fake_x) - 1)
        cycle = l1(generate(f, fake_y), x) + l1(generate(g, fake_x), y)
        identity = l1(generate(g, y), y) + l1(generate(f, x), x)
        g_total = g_loss + 5.0 * cycle + 2.5 * identity
    descend(g_total, tape, [*g, *f])
    with tf.GradientTape() as tape:  # by the fakes from before, which the pool shows as it fills
        d_loss = 0.5 * (square(judge(dx, x) - 1) + square(judge(dx, fake_x)))
        d_loss += 0.5 * (square(judge(dy, y) - 1) + square(judge(dy, fake_y)))
    descend(d_loss, tape, [*dx, *dy])

    logs = game.train_on_batch(*(images[:6] for images in domains), return_dict=True)
    for network, expected in zip(game.networks, (g, f, dx, dy), strict=True):
        for ours, theirs in zip(network.weights, expected, strict=True):
            assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    # Losses are logged as means over both domains, of which the players minimise the sum.
    expected = {"g_loss": g_loss / 2, "d_loss": d_loss / 2, "cycle": cycle, "identity": identity, "g_total": g_total}
    assert_allclose([logs[name] for name in expected], [float(value) for value in expected.values()], rtol=1e-5)
    assert int(game.source_pool.count) == 6
    assert_allclose(game.target_pool.images[:6], fake_y, atol=1e-5)


# What every game does.


def test_it_trains_in_one_trace(domains, monkeypatch):
    traces, step = [], CycleGAN.train_step
    monkeypatch.setattr(CycleGAN, "train_step", lambda game, data: traces.append(1) or step(game, data))
    game, data = made(), UnpairedData(*domains, batch_size=4)
    before = game.evaluate(data, verbose=0, return_dict=True)["cycle"]
    history = game.fit(data, validation_data=data, epochs=4, verbose=0).history
    assert len(traces) == 1
    assert int(game.step) == 24
    assert history["val_cycle"][-1] < 0.9 * before
    assert set(game.log_names) <= set(history)
    assert np.isfinite([value[-1] for value in history.values()]).all()


@pytest.mark.long
def test_a_saved_game_goes_on_with_its_pools(domains, tmp_path):
    data = UnpairedData(*domains, batch_size=4)
    game = made(ema=0.9, run_eagerly=True)
    game.fit(data, epochs=1, steps_per_epoch=3, verbose=0)
    game.save(tmp_path / "game.keras")
    loaded = keras.models.load_model(tmp_path / "game.keras")
    assert type(loaded) is CycleGAN
    assert_array_equal(loaded.source_pool.images, game.source_pool.images)
    assert int(loaded.target_pool.count) == 5
    for reverse in (False, True):
        ours, theirs = (each.translate(domains[0], reverse=reverse) for each in (game, loaded))
        assert_array_equal(ours, theirs)
    for each in (game, loaded):
        each.fit(data, epochs=1, steps_per_epoch=2, verbose=0)
    same_weights(game, loaded)


def test_translate_goes_both_ways(domains):
    game = made(ema=0.5)
    x = domains[0] / np.float32(127.5) - 1.0
    for network in game.networks:
        network.set_weights([1.5 * weight for weight in network.get_weights()])
    game.restart_average()
    assert_allclose(game.translate(domains[0], batch_size=7), game.averages["generators"][0](x), atol=1e-5)
    assert_allclose(game.translate(x, reverse=True), game.averages["generators"][1](x), atol=1e-5)
    assert_allclose(game.predict(x, verbose=0), game.averages["generators"][0](x), atol=1e-5)


@pytest.mark.long
@pytest.mark.full
def test_a_resumed_run_is_the_run(domains, tmp_path):
    data = UnpairedData(*domains, crop=6, flip=True, batch_size=4)
    games = []
    for _ in range(3):
        game = CycleGAN(generator(1), generator(3), discriminator(5), discriminator(7), pool_size=5, image_size=6)
        game.compile("adam", "adam")
        games.append(game)
    whole, first, second = games
    whole.fit(data, epochs=2, verbose=0)
    first.fit(data, epochs=1, verbose=0, callbacks=[keras_gan.callbacks.Checkpoint(tmp_path)])
    second.fit(data, epochs=2, verbose=0, resume=tmp_path)
    same_weights(whole, second)


@pytest.mark.long
def test_two_replicas_are_one(domains, two_replicas):
    batches = tf.data.Dataset.from_tensor_slices(tuple(images[:18] for images in domains)).batch(6)
    one = made(ema=0.9)
    with two_replicas.scope():
        two = made(ema=0.9)
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
    game = made(jit_compile=jit_compile, loss="relativistic")
    history = game.fit(UnpairedData(*domains, batch_size=4), epochs=1, verbose=0).history
    assert np.isfinite([value[-1] for value in history.values()]).all()


def test_a_step_that_is_not_finite_changes_nothing(domains):
    game = made(ema=0.9, cycle_weight=3e38, identity_weight=3e38, run_eagerly=True)
    before = [np.array(weight) for weight in game.state]
    with pytest.raises(keras_gan.NonFiniteError, match="generators"):
        game.fit(*(images[:12] for images in domains), batch_size=12, verbose=0)
    means = {id(variable) for variable in game._training_means.variables}
    for weight, old in zip(game.state, before, strict=True):
        assert id(weight) in means or np.array_equal(weight, old), weight.path


@pytest.mark.long
@pytest.mark.parametrize("player", ["generators", "discriminators"])
def test_neither_player_moves_where_the_other_is_not_finite(domains, monkeypatch, player):
    """Both are judged before one moves."""
    usual = getattr(CycleGAN, f"compute_{player}_loss")

    def spoilt(*given):
        loss, logs = usual(*given)
        return loss * np.nan, logs

    monkeypatch.setattr(CycleGAN, f"compute_{player}_loss", spoilt)
    game = made(ema=0.9)
    before = [np.array(weight) for weight in game.state]
    with pytest.raises(keras_gan.NonFiniteError, match=player):
        game.fit(*(images[:12] for images in domains), batch_size=12, verbose=0)
    means = {id(variable) for variable in game._training_means.variables}
    for weight, old in zip(game.state, before, strict=True):
        assert id(weight) in means or np.array_equal(weight, old), weight.path


def test_domains_may_have_other_channels():
    game = CycleGAN(generator(1, (1, 3)), generator(3, (3, 1)), discriminator(5), discriminator(7, 3), pool_size=0)
    game.compile("adam", "adam", run_eagerly=True)
    assert game.identity_weight == 0.0
    logs = game.train_on_batch(np.zeros((2, 8, 8, 1), "uint8"), np.zeros((2, 8, 8, 3), "uint8"), return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    with pytest.raises(InputError, match=r"the same sides. Received: \(8, 8\) and \(12, 12\)"):
        game.train_on_batch(np.zeros((2, 8, 8, 1), "uint8"), np.zeros((2, 12, 12, 3), "uint8"))
    with pytest.raises(InputError, match="must be 0 where the domains have different channels, 1 and 3"):
        game.compile("adam", "adam", identity_weight=1.0)


WRONG = {
    "no side": (
        lambda: CycleGAN(generator(1), generator(2), discriminator(3), discriminator(4)),
        "`image_size` must be",
    ),
    "channels": (
        lambda: CycleGAN(generator(1, (1, 3)), generator(2, (2, 1)), discriminator(3), discriminator(4, 3)),
        "`backward` must make what `forward` takes.*1 channels to 3 there, 2 to 1 back",
    ),
    "pairs": (
        lambda: CycleGAN(generator(1), generator(2), discriminator(3), patch_discriminator(1, 1, 16, 2)),
        "must judge single images",
    ),
    "sides": (
        lambda: made().fit(*images_of(SIDE, SIDE + 4)),
        r"Samples|Targets must have the shape .*\(batch, 8, 8, 1",
    ),
    "other sides": (
        lambda: made(pool_size=0, image_size=None).fit(*images_of(8, 12)),
        "domains must have the same sides",
    ),
    "three sides": (lambda: made(image_size=(8, 8, 1)), r"a side or \(height, width\)"),
    "twice": (
        lambda: CycleGAN(*[generator(1)] * 2, discriminator(3), discriminator(4), image_size=SIDE),
        "two generators must be two networks",
    ),
    "pool": (lambda: made(pool_size=-1), "`pool_size`"),
    "weight": (lambda: made(cycle_weight=-1.0), "`cycle_weight`"),
}


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_refused(wrong):
    make, message = WRONG[wrong]
    with pytest.raises(InputError, match=message):
        make()
