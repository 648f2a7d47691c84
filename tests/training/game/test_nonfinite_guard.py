"""A step that is not finite changes nothing."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import NonFiniteError
from keras_gan.augmentation import ADA
from keras_gan.penalties import R1, LeCam
from keras_gan.terms import Term

BATCH = 8


def state_of(gan):
    return [np.array(variable) for variable in gan.state]


def assert_same_state(a, b):
    for ours, theirs, variable in zip(state_of(a), state_of(b), a.state, strict=True):
        assert_array_equal(ours, theirs, err_msg=variable.path)


MARK = -0.98765  # a pixel that is as good as any other to the checks of the data


@keras.saving.register_keras_serializable("tests")
class Spoilable(keras.layers.Layer):
    """Makes NaN of marked pixels."""

    def call(self, x):
        return x * tf.where(tf.equal(x, tf.cast(MARK, x.dtype)), tf.cast(np.nan, x.dtype), tf.cast(1.0, x.dtype))


def everything(seed=0):
    """Networks with every kind of state: batch statistics, spectral vectors, seeds of dropout."""
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Reshape((8, 8, 1)),
        ],
        name="generator",
    )
    spectral = keras_gan.layers.SpectralNormalization
    discriminator = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            Spoilable(),
            keras.layers.Flatten(),
            spectral(keras.layers.Dense(16)),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Dropout(0.2, seed=5),
            keras.layers.Dense(1),
        ],
        name="discriminator",
    )
    return keras_gan.GAN(generator, discriminator, ema=0.9, seed=seed)


def compiled(terms=(), make=everything, optimizer=keras.optimizers.Adam, **rules):
    keras.utils.set_random_seed(0)
    gan = make()
    gan.compile(optimizer(1e-2), optimizer(1e-2), terms=[R1(0.1, interval=2), LeCam(0.01), *terms], **rules)
    return gan


def batches(steps, spoilt=()):
    images = np.random.default_rng(0).uniform(-1, 1, (steps * BATCH, 8, 8, 1)).astype("float32")
    for step in spoilt:
        images[BATCH * step + 3, 1, 2] = MARK
    return tf.data.Dataset.from_tensor_slices(images).batch(BATCH, drop_remainder=True)


MODES = [
    {},
    {"run_eagerly": True},
    {"steps_per_execution": 5},
    {"steps_per_execution": 5, "jit_compile": True},
    {"accumulation_steps": 2, "discriminator_steps": 2},
]


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize("mode", MODES)
def test_a_spoilt_batch_ends_the_run_and_changes_nothing_but_the_step(mode):
    gan = compiled(**mode)
    with pytest.raises(
        NonFiniteError, match=r"Step 3 was not finite: d_loss of the discriminator\. It changed nothing"
    ):
        gan.fit(batches(8, [3]), verbose=0)
    assert int(gan.step.numpy()) == 4
    unspoilt = compiled(**{**mode, "steps_per_execution": 1})
    unspoilt.fit(batches(3), verbose=0)
    assert_same_state(gan, unspoilt)


@pytest.mark.long
@pytest.mark.full
def test_augmentation_keeps_its_state():
    gan, unspoilt = (compiled(augmentation=ADA(p=0.5, speed=10)) for _ in range(2))
    with pytest.raises(NonFiniteError):
        gan.fit(batches(9, [8]), verbose=0)
    unspoilt.fit(batches(8), verbose=0)
    assert unspoilt.augmentation.current_p.numpy() != 0.5
    assert_same_state(gan, unspoilt)


class Spoil(Term):
    """Adds to a player's loss, at one step, infinity; or nothing, with an infinite gradient."""

    def __init__(self, player, at, kind, **kwargs):
        super().__init__(**kwargs)
        self.player, self.at, self.kind = player, at, kind

    def _term(self, player, round):
        infinity = tf.where(round.step == self.at, np.inf, 0.0)

        @tf.custom_gradient
        def spoil(logits):
            return 1e-9 * logits, lambda upstream: upstream * 1e-9 + infinity

        if player != self.player:
            return tf.zeros_like(round.fake.logits)
        return spoil(round.fake.logits) if self.kind == "gradient" else 1e-9 * round.fake.logits + infinity

    def discriminator_term(self, round):
        return self._term("discriminator", round)

    def generator_term(self, round):
        return self._term("generator", round)


