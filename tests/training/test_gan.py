import inspect
import json
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.data import ImageData
from keras_gan.penalties import R1
from keras_gan.training.game.fakes import MakesSamples
from keras_gan.training.game.gradient_check import Rehearsed
from keras_gan.training.game.nonfinite_guard import Guarded
from keras_gan.training.inputs.fit_arguments import TakesData
from keras_gan.training.inputs.sharding import Divided
from keras_gan.training.loop.changes import HasPlayers
from keras_gan.training.loop.fit_loop import TrainedModel
from keras_gan.training.resume.fingerprint import HasRules
from keras_gan.training.resume.resumable_callback import RunningFit

LOGGED = {"d_loss", "g_loss", "d_real", "d_fake", "d_accuracy", "r_t", "d_gradient_norm", "g_gradient_norm"}
LOGGED |= {"d_total", "g_total"}


def weights(gan):
    everything = [gan.generator, gan.discriminator, *gan.averages.get("generator", [])]
    return [w for network in everything for w in network.get_weights()]


def assert_same_training_state(a, b):
    for ours, theirs in zip(weights(a), weights(b), strict=True):
        assert_array_equal(ours, theirs)
    for ours, theirs in zip(a.optimizer.variables, b.optimizer.variables, strict=True):
        assert_array_equal(ours.numpy(), theirs.numpy())
    assert int(a.step) == int(b.step)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("steps_per_execution", [1, 3])
def test_the_end_of_data_of_unknown_length_is_no_step(steps_per_execution, images, make_gan):
    """Keras asks for a batch that is not there: nothing may move, dropout's seeds and the iterations included."""
    known = tf.data.Dataset.from_tensor_slices(images[0]).batch(8, drop_remainder=True)
    unknown = known.filter(lambda x: True)
    gans = [make_gan(dropout=0.5, steps_per_execution=steps_per_execution) for _ in range(2)]
    for gan, data in zip(gans, (known, unknown), strict=True):
        gan.fit(data, epochs=3, verbose=0)
    assert int(gans[1].step) == 15
    assert_same_training_state(*gans)


# The step.


@pytest.mark.parametrize("steps_per_execution", [1, 7])
def test_one_trace_over_three_epochs_with_a_ragged_batch(steps_per_execution, images, make_gan):
    traces = []

    class Counted(keras_gan.GAN):
        def train_step(self, data):
            traces.append(1)
            return super().train_step(data)

    gan = Counted(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,)), ema=0.9)
    gan.compile("adam", "adam", terms=[R1(interval=2)], steps_per_execution=steps_per_execution)
    gan.fit(images[0], batch_size=16, epochs=3, verbose=0, validation_data=(images[0],))
    assert len(traces) == 1
    assert int(gan.step) == 9


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("rules", [{"run_eagerly": True}, {"jit_compile": True}, {"steps_per_execution": 3}])
def test_all_ways_of_running_give_the_same(rules, images, make_gan):
    plain, other = make_gan(optimizer=keras.optimizers.SGD), make_gan(optimizer=keras.optimizers.SGD, **rules)
    for gan in (plain, other):
        gan.fit(images[0][:32], batch_size=8, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(weights(plain), weights(other), strict=True):
        assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.long
def test_the_seed_decides_all_noise(images, make_gan):
    first, second, other = make_gan(seed=3), make_gan(seed=3), make_gan(seed=4)
    for gan in (first, second, other):
        gan.fit(images[0], batch_size=8, shuffle=False, verbose=0)
    assert_same_training_state(first, second)
    assert not np.allclose(weights(first)[0], weights(other)[0], atol=1e-6)


@pytest.mark.long
def test_discriminator_steps_divide_the_batch(images, make_gan):
    gan = make_gan(discriminator_steps=4)
    gan.fit(images[0], batch_size=8, verbose=0)
    assert int(gan.step) == int(gan.generator_optimizer.iterations) == 5
    assert int(gan.discriminator_optimizer.iterations) == 20


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("num_classes", [None, 3])
def test_a_ragged_batch_smaller_than_the_discriminator_steps(num_classes, images, make_gan):
    """9 samples in batches of 8: the last holds one, which each of the 4 discriminator steps sees."""
    gan = make_gan(num_classes, discriminator_steps=4)
    history = gan.fit(images[0][:9], images[1][:9], batch_size=8, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert np.isfinite(np.concatenate([np.ravel(w) for w in weights(gan)])).all()
    assert int(gan.discriminator_optimizer.iterations) == 8


def test_data_with_more_classes_than_the_networks_know(images, make_gan):
    data = ImageData(images[0], images[1] + 1, batch_size=8)
    for call in (make_gan(3).fit, make_gan(3).evaluate):
        with pytest.raises(InputError, match=r"num_classes=3. Received: 4 classes"):
            call(data)


def test_a_network_that_cannot_be_rebuilt_has_no_average():
    generator = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Lambda(lambda x: 2 * x)])
    _, discriminator = keras_gan.models.mlp((2,))
    assert keras_gan.GAN(generator, discriminator).sample(3).shape == (3, 2)
    with pytest.raises(InputError, match="no Lambda layers"):
        keras_gan.GAN(generator, discriminator, ema=0.9)


