"""The paired game: one step against plain TensorFlow in float64, and what every game has to do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import ImageToImage, InputError
from keras_gan.data import PairedData, UnpairedData
from keras_gan.layers import Conv2D, Dropout
from keras_gan.models import patch_discriminator
from keras_gan.terms import Reconstruction, TotalVariation


@pytest.fixture
def pairs():
    """uint8 sources (24, 8, 8, 1), and targets of two channels."""
    generator = np.random.default_rng(0)
    sources = generator.integers(0, 256, (24, 8, 8, 1), dtype=np.uint8)
    return sources, np.concatenate([255 - sources, sources // 2], axis=-1)


def generator(dropout=0.0, batch_norm=False):
    x = keras.Input((None, None, 1))
    y = Conv2D(4, 3, padding="same", kernel_initializer=keras.initializers.GlorotUniform(seed=1))(x)
    y = keras_gan.layers.BatchNormalization()(y) if batch_norm else y
    y = keras.layers.LeakyReLU(0.2)(y)
    y = Dropout(dropout, seed=3)(y) if dropout else y
    return keras.Model(
        x, Conv2D(2, 3, padding="same", activation="tanh", dtype="float32", kernel_initializer=SEEDED)(y)
    )


def discriminator(pairs=True):
    s, t = keras.Input((None, None, 1)), keras.Input((None, None, 2))
    y = keras.layers.Concatenate()([s, t]) if pairs else t
    y = keras.layers.LeakyReLU(0.2)(Conv2D(4, 4, 2, "same", kernel_initializer=SEEDED)(y))
    return keras.Model([s, t] if pairs else t, Conv2D(1, 3, padding="same", kernel_initializer=SEEDED)(y))


SEEDED = keras.initializers.GlorotUniform(seed=2)


def made(pairs=True, ema=None, seed=0, optimizer=lambda: keras.optimizers.Adam(1e-2), dropout=0.0, **rules):
    game = ImageToImage(generator(dropout), discriminator(pairs), ema=ema, seed=seed)
    game.compile(optimizer(), optimizer(), **{"terms": [Reconstruction(10.0)], **rules})
    return game


def same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(a, b)


# By hand.


def plain(game):
    """Both networks in float64, of plain operations, and their weights."""
    weights = [
        [tf.Variable(np.asarray(w), dtype=tf.float64) for w in n.weights] for n in (game.generator, game.discriminator)
    ]

    def generate(x):
        k1, b1, k2, b2 = weights[0]
        y = tf.nn.leaky_relu(tf.nn.conv2d(x, k1, 1, "SAME") + b1, 0.2)
        return tf.tanh(tf.nn.conv2d(y, k2, 1, "SAME") + b2)

    def judge(s, t):
        k1, b1, k2, b2 = weights[1]
        y = tf.nn.leaky_relu(tf.nn.conv2d(tf.concat([s, t], -1), k1, 2, "SAME") + b1, 0.2)
        return tf.nn.conv2d(y, k2, 1, "SAME") + b2

    return weights, generate, judge


def test_one_step_is_that_of_plain_tensorflow(pairs):
    """pix2pix: each patch is a judgement, and L1 with weight 100."""
    game = made(optimizer=lambda: keras.optimizers.SGD(0.1), terms=[Reconstruction(100.0), TotalVariation(2.0)])
    (of_generator, of_discriminator), generate, judge = plain(game)
    source, target = (tf.constant(x[:6] / 127.5 - 1.0, tf.float64) for x in pairs)
    with tf.GradientTape() as tape:
        fake = tf.stop_gradient(generate(source))
        d_loss = tf.reduce_mean(tf.nn.softplus(-judge(source, target)) + tf.nn.softplus(judge(source, fake)))
    for weight, gradient in zip(of_discriminator, tape.gradient(d_loss, of_discriminator), strict=True):
        weight.assign_sub(0.1 * gradient)
    with tf.GradientTape() as tape:
        fake = generate(source)
        g_loss = tf.reduce_mean(tf.nn.softplus(-judge(source, fake)))  # by the discriminator as it is now
        l1 = tf.reduce_mean(tf.abs(fake - target))
        down, right = tf.abs(fake[:, 1:] - fake[:, :-1]), tf.abs(fake[:, :, 1:] - fake[:, :, :-1])
        variation = (tf.reduce_sum(down) + tf.reduce_sum(right)) / tf.size(fake, tf.float64)
        total = g_loss + 100.0 * l1 + 2.0 * variation
    for weight, gradient in zip(of_generator, tape.gradient(total, of_generator), strict=True):
        weight.assign_sub(0.1 * gradient)

    logs = game.train_on_batch(pairs[0][:6], pairs[1][:6], return_dict=True)
    for network, expected in ((game.generator, of_generator), (game.discriminator, of_discriminator)):
        for ours, theirs in zip(network.weights, expected, strict=True):
            assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    expected = {
        "d_loss": d_loss,
        "g_loss": g_loss,
        "reconstruction": l1,
        "total_variation": variation,
        "g_total": total,
    }
    assert_allclose([logs[name] for name in expected], [float(value) for value in expected.values()], rtol=1e-5)


def test_micro_batches_are_the_whole_batch(pairs):
    whole, parts = (
        made(optimizer=lambda: keras.optimizers.SGD(0.1), accumulation_steps=n, run_eagerly=True) for n in (1, 3)
    )
    for game in (whole, parts):
        game.train_on_batch(pairs[0][:6], pairs[1][:6])
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        assert_allclose(a, b, rtol=1e-4, atol=1e-6)


# What every game does.


def test_it_learns_in_one_trace(pairs, monkeypatch):
    traces, step = [], ImageToImage.train_step
    monkeypatch.setattr(ImageToImage, "train_step", lambda game, data: traces.append(1) or step(game, data))
    game = made(metrics=["l1"])
    before = np.abs(game.predict(pairs[0] / 127.5 - 1.0, verbose=0) - (pairs[1] / 127.5 - 1.0)).mean()
    history = game.fit(*pairs, validation_data=pairs, batch_size=8, epochs=6, verbose=0).history
    after = np.abs(game.predict(pairs[0] / 127.5 - 1.0, verbose=0) - (pairs[1] / 127.5 - 1.0)).mean()
    assert after < 0.7 * before
    assert_allclose(history["val_l1"][-1], after, rtol=1e-4)
    assert len(traces) == 1
    assert set(game.log_names) <= set(history)
    assert np.isfinite([value[-1] for value in history.values()]).all()


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        {"ema": 0.9, "dropout": 0.3, "reuse_fakes": True, "run_eagerly": True},
        pytest.param({"pairs": False, "top_k": 0.5}, marks=pytest.mark.long),
    ],
)
def test_a_saved_game_goes_on(pairs, tmp_path, options):
    game = made(**options, metrics=["ssim"])
    game.fit(*pairs, batch_size=8, epochs=1, verbose=0)
    game.save(tmp_path / "game.keras")
    loaded = keras.models.load_model(tmp_path / "game.keras")
    assert type(loaded) is ImageToImage
    assert_array_equal(loaded(pairs[0] / 127.5 - 1.0), game(pairs[0] / 127.5 - 1.0))
    for each in (game, loaded):
        each.fit(*pairs, batch_size=8, epochs=1, verbose=0)
    assert int(loaded.step) == 6
    same_weights(game, loaded)


@pytest.mark.long
@pytest.mark.full
def test_a_resumed_run_is_the_run(pairs, tmp_path):
    data = keras_gan.data.PairedData(*pairs, crop=6, flip=True, batch_size=8)
    whole, first, second = (made(dropout=0.3, ema=0.9) for _ in range(3))
    whole.fit(data, epochs=2, verbose=0)
    first.fit(data, epochs=1, verbose=0, callbacks=[keras_gan.callbacks.Checkpoint(tmp_path)])
    second.fit(data, epochs=2, verbose=0, resume=tmp_path)
    same_weights(whole, second)


@pytest.mark.long
def test_two_replicas_are_one(pairs, two_replicas):
    # Not Adam: this loss leaves the last bias where it is, and Adam makes steps of the rounding of a gradient of 0.
    rules = {"ema": 0.9, "loss": "relativistic_average", "dropout": 0.3, "optimizer": lambda: keras.optimizers.SGD(0.1)}
    one = made(**rules)
    with two_replicas.scope():
        two = made(**rules)
    for game in (one, two):
        game.fit(tf.data.Dataset.from_tensor_slices(pairs).batch(8), epochs=1, verbose=0)
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.long
@pytest.mark.parametrize(
    ("policy", "jit_compile"),
    [
        ("mixed_float16", False),
        *(pytest.param(*each, marks=pytest.mark.full) for each in (("mixed_float16", True), ("mixed_bfloat16", True))),
    ],
)
def test_precision_and_compilers(pairs, policy, jit_compile):
    keras.mixed_precision.set_global_policy(policy)
    game = made(jit_compile=jit_compile, terms=[Reconstruction(10.0), "r1"])
    history = game.fit(*pairs, batch_size=8, epochs=2, verbose=0).history
    assert np.isfinite([value[-1] for value in history.values()]).all()
    assert all(weight.dtype == "float32" for weight in game.generator.trainable_weights)


def test_a_step_that_is_not_finite_changes_nothing(pairs):
    game = made(ema=0.9, dropout=0.3, terms=[Reconstruction(1e38)])  # times the distance too much for float32
    before = [np.array(weight) for weight in game.state]
    with pytest.raises(keras_gan.NonFiniteError, match="generator"):
        game.fit(*pairs, batch_size=24, epochs=1, verbose=0)
    assert int(game.step) == 1
    moved = {id(variable) for variable in game._training_means.variables}
    for weight, old in zip(game.state, before, strict=True):
        assert id(weight) in moved or np.array_equal(weight, old), weight.path


@pytest.mark.long
def test_evaluation_is_of_the_average(pairs):
    game = made(ema=0.5, metrics=["l1", keras_gan.metrics.PSNR(name="decibels")])
    game.fit(*pairs, batch_size=8, epochs=1, verbose=0)
    logs = game.evaluate(*pairs, batch_size=24, verbose=0, return_dict=True)
    source, target = (x / np.float32(127.5) - 1.0 for x in pairs)
    fake = np.asarray(game.averages["generator"][0](source))
    assert_allclose(logs["d_real"], np.mean(game.discriminator([source, target])), rtol=1e-4, atol=1e-5)
    assert_allclose(logs["d_fake"], np.mean(game.discriminator([source, fake])), rtol=1e-4, atol=1e-5)
    assert_allclose(logs["l1"], np.mean(np.abs(fake - target)), rtol=1e-5)
    decibels = 10 * np.log10(4 / np.mean((fake - target) ** 2, axis=(1, 2, 3)))
    assert_allclose(logs["decibels"], decibels.mean(), rtol=1e-5)


@pytest.mark.long
def test_translate_is_the_average(pairs):
    game = made(ema=0.5)
    game.train_on_batch(*(x[:8] for x in pairs))
    made_of = game.translate(pairs[0], batch_size=5)
    assert_allclose(made_of, game.averages["generator"][0](pairs[0] / np.float32(127.5) - 1.0), atol=1e-5)
    assert_allclose(game.translate(pairs[0], tile=6, overlap=2).shape, made_of.shape)


# Wrong networks and data.


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        (
            lambda: (keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)]), discriminator()),
            "`generator` must be",
        ),
        (lambda: (discriminator(), discriminator()), "`generator` must be a functional Keras model of images"),
        (lambda: (generator(), keras_gan.models.patch_discriminator(3)), "which the discriminator takes"),
        (lambda: (generator(), keras_gan.models.patch_discriminator(2, 3, 16, 4)), "first input must be the sources"),
    ],
)
def test_networks_that_do_not_fit(networks, message):
    with pytest.raises(InputError, match=message):
        ImageToImage(*networks())


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s, t: (s, None), "needs pairs"),
        (lambda s, t: (s, t[:-1]), "as many as sources, 24"),
        (lambda s, t: (s, t[..., :1]), r"Targets must have the shape .*\(batch, any, any, 2\).*\(24, 8, 8, 1\)"),
        (lambda s, t: (s.repeat(2, -1), t), r"Samples must have the shape"),
        (
            lambda s, t: (s, t[:, :4]),
            r"the sides that the generator makes of the sources, \(8, 8\).*targets of \(4, 8, 2\)",
        ),
        (lambda s, t: (s, t.astype("float32")), r"must be finite and in \[-1, 1\]"),
        (lambda s, t: (s, np.full(t.shape, np.nan, "float32")), "Targets must be finite"),
        (lambda s, t: (s.astype("int32"), t), "dtype int32"),
    ],
)
def test_data_that_are_no_pairs(pairs, change, message):
    game = made()
    with pytest.raises(InputError, match=message):
        game.fit(*change(*pairs), batch_size=8, verbose=0)
    assert int(game.step) == 0


def test_data_sets_that_are_no_pairs(pairs):
    with pytest.raises(InputError, match="the sides that the generator makes"):
        made().fit(tf.data.Dataset.from_tensors((pairs[0], pairs[1][:, ::2])))
    with pytest.raises(InputError, match=r"are for CycleGAN or CUT. Received: UnpairedData"):
        made().fit(UnpairedData(*pairs, batch_size=8))


def test_pairs_are_for_games_of_pairs(make_gan, pairs):
    with pytest.raises(InputError, match=r"are for ImageToImage, CycleGAN or CUT. Received: PairedData"):
        make_gan().fit(PairedData(pairs[0], pairs[1], batch_size=8))


@pytest.mark.parametrize(("field", "side"), [(16, 64), (142, 64), (286, 128)])
def test_networks_are_tried_with_sides_that_they_take(field, side):
    judge = patch_discriminator(2, 1, receptive_field=field, width=1, normalization="none")
    game = ImageToImage(generator(), judge)
    game.compile("adam", "adam")
    assert game.signature.side == side
    assert game.rehearsal(1).samples.shape == (1, side, side, 2)


def test_terms_of_latents_are_refused():
    with pytest.raises(InputError, match="latents"):
        made(terms=["latent_diversity"])


def test_terms_of_pairs_are_refused_by_other_games(make_gan):
    with pytest.raises(InputError, match="`Reconstruction` is for games of pairs"):
        make_gan(terms=["reconstruction"])
