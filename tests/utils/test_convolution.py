import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.utils import convolution, platform

R = np.random.default_rng(0)
STRIDED = [(4, 2), (2, 2), (6, 2), (3, 3), (6, 3), (9, 3), (8, 4)]  # size and stride


def draw(*shape):
    return tf.constant(R.normal(size=shape))


def native(images, kernel, upstream, stride):
    options = {"strides": [1, stride, stride, 1], "padding": "SAME"}
    return {
        "forward": tf.nn.conv2d(images, kernel, stride, "SAME"),
        "inputs": tf.nn.conv2d_transpose(upstream, kernel, images.shape, stride, "SAME"),
        "weights": tf.raw_ops.Conv2DBackpropFilter(
            input=images, filter_sizes=kernel.shape, out_backprop=upstream, **options
        ),
    }


@pytest.mark.parametrize(("size", "stride"), STRIDED)
@pytest.mark.parametrize("shape", [(1, 1), (5, 3)])
def test_phases(size, stride, shape):
    maps, kernel = draw(2, *shape, 3), draw(size, size, 2, 3)
    images = draw(2, shape[0] * stride, shape[1] * stride, 2)
    expected = native(images, kernel, maps, stride)["inputs"]
    assert_allclose(convolution.by_phases(maps, kernel, stride), expected, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7])
@pytest.mark.parametrize("block", [2, 4])
def test_blocks(size, block):
    images, kernel, upstream = draw(2, 8, 12, 3), draw(size, size, 3, 2), draw(2, 8, 12, 2)
    expected = native(images, kernel, upstream, 1)
    assert_allclose(convolution.by_blocks(images, kernel, block), expected["forward"], atol=1e-12)
    of_kernel = convolution.kernel_gradient_by_blocks(images, kernel, upstream, block)
    assert_allclose(of_kernel, expected["weights"], atol=1e-12)


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


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    ("size", "stride", "inputs", "outputs"), [(4, 2, 1, 6), (4, 2, 6, 6), (2, 2, 6, 5), (5, 1, 16, 1), (5, 1, 2, 6)]
)
def test_all_derivatives_up_to_the_second(size, stride, inputs, outputs, jit_compile, kernels):
    side = 16 // stride
    images, kernel = draw(2, 16, 16, inputs), draw(size, size, inputs, outputs)
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


def rules(xla, onednn, monkeypatch):
    monkeypatch.setattr(platform, "under_xla", lambda: xla)
    monkeypatch.setattr(platform, "has_onednn", lambda: onednn)
    shapes = {"wide": (7, 64), "small and wide": (4, 64), "few": (7, 3)}
    return [
        name
        for name, (side, outputs) in shapes.items()
        if convolution.spreads_by_phases(side, tf.zeros((4, 4, outputs, 8)), 2)
    ]


def test_where_phases_are_faster(monkeypatch):
    assert rules(xla=False, onednn=True, monkeypatch=monkeypatch) == ["few"]
    assert rules(xla=False, onednn=False, monkeypatch=monkeypatch) == ["wide", "small and wide"]
    assert rules(xla=True, onednn=True, monkeypatch=monkeypatch) == ["wide"]


def test_where_blocks_are_faster():
    def block(side, size, outputs, stride=1, inputs=16):
        return convolution.block_of(tf.zeros((1, side, side, inputs)), tf.zeros((size, size, inputs, outputs)), stride)

    assert [block(28, 5, 1), block(30, 5, 3), block(27, 5, 1)] == [4, 2, 0]
    assert [block(28, 3, 1), block(28, 5, 64), block(28, 6, 1, 2), block(8, 5, 1), block(28, 5, 1, 1, 8)] == [0] * 5


def test_a_gpu_has_kernels_of_its_own(monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    images, blocks = tf.zeros((1, 28, 28, 16)), tf.zeros((5, 5, 16, 1))
    assert convolution.wins(images, blocks, 1)
    assert convolution.spreads_by_phases(7, tf.zeros((4, 4, 3, 8)), 2)
    monkeypatch.setattr(platform, "has_gpu", lambda: True)
    assert not convolution.wins(images, blocks, 1)
    assert not convolution.spreads_by_phases(7, tf.zeros((4, 4, 3, 8)), 2)
