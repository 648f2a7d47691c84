import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import convolution, platform

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
        return convolution.takes_phases((None, side, side), tf.zeros((4, 4, outputs, 8)), stride)

    for name, expected in zip(PLATFORMS, [[False, True], [True, False], [True, False]], strict=True):
        on(monkeypatch, name)
        assert [rule(9, 64), rule(9, 3)] == expected
        assert not rule(9, 64, stride=1)
        assert rule(None, 64) == (name == "Eigen")


def test_where_blocks_are_faster():
    def block(side, size, outputs, stride=1, inputs=16):
        return convolution.block_of((None, side, side), tf.zeros((size, size, inputs, outputs)), stride)

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
        assert {of for of in ALL if convolution.takes_patches(of, (None, *sides), kernel, stride)} == directions, name
        assert not directions or convolution.wins((None, *sides), kernel, stride)


# The places, the size and stride of the kernel, its channels; what takes patches, and whether it takes strips.
FEW_PLACES = [
    ((1, 8, 8), 4, 2, (512, 512), {"convolve", "kernel_gradient", "spread"}, True),
    ((1, 16, 16), 4, 2, (256, 512), {"convolve"}, True),
    ((1, 16, 16), 4, 2, (256, 1024), {"convolve", "kernel_gradient"}, True),
    ((4, 8, 8), 4, 2, (512, 1024), {"convolve", "kernel_gradient", "spread"}, False),
    ((4, 8, 8), 3, 1, (512, 512), {"convolve"}, False),
    ((16, 8, 8), 3, 1, (512, 512), set(), False),
    ((1, 32, 32), 3, 1, (256, 256), set(), True),
    ((1, 31, 31), 4, 1, (256, 512), set(), True),
    ((2, 32, 32), 3, 1, (256, 256), set(), False),
    ((1, 64, 64), 4, 2, (64, 128), set(), False),
    ((None, 32, 32), 3, 1, (256, 256), set(), False),
    ((1, None, 32), 3, 1, (256, 256), set(), False),
]


@pytest.mark.parametrize(("places", "size", "stride", "channels", "directions", "strips"), FEW_PLACES)
def test_of_few_places_the_weights_are_the_cost(places, size, stride, channels, directions, strips, monkeypatch):
    kernel = tf.zeros((size, size, *channels))
    on(monkeypatch, "oneDNN")
    assert {of for of in ALL if convolution.takes_patches(of, places, kernel, stride)} == directions
    assert convolution.takes_strips(places, kernel) == strips
    for name in ("Eigen", "XLA"):
        on(monkeypatch, name)
        assert not convolution.takes_strips(places, kernel)
    on(monkeypatch, "oneDNN")
    monkeypatch.setattr(platform, "has_gpu", lambda: True)
    assert not convolution.wins(places, kernel, stride)


@pytest.mark.parametrize(("side", "size", "stride"), [(16, 3, 1), (17, 4, 1), (18, 4, 2), (19, 3, 2)])
def test_one_image_in_strips_up_to_the_second_derivative(side, size, stride, monkeypatch):
    on(monkeypatch, "oneDNN")
    monkeypatch.setattr(convolution, "HEAVY", 1)
    monkeypatch.setattr(convolution, "WEIGHTS_A_PLACE", dict.fromkeys(convolution.WEIGHTS_A_PLACE, 2**30))
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


def test_a_gpu_has_kernels_of_its_own(monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    # blocks, phases and patches
    cases = [((28, 28), (5, 5, 16, 1), 1), ((7, 7), (4, 4, 3, 8), 2), ((1, 1), (4, 4, 8, 8), 2)]
    for gpu in (False, True):
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=gpu: gpu)
        wins = [convolution.wins((None, *sides), tf.zeros(shape), stride) for sides, shape, stride in cases]
        assert wins == [not gpu] * 3