def test_r1_sees_the_reals_in_the_pass_of_the_loss(images):
    """The discriminator is called on the reals, on the fakes, and on the generator's fakes: three times."""
    calls = []

    @keras_gan.register
    class Counter(keras.layers.Layer):
        def call(self, x):
            calls.append(1)
            return x

    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    x = keras.Input((8, 8, 1))
    discriminator = keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(Counter()(x))))
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile("sgd", "sgd", terms=[R1()], run_eagerly=True)
    calls.clear()
    gan.train_on_batch(images[0][:8])
    assert len(calls) == 3


def test_logs_are_means_over_samples_and_terms_over_their_steps(images, make_gan):
    gan = make_gan(terms=[R1(weight=0.5, interval=2)], optimizer=lambda rate: keras.optimizers.SGD(0.0))
    logs = gan.fit(images[0][:24], batch_size=16, shuffle=False, verbose=0).history  # 16 and 8 samples
    real = gan.discriminate(images[0][:24])
    assert_allclose(logs["d_real"], real.mean(), rtol=1e-5)
    x = tf.constant(images[0][:16] / 127.5 - 1, tf.float32)  # r1 runs on the first step alone
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = gan.discriminator(x)
    expected = np.mean(np.sum(tape.gradient(logits, x).numpy() ** 2, axis=(1, 2, 3)))
    assert_allclose(logs["r1"], expected, rtol=1e-4)
    # The total has it with weight and interval at the first step, and not at the second.
    assert_allclose(logs["d_total"][0], logs["d_loss"][0] + 0.5 * 2 * expected * 16 / 24, rtol=1e-4)


def test_regularizers_of_the_networks_are_part_of_the_total(images):
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    x = keras.Input((8, 8, 1))
    dense = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.5), kernel_initializer="ones")
    gan = keras_gan.GAN(generator, keras.Model(x, dense(keras.layers.Flatten()(x))))
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    logs = gan.fit(images[0], verbose=0).history
    assert_allclose(logs["d_total"][0] - logs["d_loss"][0], 32.0, rtol=1e-4)


@pytest.mark.long
def test_the_generators_step_sees_the_reals_only_if_asked(images):
    seen = []

    class Curious(keras_gan.losses.Minimax):
        generator_sees_real = True

        def generator_loss(self, real_logits, fake_logits):
            seen.append(real_logits)
            return super().generator_loss(real_logits, fake_logits) + 0 * real_logits

    for loss, expected in ((Curious(), True), (keras_gan.losses.Minimax(), False)):
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,)))
        gan.compile("sgd", "sgd", loss=loss)
        gan.fit(images[0], verbose=0)
        assert (len(seen) > 0) is expected
        seen.clear()


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy, images, tmp_path):
    keras.mixed_precision.set_global_policy(policy)
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=3), num_classes=3)
    gan.compile("adam", "adam", terms=[R1(weight=0.1)])
    history = gan.fit(*images, epochs=3, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert gan.sample(3).dtype == gan.discriminate(*images).dtype == np.float32
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer) == (policy == "mixed_float16")
    assert gan.generator_optimizer is not gan.discriminator_optimizer
    gan.save(tmp_path / "gan.keras")
    assert_same_training_state(gan, keras.models.load_model(tmp_path / "gan.keras"))


