"""What `compile` and the constructor offer besides losses and terms, in the game."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError, terms
from keras_gan.augmentation import ADA
from keras_gan.data import ImageData
from keras_gan.penalties import BalancedConsistency, LatentConsistency, LeCam


def trained(images, rules, steps=3, batch=16, seed=1, optimizer=None, build=keras_gan.models.mlp, **arguments):
    """Return a GAN after some steps of plain SGD, and its last logs."""
    gan = keras_gan.GAN(*build((8, 8, 1), latent_dim=4, hidden=(8,), activation="tanh", seed=seed), **arguments)
    make = optimizer or (lambda: keras.optimizers.SGD(0.1))
    gan.compile(make(), make(), **rules)
    logs = {}
    for step in range(steps):
        logs = gan.train_on_batch(images[0][8 * step : 8 * step + batch], return_dict=True)
    return gan, logs


def assert_equal_weights(a, b, atol):
    for ours, theirs in zip(a.get_weights(), b.get_weights(), strict=True):
        assert_allclose(ours, theirs, atol=atol)


# Gradient accumulation.

EACH_SAMPLE = [
    {},
    {"terms": ["r1", "r2"]},
    {"terms": ["gradient_penalty"], "loss": "wasserstein"},
    {"augmentation": "diff_augment", "terms": ["r1"]},
    {"augmentation": ADA(p=0.8, target=None), "loss": "hinge"},
    {"loss": "relativistic"},
    {"discriminator_steps": 2, "terms": [BalancedConsistency(0.1), LatentConsistency(0.1), "latent_diversity"]},
]


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize("rules", EACH_SAMPLE)
def test_parts_that_accumulate_are_one_batch(rules, images):
    """Where nothing is computed over the batch: noise, interpolations and augmentation are those of the whole."""
    whole, logs = trained(images, rules)
    parts, same = trained(images, {**rules, "accumulation_steps": 4})
    assert_equal_weights(whole, parts, atol=2e-6)
    for name, value in logs.items():
        assert_allclose(same[name], value, atol=2e-5, err_msg=name)
    untouched, _ = trained(images, rules, steps=1)
    assert np.abs(untouched.get_weights()[0] - whole.get_weights()[0]).max() > 1e-4


@pytest.mark.long
def test_the_optimizer_steps_once_for_all_parts(images):
    gan, _ = trained(images, {"accumulation_steps": 4, "discriminator_steps": 2})
    assert int(gan.discriminator_optimizer.iterations) == 6
    assert int(gan.generator_optimizer.iterations) == 3


@pytest.mark.long
def test_singular_vectors_move_once_for_all_parts(images):
    def build(*args, **kwargs):
        generator, _ = keras_gan.models.mlp(*args, **kwargs)
        x = keras.Input((8, 8, 1))
        dense = keras_gan.layers.SpectralNormalization(
            keras.layers.Dense(5, kernel_initializer=keras.initializers.Ones())
        )
        logit = keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=1))
        return generator, keras.Model(x, logit(dense(keras.layers.Flatten()(x))))

    still = {"steps": 1, "optimizer": lambda: keras.optimizers.SGD(0.0), "build": build}

    def vector(rules):
        gan, _ = trained(images, rules, **still)
        return gan.discriminator.layers[-2].u.numpy()

    assert_array_equal(vector({"accumulation_steps": 4}), vector({}))


@pytest.mark.long
@pytest.mark.full
def test_replicas_accumulate_like_one_device(images, two_replicas):
    rules = {"accumulation_steps": 2, "terms": ["gradient_penalty"], "augmentation": "diff_augment"}

    def fitted():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), activation="tanh"))
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), **rules)
        history = gan.fit(images[0][:32], batch_size=16, shuffle=False, verbose=0).history
        return gan, history

    one, logs = fitted()
    with two_replicas.scope():
        two, same = fitted()
    assert_equal_weights(one, two, atol=2e-6)
    for name, values in logs.items():
        assert_allclose(same[name], values, atol=2e-5, err_msg=name)


# Reused fakes.


def test_reused_fakes_are_those_of_the_last_update_of_the_discriminator(images):
    """One step of the usual loop, by hand."""
    real = images[0][:16].astype("float32") / 127.5 - 1.0
    gan, _ = trained(images, {}, steps=0)
    generator, discriminator = gan.generator, gan.discriminator
    with tf.GradientTape() as g_tape:
        fake = generator(gan.sample_latents("discriminator", 16), training=True)
        with tf.GradientTape() as d_tape:
            d_loss = tf.reduce_mean(tf.nn.softplus(-discriminator(real)))
            d_loss += tf.reduce_mean(tf.nn.softplus(discriminator(tf.stop_gradient(fake))))
        weights = discriminator.trainable_variables
        for weight, slope in zip(weights, d_tape.gradient(d_loss, weights), strict=True):
            weight.assign_sub(0.1 * slope)
        g_loss = tf.reduce_mean(tf.nn.softplus(-discriminator(fake)))
    weights = generator.trainable_variables
    for weight, slope in zip(weights, g_tape.gradient(g_loss, weights), strict=True):
        weight.assign_sub(0.1 * slope)
    other, logs = trained(images, {"reuse_fakes": True}, steps=1)
    assert_equal_weights(gan, other, atol=1e-6)
    assert_allclose([logs["d_loss"], logs["g_loss"]], [d_loss, g_loss], rtol=1e-5)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(("reuse", "passes"), [(False, 4), (True, 3)])
def test_reused_fakes_are_not_made_again(reuse, passes, images):
    class Counting(keras_gan.GAN):
        made = 0

        def generate(self, latents, labels):
            self.made += 1
            return super().generate(latents, labels)

    gan = Counting(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
    gan.compile("sgd", "sgd", discriminator_steps=3, reuse_fakes=reuse)
    before = gan.made
    gan.train_on_batch(images[0][:12])
    assert gan.made - before == passes


REUSED = [
    {"accumulation_steps": 4},
    {"accumulation_steps": 2, "discriminator_steps": 2},
    {"terms": ["r1", "latent_diversity"], "augmentation": "diff_augment", "accumulation_steps": 2},
]


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("rules", REUSED)
def test_reused_fakes_in_parts_are_those_of_the_whole(rules, images):
    whole, logs = trained(images, {**rules, "accumulation_steps": 1, "reuse_fakes": True})
    parts, same = trained(images, {**rules, "reuse_fakes": True})
    assert_equal_weights(whole, parts, atol=2e-6)
    for name, value in logs.items():
        assert_allclose(same[name], value, atol=2e-5, err_msg=name)


@pytest.mark.long
@pytest.mark.parametrize("parts", [1, 2])
def test_terms_see_what_reused_fakes_were_made_from(parts, images):
    @keras_gan.register
    class Distance(terms.Term):
        def generator_term(self, round):
            again = round.generator(round.latents, round.labels)
            return tf.reduce_sum((again - round.fake.images) ** 2, axis=(1, 2, 3))

    rules = {"terms": [Distance()], "accumulation_steps": parts, "discriminator_steps": 2}
    _, logs = trained(images, {**rules, "reuse_fakes": True})
    assert float(logs["distance"]) == 0.0


@pytest.mark.long
@pytest.mark.full
def test_reused_fakes_on_replicas_and_under_xla(images, two_replicas):
    def fitted(**rules):
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), activation="tanh", seed=1))
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), reuse_fakes=True, **rules)
        gan.fit(images[0][:32], batch_size=16, shuffle=False, verbose=0)
        return gan

    one = fitted()
    with two_replicas.scope():
        assert_equal_weights(one, fitted(), atol=2e-6)
    assert_equal_weights(one, fitted(jit_compile=True), atol=2e-6)


@pytest.mark.parametrize("wrong", [None, 1, "yes"])
def test_whether_fakes_are_reused_is_yes_or_no(wrong, images):
    with pytest.raises(InputError, match="`reuse_fakes` must be True or False"):
        trained(images, {"reuse_fakes": wrong})


# Packing.


def packed(pack):
    def build(shape, **arguments):
        generator, _ = keras_gan.models.mlp(shape, **arguments)
        return generator, keras_gan.models.mlp((*shape[:-1], pack * shape[-1]), **arguments).discriminator

    return build


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("rules", [{}, {"terms": ["r1", "gradient_penalty"]}, {"loss": "relativistic", "top_k": 0.5}])
def test_a_packed_game_is_played_saved_and_judged(rules, images, tmp_path):
    gan, logs = trained(images, {**rules, "discriminator_steps": 2}, build=packed(2), pack=2)
    assert all(np.isfinite(value) for value in logs.values())
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.pack == 2
    judged = loaded.discriminate(images[0][:6])
    assert judged.shape == (3,)
    assert_allclose(judged, gan.discriminate(images[0][:6], batch_size=3), atol=1e-5)  # 3 are rounded up to 4
    loaded.fit(images[0], batch_size=9, verbose=0)  # 9 and the last 4 are filled up
    with pytest.raises(InputError, match=r"`images` must be a multiple of pack=2. Received: 5 images"):
        gan.discriminate(images[0][:5])


def test_the_penalty_of_a_pack_is_that_of_the_joined_sample():
    """D(x1, x2) = a.(x1, x2): the gradient of a pack is all of a, so R1 is |a|^2 and WGAN-GP's term (|a| - 1)^2."""
    generator, _ = keras_gan.models.mlp((3,), latent_dim=2, hidden=(), seed=1)
    x = keras.Input((6,))
    discriminator = keras.Model(x, keras.layers.Dense(1)(x))
    slope = np.array([1.0, -2.0, 0.5, 3.0, 0.0, 1.0], "float32")
    discriminator.layers[-1].set_weights([slope[:, None], np.zeros(1, "float32")])
    gan = keras_gan.GAN(generator, discriminator, pack=2)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), terms=["r1", "r2", "gradient_penalty"])
    logs = gan.train_on_batch(np.random.default_rng(0).normal(size=(8, 3)).astype("float32"), return_dict=True)
    assert_allclose([logs["r1"], logs["r2"]], np.sum(slope**2), rtol=1e-5)
    assert_allclose(logs["gradient_penalty"], (np.sqrt(np.sum(slope**2)) - 1) ** 2, rtol=1e-5)


