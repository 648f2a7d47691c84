import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, terms
from keras_gan.penalties import DRAGAN, R1, R2, GradientPenalty, LeCam
from tests.critics import linear, quadratic, round_of

LINEAR = linear([1.0, 2.0, -2.0])


def linear_round(step=0, model=LINEAR):
    return round_of(model, step=step)


class Constant(terms.Term):
    def discriminator_term(self, round):
        return tf.fill(tf.shape(round.real.logits), 3.0)


def test_is_weighted_where_it_counts_and_not_where_it_is_logged():
    addition, total, count = Constant(weight=0.5).evaluate("discriminator", linear_round())
    assert_allclose([addition, total, count], [1.5, 15.0, 5.0])


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_mean_over_an_interval_is_that_of_every_step(jit_compile):
    lazy, every = Constant(weight=0.5, interval=4), Constant(weight=0.5)

    @tf.function(jit_compile=jit_compile)
    def at(step):
        round = linear_round(step)
        return lazy.evaluate("discriminator", round), every.evaluate("discriminator", round)[0]

    results = [at(tf.constant(step, tf.int64)) for step in range(8)]
    assert_allclose([lazy[0] for lazy, _ in results], [6, 0, 0, 0] * 2)
    assert_allclose(np.mean([lazy[0] for lazy, _ in results]), np.mean([every for _, every in results]))
    assert_allclose([lazy[2] for lazy, _ in results], [5, 0, 0, 0] * 2)


def test_the_lazy_gradient_equals_the_eager_one():
    """R1 inside `tf.cond` shares the forward pass outside of it."""
    x = keras.Input((3,))
    hidden = keras.layers.Dense(4, "tanh")(x)
    model = keras.Model(x, keras.layers.Dense(1)(hidden))
    variables = [variable.value for variable in model.trainable_variables]

    def gradients(interval):
        @tf.function
        def compute(step):
            with tf.GradientTape() as tape:
                value = R1(weight=1.0 / interval, interval=interval).evaluate(
                    "discriminator", linear_round(step, model)
                )[0]
            return tape.gradient(value, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        return compute(tf.constant(0, tf.int64))

    for lazy, eager in zip(gradients(3), gradients(1), strict=True):
        assert_allclose(lazy, eager, atol=1e-6)


def test_the_weight_may_follow_a_schedule():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([10], [1.0, 0.0])
    term = Constant(weight=schedule)
    assert_allclose(term.evaluate("discriminator", linear_round(5))[0], 3.0)
    assert_allclose(term.evaluate("discriminator", linear_round(11))[0], 0.0)
    again = Constant.from_config(term.get_config())
    assert_allclose(again.evaluate("discriminator", linear_round(11))[0], 0.0)


def test_a_term_of_both_players_has_a_name_in_the_logs_for_each():
    class Both(Constant):
        def generator_term(self, round):
            return self.discriminator_term(round)

    assert Both().names_by_player() == {"discriminator": "d_both", "generator": "g_both"}
    assert R1().names_by_player() == {"discriminator": "r1"}


def test_names():
    assert R1().name == "r1"
    assert R1(name="other").name == "other"
    assert R1().name == "r1", "not numbered by Keras"


@pytest.mark.parametrize("bad", [{"weight": -1}, {"weight": float("nan")}, {"weight": "1"}, {"interval": 0}])
def test_bad_arguments(bad):
    (name,) = bad
    with pytest.raises(InputError, match=f"`{name}` must be .*Received: {name}="):
        Constant(**bad)


def test_get():
    assert isinstance(terms.get("r1"), R1)
    with pytest.raises(InputError, match=r"`terms` must be .*'r1'.*Received: terms='r2d2'"):
        terms.get("r2d2")


@pytest.mark.parametrize("make", [R1, R2, GradientPenalty, DRAGAN, LeCam])
@pytest.mark.parametrize("interval", [2, 5])
def test_with_frozen_networks_the_mean_gradient_is_that_of_every_step(make, interval):
    """Over k steps of interval k, with the same points: equal to 1e-6."""
    square = np.random.default_rng(0).normal(size=(3, 3))
    model = quadratic(square + square.T)
    kernel = model.get_layer("a").kernel.value
    fakes = np.random.default_rng(2).normal(size=(5, 3)).astype("float32")

    def mean_gradient(term):
        term.evaluate("discriminator", round_of(model, fakes=fakes))  # averages begin at the first batch
        gradients = []
        for step in range(interval):
            with tf.GradientTape() as tape:
                addition, _, _ = term.evaluate("discriminator", round_of(model, step=step, fakes=fakes))
            gradients.append(tape.gradient(addition, kernel, unconnected_gradients=tf.UnconnectedGradients.ZERO))
        return np.mean(gradients, axis=0)

    every, lazy = mean_gradient(make(weight=0.5)), mean_gradient(make(weight=0.5, interval=interval))
    assert np.abs(every).max() > 1e-3
    assert_allclose(lazy, every, rtol=1e-6, atol=1e-6)


def test_work_that_is_not_skipped_is_thrown_away():
    for step, expected in ((0, 3.0), (1, 0.0)):
        addition, total, count = Constant(interval=3).evaluate("discriminator", linear_round(step), skip=False)
        same = Constant(interval=3).evaluate("discriminator", linear_round(step))
        assert_allclose([addition, total, count], same)
        assert float(addition) == pytest.approx(expected * float(total / max(count, 1)))
