import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import ModulatedConv2D

KINDS = {
    "demodulated": {},
    "images": {"kernel_size": 1, "demodulate": False},
    "up": {"upsample": True},
    "up by 1x1": {"kernel_size": 1, "upsample": True},
    "up by 5x5": {"kernel_size": 5, "upsample": True},
}


def example(rows=3, side=5, channels=4, width=6):
    generator = np.random.default_rng(0)
    maps = tf.constant(generator.normal(size=(rows, side, side + 1, channels)))
    return maps, tf.constant(generator.normal(size=(rows, width)))


def per_sample(layer, maps, styles):
    """The paper's form: a kernel for each sample, modulated and demodulated, and the filter of the code after it."""
    scale = styles @ (layer.affine.kernel.value / np.sqrt(styles.shape[1])) + layer.affine.bias.value
    kernel = layer.kernel.value / np.sqrt(np.prod(layer.kernel.shape[:3]))
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16
    outputs = []
    for row in range(len(maps)):
        own = kernel * scale[row][None, None, :, None]
        if layer.demodulate:
            own /= tf.sqrt(tf.reduce_sum(tf.square(own), (0, 1, 2)) + 1e-8)
        x, size = maps[row : row + 1], layer.kernel_size
        if layer.upsample:
            height, width = x.shape[1:3]
            whole = (1, 2 * height - 1 + size - 1, 2 * width - 1 + size - 1, own.shape[3])
            y = tf.nn.conv2d_transpose(x, tf.transpose(own, (0, 1, 3, 2)), whole, 2, "VALID")
            # StyleGAN2's padding, which makes the output exactly twice as large.
            total = 2 * height + 3 - y.shape[1]
            pads = [[0, 0], [total - total // 2, total // 2], [total - total // 2, total // 2], [0, 0]]
            depthwise = np.repeat(taps[:, :, None, None], own.shape[3], axis=2)
            y = tf.nn.depthwise_conv2d(tf.pad(y, pads), depthwise, [1] * 4, "VALID")
        else:
            y = tf.nn.conv2d(x, own, 1, "SAME")
        outputs.append(y)
    return tf.concat(outputs, 0) + layer.bias.value


def derivatives(function, points):
    with tf.GradientTape() as outer:
        outer.watch(points)
        with tf.GradientTape() as inner:
            inner.watch(points)
            value = tf.reduce_sum(tf.tanh(function()))
        first = inner.gradient(value, points)
        penalty = tf.add_n([tf.reduce_sum(tf.square(g)) for g in first])
    return [*first, *outer.gradient(penalty, points)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_convolution_of_each_sample(kind):
    """In float64, with its first and second derivatives by the maps, the styles and all weights."""
    layer = ModulatedConv2D(3, **KINDS[kind], seed=1, dtype="float64")
    maps, styles = example()
    assert layer([maps, styles]).shape == tuple(layer.compute_output_shape([maps.shape, styles.shape]))
    layer.bias.assign([0.1, -0.2, 0.3])
    assert_allclose(layer([maps, styles]), per_sample(layer, maps, styles), atol=1e-12)
    points = [maps, styles, *(weight.value for weight in layer.trainable_weights)]
    ours = derivatives(lambda: layer([maps, styles]), points)
    theirs = derivatives(lambda: per_sample(layer, maps, styles), points)
    for value, expected in zip(ours, theirs, strict=True):
        assert_allclose(value, expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("size", [1, 3])
def test_demodulated_outputs_have_unit_variance(size):
    """For independent inputs of unit variance, whatever the style; without demodulation they have not."""
    generator = np.random.default_rng(0)
    maps = generator.normal(size=(4, 32, 32, 64)).astype("float32")
    styles = generator.normal(scale=30.0, size=(4, 8)).astype("float32")
    variance = {}
    for demodulate in (True, False):
        layer = ModulatedConv2D(64, size, demodulate, seed=0)
        variance[demodulate] = np.var(layer([maps, styles])[:, 2:-2, 2:-2], axis=(1, 2, 3))
    assert_allclose(variance[True], 1.0, rtol=0.05)
    assert np.all(np.abs(variance[False] - 1) > 0.5)


def test_up_keeps_a_constant_image():
    """With a kernel that passes on what it gets, and a style of ones."""
    layer = ModulatedConv2D(2, 3, demodulate=False, upsample=True)
    layer.build([(None, 8, 8, 2), (None, 3)])
    layer.affine.kernel.assign(np.zeros((3, 2)))
    kernel = np.zeros((3, 3, 2, 2))
    kernel[1, 1] = np.eye(2) * np.sqrt(18)
    layer.kernel.assign(kernel)
    output = layer([np.full((1, 8, 8, 2), 5.0, "float32"), np.ones((1, 3), "float32")])
    assert_allclose(output[:, 2:-2, 2:-2], 5.0, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"filters": 0}, "filters"),
        ({"kernel_size": 2}, "kernel_size"),
        ({"demodulate": 1}, "demodulate"),
        ({"upsample": None}, "upsample"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        ModulatedConv2D(**{"filters": 2, **arguments})


def test_bad_inputs():
    with pytest.raises(InputError, match=r"`inputs` must be \[maps .*Received: shape="):
        ModulatedConv2D(2)(keras.Input((4, 4, 3)))