# Top-k.


@pytest.mark.long
def test_top_k_of_all_is_no_top_k(images):
    assert_equal_weights(trained(images, {})[0], trained(images, {"top_k": 1.0})[0], atol=1e-7)


def test_the_generator_learns_from_the_best_alone():
    """G(z) = z + b, D(x) = x and Wasserstein's loss: what is minimised is minus the mean of the largest fakes."""
    generator, discriminator = keras_gan.models.mlp((1,), latent_dim=1, hidden=())
    generator.set_weights([np.ones((1, 1), "float32"), np.zeros(1, "float32")])
    discriminator.set_weights([np.ones((1, 1), "float32"), np.zeros(1, "float32")])
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.0), loss="wasserstein", top_k=0.25)
    fakes = np.sort(np.ravel(gan.sample_latents("generator", 16)))
    logs = gan.train_on_batch(np.zeros((16, 1), "float32"), return_dict=True)
    assert_allclose([logs["g_total"], logs["g_loss"]], [-fakes[-4:].mean(), -fakes.mean()], atol=1e-5)
    assert_allclose(np.ravel(generator.get_weights()[0]), 1 + 0.1 * fakes[-4:].mean(), rtol=1e-5)


def test_a_schedule_of_top_k_is_saved(images, tmp_path):
    schedule = keras.optimizers.schedules.PolynomialDecay(1.0, 100, 0.5)
    gan, _ = trained(images, {"top_k": schedule}, steps=1)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.objective.top_k.share.get_config() == schedule.get_config()