@pytest.mark.long
@pytest.mark.full
@pytest.mark.parametrize(
    ("mode", "player", "kind", "words"),
    [
        pytest.param(mode, *blame, marks=[] if (mode is MODES[0]) == (index > 0) else pytest.mark.full)
        for mode in (MODES[0], MODES[3])
        for index, blame in enumerate(
            [
                ("generator", "value", "g_spoil of the generator"),
                ("generator", "gradient", "the gradient of generator/dense.* of the generator"),
                ("discriminator", "gradient", "the gradient of discriminator/.* of the discriminator"),
            ]
        )
    ],
)
def test_the_turn_that_is_to_blame_is_named_and_the_other_is_taken_back(player, kind, words, mode):
    gan = compiled([Spoil(player, 3, kind, name="spoil")], **mode)
    with pytest.raises(NonFiniteError, match=f"Step 3 was not finite: {words}"):
        gan.fit(batches(8), verbose=0)
    unspoilt = compiled([Spoil(player, 9, kind, name="spoil")], **{**mode, "steps_per_execution": 1})
    unspoilt.fit(batches(3), verbose=0)
    assert int(gan.step.numpy()) == 4
    assert_same_state(gan, unspoilt)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("mode", [MODES[0], MODES[2]])
def test_skip_goes_on_without_the_step(mode):
    gan = compiled(on_nonfinite="skip", **mode)
    with pytest.warns(UserWarning, match="2 steps were not finite"):
        history = gan.fit(batches(10, [3, 7]), verbose=0).history
    assert int(gan.step.numpy()) == 10
    assert int(gan.generator_optimizer.iterations.numpy()) == 8
    assert all(np.isfinite(values).all() for values in history.values())
    # As if those steps had not been, but for the number of the others.
    other = compiled(**{**mode, "steps_per_execution": 1})
    for step, batch in enumerate(batches(10)):
        if step in (3, 7):
            other.step.assign_add(1)
        else:
            other.train_on_batch(batch)
    for ours, theirs in zip(gan.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
@pytest.mark.full
def test_skip_is_bounded_and_each_fit_counts_anew():
    gan = compiled(on_nonfinite="skip", steps_per_execution=10)
    one = compiled(on_nonfinite="skip")
    one.fit(batches(1), verbose=0)
    with pytest.raises(NonFiniteError, match=r"Step 101 was not finite, the last of 101 such steps: d_loss"):
        gan.fit(batches(300, range(1, 300)), verbose=0)
    assert_same_state(gan, one)
    assert int(gan.step.numpy()) == 102
    gan.fit(batches(10), verbose=0)
    assert int(gan.step.numpy()) == 112


@pytest.mark.long
def test_an_update_that_spoils_the_weights_is_taken_back():
    """The generator's turn meets what the discriminator's has done."""
    gan = compiled()
    gan.discriminator_optimizer.learning_rate = 1e38
    before = state_of(gan)
    with pytest.raises(NonFiniteError, match="Step 0 was not finite: g_loss of the generator"):
        gan.fit(batches(5), verbose=0)
    for ours, theirs in zip(state_of(gan), before, strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
def test_large_finite_gradients_pass_in_one_trace(monkeypatch):
    """The squared norm of a gradient of 1e25 overflows; the gradient itself is finite."""
    gan = compiled(optimizer=lambda rate: keras.optimizers.SGD(1e-38))
    gan.discriminator.layers[-1].kernel.assign(gan.discriminator.layers[-1].kernel * 1e25)
    traces, step = [], type(gan).train_step
    monkeypatch.setattr(type(gan), "train_step", lambda self, data: (traces.append(1), step(self, data))[1])
    gan.compile(*(keras.optimizers.SGD(1e-38) for _ in range(2)), loss="wasserstein")
    logs = gan.fit(batches(4), epochs=2, verbose=0).history
    assert int(gan.step.numpy()) == 8
    assert max(logs["g_loss"]) > 1e20 or min(logs["g_loss"]) < -1e20
    assert len(traces) == 1


@pytest.mark.long
def test_a_loss_scale_that_is_too_large_is_no_fault():
    def scaled(rate):
        return keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(rate), initial_scale=2.0**127)

    gan = compiled(optimizer=scaled)
    gan.discriminator.layers[-1].kernel.assign(gan.discriminator.layers[-1].kernel * 100.0)
    gan.fit(batches(20), verbose=0)
    assert int(gan.step.numpy()) == 20
    assert float(gan.generator_optimizer.dynamic_scale.numpy()) < 2.0**127
    with pytest.raises(NonFiniteError, match="Step 22 was not finite: d_loss"):
        gan.fit(batches(5, [2]), verbose=0)


@pytest.mark.long
@pytest.mark.parametrize("spoilt", [pytest.param(1, marks=pytest.mark.full), 6])
def test_one_bad_replica_of_two_is_enough(two_replicas, spoilt):
    def train(rows, steps):
        with two_replicas.scope():
            gan = compiled()
        images = np.random.default_rng(0).uniform(-1, 1, (steps * BATCH, 8, 8, 1)).astype("float32")
        if rows is not None:
            images[BATCH * 3 + rows] = MARK
        data = tf.data.Dataset.from_tensor_slices(images).batch(BATCH, drop_remainder=True)
        if rows is None:
            gan.fit(data, verbose=0)
        else:
            with pytest.raises(NonFiniteError, match="Step 3 was not finite: d_loss of the discriminator"):
                gan.fit(data, verbose=0)
        return gan

    gan = train(spoilt, 6)
    unspoilt = train(None, 3)
    assert int(gan.step.numpy()) == 4
    for ours, theirs in zip(gan.state, unspoilt.state, strict=True):
        for one, other in zip(
            *(two_replicas.experimental_local_results(variable.value) for variable in (ours, theirs)), strict=True
        ):
            assert_array_equal(np.array(one), np.array(other), err_msg=ours.path)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(("player", "kind"), [("discriminator", "value"), ("generator", "gradient")])
def test_replicas_skip_a_step_of_either_player(player, kind, two_replicas):
    """With optimizers that move weights outside of their rule, by decay."""

    def train(at, steps):
        with two_replicas.scope():
            optimizer = keras.optimizers.AdamW
            gan = compiled([Spoil(player, at, kind)], optimizer=optimizer, on_nonfinite="skip", steps_per_execution=2)
        gan.fit(batches(steps), verbose=0)
        return gan

    gan, unspoilt = train(3, 4), train(99, 3)
    assert (gan.guard.skipped, int(gan.step.numpy())) == (1, 4)
    for ours, theirs in zip(gan.state, unspoilt.state, strict=True):
        parts = [two_replicas.experimental_local_results(variable.value) for variable in (ours, theirs)]
        for one, other in zip(*parts, strict=True):
            assert_array_equal(np.array(one), np.array(other), err_msg=ours.path)


@pytest.mark.long
def test_train_on_batch_raises_at_once():
    gan = compiled()
    (batch,) = batches(1, [0])
    with pytest.raises(NonFiniteError, match="Step 0"):
        gan.train_on_batch(batch)


def test_after_the_error_training_can_go_on():
    gan = compiled()
    bad, good = batches(2, [0])
    with pytest.raises(NonFiniteError):
        gan.train_on_batch(bad)
    gan.train_on_batch(good)
    assert int(gan.step.numpy()) == 2


@pytest.mark.long
def test_a_subclass_that_does_more_is_guarded_too():
    class More(keras_gan.GAN):
        def train_step(self, data):
            bias = self.generator.layers[-2].bias
            bias.assign_add(tf.ones_like(bias))
            logs = super().train_step(data)
            bias.assign_add(tf.ones_like(bias))
            return logs

    gan = everything()
    more = More(gan.generator, gan.discriminator, ema=0.9)
    more.compile("sgd", "sgd")
    before = more.generator.layers[-2].bias.numpy()
    bad, good = batches(2, [0])
    with pytest.raises(NonFiniteError, match="Step 0"):
        more.train_on_batch(bad)
    assert_array_equal(more.generator.layers[-2].bias.numpy(), before)
    more.train_on_batch(good)
    assert (more.generator.layers[-2].bias.numpy() > before + 1.5).all()


def test_another_word_is_refused():
    with pytest.raises(keras_gan.InputError, match="`on_nonfinite` must be one of"):
        compiled(on_nonfinite="raise")


def test_it_is_saved(tmp_path):
    compiled(on_nonfinite="skip").save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.get_compile_config()["on_nonfinite"] == "skip"