@pytest.mark.long
def test_the_loss_scale_changes_nothing_but_the_range(images):
    """With half-precision layers in neither network a scaled step equals a plain one."""
    results = []
    for wrap in (lambda o: o, lambda o: keras.optimizers.LossScaleOptimizer(o, initial_scale=2.0**10)):
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), seed=1))
        gan.compile(wrap(keras.optimizers.SGD(0.1)), wrap(keras.optimizers.SGD(0.1)), terms=[R1(weight=0.1)])
        gan.fit(images[0], batch_size=8, shuffle=False, verbose=0)
        results.append(weights(gan))
    for plain, scaled in zip(*results, strict=True):
        assert_allclose(plain, scaled, atol=1e-6)


@pytest.mark.long
def test_two_replicas_equal_one(images, two_replicas):
    """The same global batch, the same noise by position in it: the same weights."""

    def train():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), seed=1), ema=0.9)
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), terms=[R1(weight=0.1)], discriminator_steps=2)
        logs = gan.fit(images[0], batch_size=8, shuffle=False, verbose=0).history
        return weights(gan), logs

    one, one_logs = train()
    with two_replicas.scope():
        two, two_logs = train()
    for a, b in zip(one, two, strict=True):
        assert_allclose(a, b, atol=1e-6)
    for name, values in one_logs.items():
        assert_allclose(values, two_logs[name], rtol=1e-5)


# Saving.


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("steps_per_execution", [1, 2])
def test_save_load_and_two_more_epochs_equal_not_saving(steps_per_execution, images, make_gan, tmp_path):
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, 5, 0.9)
    data = ImageData(*images, batch_size=10, seed=2)  # 4 steps an epoch
    gan = make_gan(
        3,
        dropout=0.5,
        terms=[R1(weight=schedule, interval=2)],
        discriminator_steps=2,
        optimizer=lambda rate: keras.optimizers.Adam(schedule),
        steps_per_execution=steps_per_execution,
    )
    gan.fit(data, epochs=2, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert_same_training_state(gan, loaded)
    histories = [g.fit(data, epochs=2, verbose=0).history for g in (gan, loaded)]
    assert histories[0] == histories[1]
    assert_same_training_state(gan, loaded)
    assert_array_equal(gan.sample(5, seed=0), loaded.sample(5, seed=0))


def test_every_attribute_of_compile_is_back(make_gan, tmp_path):
    gan = make_gan(
        loss="minimax",
        terms=[R1(weight=0.25, interval=3, name="penalty")],
        discriminator_steps=2,
        steps_per_execution=5,
        jit_compile=True,
    )
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.get_compile_config() == gan.get_compile_config()
    assert isinstance(loaded.loss, keras_gan.losses.Minimax)
    assert loaded.terms[0].get_config() == {"weight": 0.25, "interval": 3, "name": "penalty"}
    assert (loaded.discriminator_steps, loaded.steps_per_execution, loaded.jit_compile) == (2, 5, True)
    rest = ("num_classes", "prior", "ema", "seed", "name")
    assert [loaded.get_config()[name] for name in rest] == [gan.get_config()[name] for name in rest]


def test_auto_is_saved_as_auto(make_gan):
    """Not as what it came to on the machine that saved."""
    assert make_gan().get_compile_config()["jit_compile"] == "auto"
    assert make_gan(run_eagerly=True).get_compile_config()["run_eagerly"] is True


@pytest.mark.long
@pytest.mark.full
def test_every_variable_is_in_the_file(make_gan, images, tmp_path):
    class Stateful(R1):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.state = self.add_weight(shape=(7,), initializer="ones", name="state")

    gan = make_gan(terms=[Stateful()], dropout=0.5)
    gan.fit(images[0], verbose=0)
    gan.save_weights(tmp_path / "gan.weights.h5")
    copies = [gan.averages["generator"][0], gan.generator, gan.discriminator]
    variables = [v for network in copies for v in network.variables] + gan.optimizer.variables + [gan.step]
    variables += gan.terms[0].variables
    before = [v.numpy() for v in variables]
    for v in variables:
        v.assign(np.ones_like(v.numpy()) * 3)
    gan.load_weights(tmp_path / "gan.weights.h5")
    for v, value in zip(variables, before, strict=True):
        assert_array_equal(v.numpy(), value, err_msg=v.path)


def test_saved_before_training_and_before_compile(tmp_path):
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1)), prior="uniform")
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert_array_equal(gan.sample(3, seed=0), loaded.sample(3, seed=0))
    assert isinstance(loaded.prior, keras_gan.priors.Uniform)
    assert not loaded.compiled


