import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import convolution, platform

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


@pytest.mark.parametrize(
    ("size", "stride"), [*STRIDED, (8, 2), (12, 3), (10, 2), (1, 1), (2, 1), (3, 1), (4, 1), (7, 1)]
)
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 2), (3, 1), (5, 3)])
def test_patches(size, stride, shape):
    maps, kernel = draw(2, *shape, 2), draw(size, size, 3, 2)
    images = draw(2, shape[0] * stride, shape[1] * stride, 3)
    expected = native(images, kernel, maps, stride)
    found = {
        "forward": convolution.by_patches(images, kernel, stride),
        "inputs": convolution.spread_by_patches(maps, kernel, stride),
        "weights": convolution.kernel_gradient_by_patches(images, kernel, maps, stride),
    }
    for direction, value in found.items():
        assert value.shape == expected[direction].shape
        assert_allclose(value, expected[direction], atol=1e-12)


def test_patches_leave_out_what_meets_the_border_alone(monkeypatch):
    """The control of the case above: of one place a kernel of four by four sees a quarter."""
    shapes, usual = [], convolution._matrix
    monkeypatch.setattr(convolution, "_matrix", lambda kernel: shapes.append(kernel.shape.as_list()) or usual(kernel))
    convolution.by_patches(draw(2, 2, 4, 3), draw(4, 4, 3, 2), 2)
    convolution.spread_by_patches(draw(2, 1, 1, 2), draw(4, 4, 3, 2), 2)
    assert shapes == [[2, 4, 3, 2], [2, 2, 3, 2]]


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
    monkeypatch.setattr(convolution, "HEAVY", 1)  # so that all small maps take patches
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


def on(monkeypatch, name):
    monkeypatch.setattr(platform, "under_xla", lambda: name == "XLA")
    monkeypatch.setattr(platform, "has_onednn", lambda: name != "Eigen")


PLATFORMS = ("oneDNN", "Eigen", "XLA")


def test_where_phases_are_faster(monkeypatch):
    def rule(side, outputs, stride=2):
        return convolution.takes_phases((side, side), tf.zeros((4, 4, outputs, 8)), stride)

    for name, expected in zip(PLATFORMS, [[False, True], [True, False], [True, False]], strict=True):
        on(monkeypatch, name)
        assert [rule(9, 64), rule(9, 3)] == expected
        assert not rule(9, 64, stride=1)
        assert rule(None, 64) == (name == "Eigen")


def test_where_blocks_are_faster():
    def block(side, size, outputs, stride=1, inputs=16):
        return convolution.block_of((side, side), tf.zeros((size, size, inputs, outputs)), stride)

    assert [block(28, 5, 1), block(30, 5, 3), block(27, 5, 1), block(None, 5, 1)] == [4, 2, 0, 0]
    assert [block(28, 3, 1), block(28, 5, 64), block(28, 6, 1, 2), block(8, 5, 1), block(28, 5, 1, 1, 8)] == [0] * 5


# The side of the maps, the size and stride of the kernel, its channels; which directions take patches.
ALL = {"convolve", "spread", "kernel_gradient"}
SMALL_MAPS = [
    ((1, 1), 4, 2, (3, 8), ALL, ALL, ALL),
    ((2, 2), 4, 2, (128, 256), set(), set(), {"spread"}),
    ((2, 2), 4, 2, (256, 256), ALL, {"kernel_gradient"}, {"spread"}),
    ((2, 1), 3, 1, (256, 512), ALL, {"kernel_gradient", "spread"}, {"convolve", "spread"}),
    ((2, 2), 3, 1, (128, 256), set(), {"spread"}, {"convolve", "spread"}),
    ((4, 4), 4, 2, (256, 256), set(), {"kernel_gradient"}, {"spread"}),
    ((4, 4), 4, 2, (256, 512), ALL, {"kernel_gradient"}, {"spread"}),
    ((4, 4), 3, 1, (16, 16), set(), set(), {"spread"}),
    ((8, 8), 4, 2, (512, 1024), set(), set(), set()),
    ((8, 8), 3, 1, (512, 1024), set(), set(), set()),
    ((9, 9), 4, 2, (128, 256), set(), set(), set()),
    ((9, 9), 4, 2, (3, 256), set(), set(), {"spread"}),
    ((9, 9), 3, 1, (3, 256), set(), set(), set()),
    ((0, 1), 4, 2, (512, 512), set(), set(), set()),
    ((None, 2), 4, 2, (512, 512), set(), set(), set()),
    ((2, 2), 3, 2, (512, 512), set(), set(), set()),
]


@pytest.mark.parametrize(("sides", "size", "stride", "channels", "expected"), [(*c[:4], c[4:]) for c in SMALL_MAPS])
def test_where_patches_are_faster(sides, size, stride, channels, expected, monkeypatch):
    kernel = tf.zeros((size, size, *channels))
    for name, directions in zip(PLATFORMS, expected, strict=True):
        on(monkeypatch, name)
        assert {of for of in ALL if convolution.takes_patches(of, sides, kernel, stride)} == directions, name
        assert not directions or convolution.wins(sides, kernel, stride)


def test_a_gpu_has_kernels_of_its_own(monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    # blocks, phases and patches
    cases = [((28, 28), (5, 5, 16, 1), 1), ((7, 7), (4, 4, 3, 8), 2), ((1, 1), (4, 4, 8, 8), 2)]
    for gpu in (False, True):
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=gpu: gpu)
        assert [convolution.wins(sides, tf.zeros(shape), stride) for sides, shape, stride in cases] == [not gpu] * 3
