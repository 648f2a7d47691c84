import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import channels, platform

R = np.random.default_rng(0)
MAPS, FACTORS, OFFSETS = (tf.constant(R.normal(size=shape)) for shape in ((4, 3, 5, 2), (2,), (2,)))


def derivatives(function):
    """Return the value, the gradients, and the gradients of their squares."""
    arguments = [MAPS, FACTORS, OFFSETS]
    with tf.GradientTape() as outer:
        outer.watch(arguments)
        with tf.GradientTape() as inner:
            inner.watch(arguments)
            value = function(MAPS, FACTORS, OFFSETS)
            loss = tf.reduce_sum(tf.sin(value))
        gradients = inner.gradient(loss, arguments)
        steep = tf.add_n([tf.reduce_sum(gradient**2) for gradient in gradients])
    return [value, *gradients, *outer.gradient(steep, arguments)]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_all_derivatives_up_to_the_second(jit_compile):
    found = tf.function(lambda: derivatives(channels.scale_and_shift), jit_compile=jit_compile)()
    expected = derivatives(lambda maps, factors, offsets: maps * factors + offsets)
    for ours, theirs in zip(found, expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("axes", [(0,), (0, 1), (0, 1, 2), (0, 2, 3)])
def test_mean(axes, jit_compile):
    found = tf.function(lambda: channels.mean(MAPS, axes), jit_compile=jit_compile)()
    assert_allclose(found, np.mean(MAPS, axes, keepdims=True), atol=1e-12)


def test_where_two_steps_are_taken(monkeypatch):
    steps = []
    usual = tf.reduce_mean
    monkeypatch.setattr(tf, "reduce_mean", lambda x, axes, **kwargs: steps.append(axes) or usual(x, axes, **kwargs))
    for jit_compile, has_gpu in ((False, False), (True, False), (True, True)):
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=has_gpu: gpu)
        tf.function(lambda: channels.mean(MAPS, (0, 1, 2)), jit_compile=jit_compile)()
    assert steps == [(0, 1, 2), (1, 2), (0,), (0, 1, 2)]