def test_the_file_names_no_module_of_ours(make_gan, tmp_path):
    make_gan(terms=[R1()]).save(tmp_path / "gan.keras")
    with zipfile.ZipFile(tmp_path / "gan.keras") as archive:
        config = json.loads(archive.read("config.json"))
    assert config["registered_name"] == "keras_gan>GAN"


# Evaluation and callbacks.


@pytest.mark.long
def test_evaluation_is_a_function_of_the_seed_alone(images, make_gan):
    gan = make_gan(3)
    gan.fit(*images, verbose=0)
    first = gan.evaluate(*images, batch_size=16, return_dict=True, verbose=0)
    assert set(first) == {"d_loss", "g_loss", "d_real", "d_fake"}
    assert gan.evaluate(*images, batch_size=16, return_dict=True, verbose=0) == first
    gan.step.assign(1000)
    other_batches = gan.evaluate(*images, batch_size=7, return_dict=True, verbose=0)
    for name, value in first.items():
        assert_allclose(value, other_batches[name], rtol=1e-5)


@pytest.mark.long
@pytest.mark.full
def test_fit_is_the_same_with_validation_and_callbacks(images, make_gan, tmp_path):
    plain, watched = make_gan(), make_gan()
    plain.fit(ImageData(images[0], batch_size=8), epochs=3, verbose=0)
    callbacks = [
        keras_gan.callbacks.SampleGrid(tmp_path / "samples"),
        keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_d_loss", mode="min", save_best_only=True),
        keras.callbacks.EarlyStopping("val_g_loss", mode="min", patience=10),
        keras.callbacks.ReduceLROnPlateau("val_g_loss", mode="min", patience=10),
        keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        keras.callbacks.BackupAndRestore(tmp_path / "backup"),
    ]
    data = ImageData(images[0], batch_size=8)
    history = watched.fit(data, epochs=3, verbose=0, validation_data=data, callbacks=callbacks).history
    assert_same_training_state(plain, watched)
    assert {"val_d_loss", "val_g_loss", "val_d_real", "val_d_fake"} < set(history)
    assert (tmp_path / "best.keras").is_file()
    best = keras.models.load_model(tmp_path / "best.keras")
    assert_allclose(best.evaluate(data, return_dict=True, verbose=0)["d_loss"], min(history["val_d_loss"]), rtol=1e-5)


def test_a_wrong_monitor_lists_the_names_that_exist(images, make_gan, tmp_path):
    gan = make_gan(terms=[R1()])
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "m.keras", monitor="val_dloss", mode="min")
    with pytest.raises(InputError, match=r"'d_loss'.*'r1'.*'val_d_loss'.*Did you mean 'val_d_loss'"):
        gan.fit(images[0], validation_data=(images[0],), callbacks=[checkpoint], verbose=0)
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "m.keras", monitor="val_d_loss", mode="min")
    with pytest.raises(InputError, match="Received: monitor='val_d_loss'"):
        gan.fit(images[0], callbacks=[checkpoint], verbose=0)
    assert int(gan.step) == 0


