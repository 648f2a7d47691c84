import keras
import numpy as np
import pytest
import scipy.signal
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import Blur, Resample

KERNELS = [(1, 3, 3, 1), (1, 2, 1), [1, 4, 6, 4, 1], (1.0, 2.0, 5.0, 3.0), (1, 1)]


def images(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def row(*values):
    return np.array(values, "float32").reshape(1, 1, -1, 1)


def along(x, axis, kernel, up, down, start, length):
    """SciPy's filter, cut as StyleGAN2 cuts it."""
    taps = np.array(kernel) / np.sum(kernel)
    y = scipy.signal.upfirdn(taps * up, np.asarray(x, "float64"), up=up, axis=axis)
    y = np.pad(y, [(0, length + start) if axis == a else (0, 0) for a in range(4)])
    return np.take(y, np.arange(start, start + length, down), axis=axis)


def reference(x, kernel, up=1, down=1):
    """`upsample_2d`, `downsample_2d` and `filter_2d` of the official code of StyleGAN2."""
    rest = len(kernel) - (up if down == 1 else down)
    before = (rest + 1) // 2 + up - 1
    for axis in (1, 2):
        length = x.shape[axis] * up // down * down
        x = along(x, axis, kernel, up, down, len(kernel) - 1 - before, length)
    return x


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("side", [4, 7])
def test_against_scipy(kernel, side):
    x = images(2, side, side + 3, 3)
    assert_allclose(Blur(kernel)(x), reference(x, kernel), atol=1e-5)
    for factor in range(1, min(len(kernel), side) + 1):
        assert_allclose(Resample("up", factor, kernel)(x), reference(x, kernel, up=factor), atol=1e-5)
        assert_allclose(Resample("down", factor, kernel)(x), reference(x, kernel, down=factor), atol=1e-5)


@pytest.mark.parametrize("layer", [Blur([1, 2, 5]), Resample("up"), Resample("down", 3, (1, 2, 3, 2, 1))])
def test_both_forms_are_one(layer, monkeypatch):
    """Products with a matrix, and the convolution that long sides take."""
    x = images(2, 9, 12, 3)
    by_matrix = layer(x)
    monkeypatch.setattr("keras_gan.layers.resample._LONG", 4)
    assert_allclose(layer(x), by_matrix, atol=1e-6)


def test_a_lone_pixel_becomes_the_kernel():
    pixel = np.zeros((1, 5, 5, 1))
    pixel[0, 2, 2] = 1
    taps = np.array([1.0, 2.0, 5.0]) / 8
    assert_allclose(Blur((1, 2, 5))(pixel)[0, 1:4, 1:4, 0], np.outer(taps, taps), rtol=1e-6)


def test_up_by_hand():
    """Bilinear with aligned centres: a new pixel is 3/4 of the nearer and 1/4 of the farther; rows see zeros, too."""
    up = Resample("up")(row(4, 8))[0, :, :, 0]
    assert_allclose(up[0], 3 / 4 * np.array([3, 5, 7, 6]), rtol=1e-6)


def test_down_by_hand():
    down = Resample("down")(np.tile(row(0, 8, 16, 8, 0, 0), (1, 6, 1, 1)))[0, 1, :, 0]
    assert_allclose(down, [(0 + 3 * 0 + 3 * 8 + 16) / 8, (8 + 3 * 16 + 3 * 8 + 0) / 8, 8 / 8], rtol=1e-6)


@pytest.mark.parametrize(
    "layer", [Blur(), Blur([1, 2, 1]), Resample("up"), Resample("down"), Resample("up", 3, (1, 2, 3, 2, 1))]
)
def test_a_constant_image_stays_constant_inside(layer):
    output = layer(np.full((1, 12, 12, 2), 5.0))
    assert_allclose(output[:, 3:-3, 3:-3] if output.shape[1] > 6 else output[:, 1:-1, 1:-1], 5.0, rtol=1e-6)


def test_the_sum_is_kept():
    """Of what does not reach the border: four pixels for one, and one for four."""
    x = np.pad(images(1, 6, 6, 2), ((0, 0), (2, 2), (2, 2), (0, 0)))
    total = x.sum((1, 2))
    assert_allclose(np.sum(Blur()(x), (1, 2)), total, rtol=1e-4, atol=1e-5)
    assert_allclose(np.sum(Resample("up")(x), (1, 2)), 4 * total, rtol=1e-4, atol=1e-5)
    assert_allclose(np.sum(Resample("down")(x), (1, 2)), total / 4, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("factor", "kernel"), [(2, (1, 3, 3, 1)), (2, (1, 1)), (3, (1, 2, 1)), (3, (1, 2, 3, 2, 1)), (1, (1, 2, 1))]
)
def test_up_is_the_transpose_of_down(kernel, factor):
    """Where both are centred alike, odd kernels for odd factors: `<up x, y> = factor^2 <x, down y>`."""
    x, y = images(1, 4, 4, 2), images(1, 4 * factor, 4 * factor, 2)
    up, down = Resample("up", factor, kernel), Resample("down", factor, kernel)
    assert_allclose(np.sum(up(x) * y), factor**2 * np.sum(x * down(y)), rtol=1e-4)


def test_the_phase_keeps_the_image_in_place():
    """A linear ramp goes up and comes back down as it was."""
    ramp = np.tile(row(*range(12)), (1, 12, 1, 1))
    again = Resample("down")(Resample("up")(ramp))
    assert_allclose(again[:, 2:-2, 2:-2], ramp[:, 2:-2, 2:-2], rtol=1e-5)


def test_down_removes_what_would_fold():
    stripes = np.tile(row(*[1.0, -1.0] * 8), (1, 16, 1, 1))
    assert_array_equal(np.abs(stripes[:, :, ::2]), 1)
    assert_allclose(Resample("down")(stripes)[:, 1:-1, 1:-1], 0, atol=1e-6)


def test_the_gradient_is_the_transpose():
    x = tf.constant(images(1, 6, 6, 1))
    upstream = images(1, 3, 3, 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(Resample("down")(x) * upstream)
    assert_allclose(tape.gradient(value, x), Resample("up")(upstream) / 4, atol=1e-6)


def test_sides_that_the_factor_does_not_divide():
    assert Resample("down")(keras.Input((7, 5, 3))).shape == (None, 3, 2, 3)
    assert Resample("down")(np.ones((2, 7, 5, 3))).shape == (2, 3, 2, 3)
    with pytest.raises(InputError, match=r"`factor` must be at most the smallest side, 1\. Received: factor=2"):
        Resample("down")(keras.Input((1, 4, 3)))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"kernel": ()}, "kernel"),
        ({"kernel": (1, -1)}, "kernel"),
        ({"kernel": (1, "3")}, "kernel"),
        ({"kernel": (1, float("nan"))}, "kernel"),
        ({"kernel": 3}, "kernel"),
        ({"kernel": ((1, 2), (2, 1))}, "kernel"),
        ({"kernel": (1,)}, "kernel"),
        ({"factor": 5}, "kernel"),
        ({"factor": 0}, "factor"),
        ({"factor": 2.0}, "factor"),
        ({"direction": "sideways"}, "direction"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must .*Received: {name}="):
        Resample(**arguments)
    if name == "kernel" and arguments.get("kernel", (1,)) != (1,):
        with pytest.raises(InputError, match=r"`kernel` must .*Received: kernel="):
            Blur(**arguments)