# Gradient clipping, through the optimizers.


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize("clip", ["global_clipnorm", "clipnorm", "clipvalue"])
def test_clipping_bounds_the_steps(clip, images):
    before = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), activation="tanh", seed=1).generator
    gan, logs = trained(images, {}, steps=1, optimizer=lambda: keras.optimizers.SGD(1.0, **{clip: 1e-3}))
    moves = [a - b for a, b in zip(gan.generator.get_weights(), before.get_weights(), strict=True)]
    if clip == "global_clipnorm":
        assert_allclose(np.sqrt(sum(np.sum(move**2) for move in moves)), 1e-3, rtol=1e-3)
    elif clip == "clipnorm":
        assert_allclose([np.linalg.norm(move) for move in moves], 1e-3, rtol=1e-3)
    else:
        assert max(np.abs(move).max() for move in moves) == pytest.approx(1e-3, rel=1e-3)
    assert logs["g_gradient_norm"] > 1e-2  # what is logged is the gradient before it is clipped


# Diagnostics.


def test_the_diagnostics_by_hand():
    """D(x) = x and reals, fakes at known places."""
    generator, _ = keras_gan.models.mlp((1,), latent_dim=1, hidden=(), seed=1)
    generator.set_weights([np.zeros((1, 1), "float32"), np.array([0.5], "float32")])  # all fakes at 0.5
    x = keras.Input((1,))
    discriminator = keras.Model(x, keras.layers.Dense(1)(x))
    discriminator.layers[-1].set_weights([np.ones((1, 1), "float32"), np.zeros(1, "float32")])
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), loss="wasserstein")
    logs = gan.train_on_batch(np.array([[1.0], [2.0], [3.0], [-1.0]], "float32"), return_dict=True)
    assert_allclose(logs["d_accuracy"], 3 / 8)  # three reals are right, no fake
    assert_allclose(logs["r_t"], 0.5)
    assert_allclose([logs["d_real"], logs["d_fake"]], [1.25, 0.5])
    # dL/da = E[fake] - E[real] and dL/db = 0; of the generator: -E[z] and -1.
    assert_allclose(logs["d_gradient_norm"], 0.75, rtol=1e-5)
    gan.step.assign(0)
    mean = np.mean(gan.sample_latents("generator", 4))
    assert_allclose(logs["g_gradient_norm"], np.hypot(1.0, mean), rtol=1e-5)