@pytest.mark.long
def test_early_stopping_restores_the_average_too(images, make_gan):
    gan = make_gan()
    samples = []
    look = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: samples.append(gan.sample(3, seed=0)))
    stopping = keras.callbacks.EarlyStopping(
        "epoch_number", mode="min", patience=1, restore_best_weights=True, start_from_epoch=0
    )
    stopping.monitor = "g_total"
    count = iter([1.0, 2.0, 3.0])
    stopping.get_monitor_value = lambda logs: next(count)  # the first epoch is the best
    gan.fit(images[0], epochs=3, verbose=0, callbacks=[look, stopping])
    assert not np.allclose(samples[0], samples[-1], atol=1e-4)
    assert_array_equal(gan.sample(3, seed=0), samples[0])


def test_evaluation_on_two_replicas_equals_one(images, two_replicas):
    def evaluated():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), seed=1))
        gan.compile("sgd", "sgd")
        return gan.evaluate(images[0], batch_size=8, verbose=0)

    one = evaluated()
    with two_replicas.scope():
        two = evaluated()
    assert_allclose(one, two, rtol=1e-5)


def test_other_file_formats_lose_state_and_are_refused(make_gan, tmp_path):
    with pytest.raises(InputError, match=r"must end in \.keras"):
        make_gan().save(tmp_path / "gan.h5")


def test_a_loss_that_is_reduced_is_refused(images):
    class Reduced(keras_gan.losses.Minimax):
        def discriminator_loss(self, real_logits, fake_logits):
            return tf.reduce_mean(super().discriminator_loss(real_logits, fake_logits))

    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1)))
    with pytest.raises(InputError, match=r"must be of the shape of the logits, \(4,\). Received: shape \(\)"):
        gan.compile("sgd", "sgd", loss=Reduced())


# What comes out.


def test_sample_is_prefix_consistent_and_independent_of_the_batch_size(make_gan):
    gan = make_gan(3)
    whole = gan.sample(20, seed=5)
    assert whole.shape == (20, 8, 8, 1)
    assert whole.dtype == np.float32
    assert np.abs(whole).max() <= 1
    assert_allclose(gan.sample(7, seed=5), whole[:7], atol=1e-5)
    assert_allclose(gan.sample(20, seed=5, batch_size=3), whole, atol=1e-5)
    assert not np.allclose(gan.sample(20, seed=6), whole, atol=1e-3)


def test_sample_without_a_seed_follows_pythons(make_gan):
    gan = make_gan()
    first, second = gan.sample(2), gan.sample(2)
    assert not np.allclose(first, second)
    keras.utils.set_random_seed(0)
    again = gan.sample(2)
    keras.utils.set_random_seed(0)
    assert_array_equal(gan.sample(2), again)


def test_labels_of_samples(make_gan):
    gan = make_gan(3)
    in_turn = gan.sample(5, seed=0)
    assert_array_equal(gan.sample(5, labels=[0, 1, 2, 0, 1], seed=0), in_turn)
    ones = gan.sample(5, labels=1, seed=0)
    assert_array_equal(ones[1], in_turn[1])
    assert not np.allclose(ones[0], in_turn[0])
    for bad in ([0, 1], [0, 1, 2, 3, 0], [0.5] * 5, -1):
        with pytest.raises(InputError, match="`labels` must be"):
            gan.sample(5, labels=bad)
    with pytest.raises(InputError, match="these take none"):
        make_gan().sample(5, labels=1)


def test_truncation_narrows_the_samples(make_gan):
    gan = make_gan()
    wide, narrow = gan.sample(200, seed=0), gan.sample(200, seed=0, truncation=0.2)
    assert narrow.std(0).mean() < 0.5 * wide.std(0).mean()
    assert_array_equal(gan.sample(200, seed=0), wide)


@pytest.mark.parametrize(
    ("bad", "message"),
    [({"n": 0}, "`n`"), ({"n": 2, "seed": -1}, "`seed`"), ({"n": 2, "batch_size": 0}, "`batch_size`")],
)
def test_bad_sample_arguments(bad, message, make_gan):
    with pytest.raises(InputError, match=message):
        make_gan().sample(**bad)


