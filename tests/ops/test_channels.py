import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import channels, platform

R = np.random.default_rng(0)
SHAPES = (4, 3, 5, 2), (2,), (2,), (2,)
MAPS, *REST = ARGUMENTS = [tf.constant(R.normal(size=shape), "float32") for shape in SHAPES]


def derivatives(function, arguments):
    """Return the value, the gradients, and the gradients of their squares."""
    with tf.GradientTape() as outer:
        outer.watch(arguments)
        with tf.GradientTape() as inner:
            inner.watch(arguments)
            value = function(*arguments)
            loss = tf.reduce_sum(tf.sin(value))
        gradients = inner.gradient(loss, arguments)
        steep = tf.add_n([tf.reduce_sum(gradient**2) for gradient in gradients])
    return [value, *gradients, *outer.gradient(steep, arguments)]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_all_derivatives_up_to_the_second(jit_compile):
    found = tf.function(lambda: derivatives(channels.normalize, ARGUMENTS), jit_compile=jit_compile)()
    wide = [tf.cast(argument, "float64") for argument in ARGUMENTS]
    expected = derivatives(lambda maps, mean, factor, offset: (maps - mean) * factor + offset, wide)
    for ours, theirs in zip(found, expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6 * np.abs(theirs).max())


def test_of_nothing_the_gradients_are_nought():
    with tf.GradientTape() as tape:
        tape.watch(REST)
        value = channels.normalize(MAPS[:0], *REST)
    for gradient in tape.gradient(value, REST):
        assert_allclose(gradient, [0.0, 0.0])


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("axes", [(0,), (0, 1), (0, 1, 2), (0, 2, 3)])
def test_mean(axes, jit_compile):
    found = tf.function(lambda: channels.mean(MAPS, axes), jit_compile=jit_compile)()
    assert_allclose(found, np.mean(MAPS, axes, keepdims=True), atol=1e-6)


def test_where_the_axes_are_taken_one_by_one(monkeypatch):
    steps = []
    usual = tf.reduce_mean
    monkeypatch.setattr(tf, "reduce_mean", lambda x, axes, **kwargs: steps.append(axes) or usual(x, axes, **kwargs))
    for jit_compile, has_gpu in ((False, False), (True, False), (True, True)):
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=has_gpu: gpu)
        tf.function(lambda: channels.mean(MAPS, (0, 1, 2)), jit_compile=jit_compile)()
    assert steps == [2, 1, 0, 2, 1, 0, (0, 1, 2)]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_mean_of_very_many_is_exact_to_rounding(jit_compile):
    """One after another, float32 loses 1e-5 of these."""
    maps = np.random.default_rng(0).normal(0.7, 1.0, (8, 128, 128, 2)).astype("float32")
    found = tf.function(lambda x: channels.mean(x, (0, 1, 2)), jit_compile=jit_compile)(tf.constant(maps))
    assert_allclose(found, np.mean(maps, (0, 1, 2), dtype="float64", keepdims=True), rtol=4e-7)
