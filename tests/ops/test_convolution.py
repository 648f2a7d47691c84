import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import convolution, convolution_rules, platform

R = np.random.default_rng(0)


def draw(*shape):
    return tf.constant(R.normal(size=shape))


def derivatives(function, *arguments):
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


@pytest.fixture(params=[True, False], ids=["oneDNN", "Eigen"])
def kernels(request, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: request.param)


@pytest.mark.long
@pytest.mark.some(8)
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    ("side", "size", "stride", "inputs", "outputs"),
    [
        *((8, 4, 2, 1, 6), (8, 4, 2, 6, 6), (9, 4, 2, 6, 6), (8, 2, 2, 6, 5), (16, 5, 1, 16, 1), (16, 5, 1, 2, 6)),
        *((1, 4, 2, 3, 2), (2, 4, 2, 3, 2), (2, 3, 1, 3, 2)),
    ],
)
def test_all_derivatives_up_to_the_second(side, size, stride, inputs, outputs, jit_compile, kernels, monkeypatch):
    monkeypatch.setattr(convolution_rules, "HEAVY", 1)  # so that all small maps take patches
    monkeypatch.setattr(platform, "instruction_set", lambda: "AVX-512")
    images, kernel = draw(2, side * stride, side * stride, inputs), draw(size, size, inputs, outputs)
    maps = draw(2, side, side, outputs)

    def theirs(maps, kernel):
        return tf.nn.conv2d_transpose(maps, kernel, images.shape, stride, "SAME")

    pairs = [
        (convolution.convolve, lambda x, w, s: tf.nn.conv2d(x, w, s, "SAME"), images),
        (convolution.spread, lambda x, w, s: theirs(x, w), maps),
    ]
    for ours, other, x in pairs:
        found = tf.function(
            lambda f=ours, x=x: derivatives(lambda x, w: f(x, w, stride), x, kernel), jit_compile=jit_compile
        )()
        expected = derivatives(lambda x, w, f=other: f(x, w, stride), x, kernel)
        for our, their in zip(found, expected, strict=True):
            assert_allclose(our, their, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("side", "size", "stride"), [(16, 3, 1), (17, 4, 1), (18, 4, 2), (19, 3, 2)])
def test_one_image_in_strips_up_to_the_second_derivative(side, size, stride, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    monkeypatch.setattr(platform, "instruction_set", lambda: "AVX2")
    monkeypatch.setattr(convolution_rules, "STRIPS", {"AVX-512": 2**40, "AVX2": 1})
    monkeypatch.setattr(convolution_rules, "ONEDNN", {"AVX-512": {}, "AVX2": {}})
    taken, usual = [], convolution.forms.by_strips
    monkeypatch.setattr(convolution.forms, "by_strips", lambda *given: taken.append(1) or usual(*given))
    image, kernel = draw(1, side, side, 3), draw(size, size, 3, 2)
    pairs = [(convolution.convolve_inside, "VALID")]
    if side % stride == 0 and size % stride == 0:
        pairs.append((convolution.convolve, "SAME"))
    for ours, padding in pairs:
        found = tf.function(lambda f=ours: derivatives(lambda x, w: f(x, w, stride), image, kernel))()
        expected = derivatives(lambda x, w, p=padding: tf.nn.conv2d(x, w, stride, p), image, kernel)
        for our, their in zip(found, expected, strict=True):
            assert_allclose(our, their, rtol=1e-9, atol=1e-9)
    assert len(taken) >= len(pairs)