def test_call_predict_and_summary_are_the_sampling_generator(make_gan, capsys):
    gan = make_gan(ema=0.9)
    gan.generator.set_weights([w + 1 for w in gan.generator.get_weights()])
    latents = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    expected = gan.averages["generator"][0](latents)
    assert_allclose(gan(latents), expected)
    assert_allclose(gan.predict(latents, verbose=0), expected, atol=1e-6)
    assert not np.allclose(expected, gan.generator(latents))
    gan.summary()
    assert "discriminator" in capsys.readouterr().out


def test_discriminate_takes_both_scales(images, make_gan):
    gan = make_gan(3)
    logits = gan.discriminate(*images)
    assert logits.shape == (40,)
    assert_allclose(gan.discriminate(images[0] / 127.5 - 1, images[1], batch_size=7), logits, atol=1e-5)
    with pytest.raises(InputError, match="samples without labels"):
        gan.discriminate(images[0])


def test_vectors_and_points():
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(8,)))
    gan.compile("adam", "adam")
    gan.fit(keras_gan.data.gaussian_mixture("ring", num_samples=512, batch_size=64), verbose=0)
    assert gan.sample(10).shape == (10, 2)


# Rules that make no sense.


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"loss": "hinged"}, "`loss` must be"),
        ({"terms": "r1"}, "`terms` must be a list"),
        ({"terms": ["r3"]}, "`terms` must be a Term"),
        ({"terms": [R1(), R1()]}, "names that differ"),
        ({"terms": [R1(name="d_loss")]}, "names that differ, and not"),
        ({"discriminator_steps": 0}, "`discriminator_steps` must be an integer >= 1"),
        ({"steps_per_execution": 0}, "`steps_per_execution`"),
    ],
)
def test_bad_rules(rules, message, make_gan):
    with pytest.raises(InputError, match=message):
        make_gan(**rules)


@pytest.mark.long
def test_recompiling_replaces_the_rules(images, make_gan):
    gan = make_gan(terms=[R1()])
    gan.fit(images[0], verbose=0)
    gan.compile("sgd", "sgd", loss="minimax")
    history = gan.fit(images[0], verbose=0).history
    assert "r1" not in history
    assert int(gan.step) == 4


def test_adam_moves_embeddings_by_the_gradient_of_the_whole_batch(images):
    """Its first step is the rate, whatever the gradient; the sum over repeated labels has to be squared as a sum."""
    generator, discriminator = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=3)
    before = discriminator.get_layer("embedding").get_weights()[0]
    gan = keras_gan.GAN(generator, discriminator, num_classes=3)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3, epsilon=1e-12))
    gan.train_on_batch(images[0][:16], images[1][:16])
    moved = np.abs(discriminator.get_layer("embedding").get_weights()[0] - before)
    assert (moved > 0).mean() > 0.9
    assert_allclose(moved[moved > 0], 1e-3, rtol=1e-2)


# What is below asks of a game by a protocol: type checkers can't tell, for whom a Keras model has any attribute.


@pytest.mark.parametrize(
    "protocol", [MakesSamples, Rehearsed, Guarded, Divided, TakesData, HasRules, HasPlayers, TrainedModel]
)
def test_a_game_has_what_is_asked_of_it(protocol):
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(4,)))
    gan.compile("sgd", "sgd")
    gan.make_train_function()
    assert asked_by(protocol)
    for name in asked_by(protocol):
        getattr(gan, name)


def test_a_fit_has_what_callbacks_ask_of_it():
    class Look(keras_gan.training.ResumableCallback):
        def open(self, loop):
            self.seen = {name: getattr(loop, name) for name in asked_by(RunningFit)}

    gan, look = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(4,))), Look()
    gan.compile("sgd", "sgd")
    gan.fit(np.zeros((8, 2), np.float32) + np.eye(8, 2), callbacks=[look], verbose=0)
    assert look.seen["step"] == 0


def asked_by(protocol):
    kinds = [kind for kind in protocol.__mro__ if kind.__module__.startswith("keras_gan.")]
    names = {name for kind in kinds for name in (*vars(kind), *inspect.get_annotations(kind))}
    return {name for name in names if not name.startswith("_")}