@pytest.mark.long
def test_gradient_norms_are_of_the_unscaled_loss_in_half_precision(images):
    keras.mixed_precision.set_global_policy("mixed_float16")
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
    gan.compile("adam", "adam")
    history = gan.fit(ImageData(images[0], batch_size=8), epochs=2, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert 1e-3 < history["d_gradient_norm"][-1] < 100


# State under a strategy, and where several are judged together.


@pytest.mark.long
@pytest.mark.full
def test_what_has_state_belongs_into_the_scope(images, two_replicas):
    """A name is made there by `compile`; an instance from outside would be moved by each replica."""

    def p_after(batch, **arguments):
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
        gan.compile("sgd", "sgd", **arguments)
        gan.fit(images[0][:32], batch_size=batch, verbose=0)
        return float(keras.ops.convert_to_numpy(gan.augmentation.current_p))

    config = keras.saving.serialize_keras_object(ADA(["blit"], speed=1000, p=0.5, target=-1.0))
    one = p_after(8, augmentation=config)
    assert one == pytest.approx(0.532)
    with two_replicas.scope():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
    gan.compile("sgd", "sgd", augmentation=config, terms=["le_cam"])  # outside the scope, which the GAN remembers
    gan.fit(images[0][:32], batch_size=8, verbose=0)
    assert float(gan.augmentation.current_p.numpy()) == pytest.approx(one)
    outside = ADA(["blit"])
    with pytest.raises(InputError, match=r"ADA has state: make it inside `strategy.scope\(\)`, .*Received: 'ada'"):
        gan.compile("sgd", "sgd", augmentation=outside)
    with pytest.raises(InputError, match="LeCam has state"):
        gan.compile("sgd", "sgd", terms=[LeCam()])


@pytest.mark.long
def test_ada_counts_images_not_packs(images):
    ada = ADA(["blit"], speed=1000, p=0.5, target=-1.0)
    trained(images, {"augmentation": ada}, steps=4, batch=8, build=packed(2), pack=2)
    assert float(ada.current_p) == pytest.approx(0.532)


@pytest.mark.long
@pytest.mark.full
def test_ada_learns_once_an_update(images):
    ada = ADA(["blit"], speed=1000, p=0.5, target=-1.0)
    trained(images, {"augmentation": ada, "accumulation_steps": 4}, steps=3, batch=8)
    assert float(ada.current_p) == 0.5


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("clip", ["global_clipnorm", "clipnorm", "clipvalue"])
def test_replicas_clip_like_one_device(clip, images, two_replicas):
    def fitted():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), activation="tanh"))
        gan.compile(*[keras.optimizers.SGD(0.5, **{clip: 0.01}) for _ in range(2)])
        gan.fit(images[0][:32], batch_size=16, shuffle=False, verbose=0)
        return gan

    one = fitted()
    with two_replicas.scope():
        two = fitted()
    assert_equal_weights(one, two, atol=2e-6)


@pytest.mark.parametrize("name", ["le_cam", "feature_matching", "dragan"])
def test_terms_over_all_replicas_cannot_be_lazy_there(name, two_replicas):
    lazy = keras.saving.serialize_keras_object(type(terms.get(name))(interval=2))
    with two_replicas.scope():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
        with pytest.raises(InputError, match=r"`interval` of .*must be 1 .*Received: interval=2"):
            gan.compile("sgd", "sgd", terms=[lazy])


@pytest.mark.long
@pytest.mark.full
def test_lazy_penalties_under_xla_where_a_network_transposes(images):
    """Whose gradients XLA can't compile inside a condition: the values are those of the graph."""

    def build(*args, **kwargs):
        generator, _ = keras_gan.models.mlp(*args, **kwargs)
        x = keras.Input((8, 8, 2))
        y = keras.layers.Flatten()(keras.layers.Permute((3, 1, 2))(x))
        return generator, keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(y))

    rules = {"terms": [keras_gan.penalties.R1(0.1, interval=2), keras_gan.penalties.R2(0.1, interval=3)]}
    graph, logs = trained(images, rules, build=build, pack=2)
    config = [keras.saving.serialize_keras_object(term) for term in rules["terms"]]
    xla, same = trained(images, {"terms": config, "jit_compile": True}, build=build, pack=2)
    assert_equal_weights(graph, xla, atol=1e-5)
    assert_allclose([same[name] for name in logs], list(logs.values()), atol=1e-4)


def test_a_subclass_logs_what_it_declares(images):
    class Watched(keras_gan.GAN):
        log_names = ("spread",)

        def compute_generator_loss(self, round):
            total, logs = super().compute_generator_loss(round)
            spread = keras.ops.std(round.fake.logits)
            return total, {**logs, "spread": (spread, keras.ops.ones_like(spread))}

    gan = Watched(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)))
    gan.compile("sgd", "sgd")
    assert gan.fit(images[0], verbose=0).history["spread"][0] > 0
